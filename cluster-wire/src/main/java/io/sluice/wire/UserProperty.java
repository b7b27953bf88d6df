package io.sluice.wire;

/**
 * A user property of a message, handed on to subscribers in order (MQTT 5.0 section 3.3.2.3.7).
 *
 * @param name may repeat
 * @param value may be empty
 */
public record UserProperty(String name, String value) {}
