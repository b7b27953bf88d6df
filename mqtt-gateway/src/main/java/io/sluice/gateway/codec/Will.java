package io.sluice.gateway.codec;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;

/**
 * The message that the server publishes when the client is gone (sections 3.1.2.5 and 3.1.3.2).
 *
 * @param topic a valid topic name
 * @param payload may be empty
 * @param delaySeconds 0 to 4,294,967,295
 * @param properties {@link PublishProperties#NONE} in MQTT 3.x
 */
public record Will(
        byte[] topic, byte[] payload, Qos qos, boolean retain, long delaySeconds, PublishProperties properties) {}
