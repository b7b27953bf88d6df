package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * The properties of a CONNECT, with the specification's defaults for those that are absent (section 3.1.2.11).
 *
 * @param sessionExpirySeconds 0 to 4,294,967,295; the latter means never
 * @param receiveMaximum 1 to 65,535: how many QoS 1 and 2 messages the client takes before it has answered
 * @param maximumPacketSize in bytes, the fixed header included; {@link Integer#MAX_VALUE} if there is no limit
 * @param topicAliasMaximum 0 to 65,535; 0 forbids aliases towards the client
 * @param requestResponseInformation whether CONNACK may carry response information
 * @param requestProblemInformation whether packets other than PUBLISH, CONNACK and DISCONNECT may carry a reason string
 *     or user properties ([MQTT-3.1.2-29])
 * @param userProperties in the client's order
 * @param authenticationMethod null if absent
 * @param authenticationData null if absent
 */
public record ConnectProperties(
        long sessionExpirySeconds,
        int receiveMaximum,
        int maximumPacketSize,
        int topicAliasMaximum,
        boolean requestResponseInformation,
        boolean requestProblemInformation,
        List<UserProperty> userProperties,
        String authenticationMethod,
        byte[] authenticationData) {

    /** A session expiry interval that never ends. */
    public static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

    /** No property given. */
    public static final ConnectProperties DEFAULTS =
            new ConnectProperties(0, 0xFFFF, Integer.MAX_VALUE, 0, false, true, List.of(), null, null);
}
