package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * A step of an extended authentication (section 3.15, MQTT 5.0 only).
 *
 * @param reason {@link ReasonCode#CONTINUE_AUTHENTICATION} or {@link ReasonCode#RE_AUTHENTICATE}
 * @param method never null
 * @param data null if absent
 * @param reasonString null if absent
 * @param userProperties in the client's order
 */
public record Auth(
        ReasonCode reason, String method, byte[] data, String reasonString, List<UserProperty> userProperties) {}
