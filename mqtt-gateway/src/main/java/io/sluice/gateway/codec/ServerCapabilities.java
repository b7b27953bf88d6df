package io.sluice.gateway.codec;

/**
 * What the server can do and how much it takes: the part of a CONNACK that is the same for all clients (section
 * 3.2.2.3). A value that equals the specification's default is not sent.
 *
 * @param receiveMaximum 1 to 65,535 (the default)
 * @param maximumQos 0, 1 or 2 (the default)
 * @param maximumPacketSize in bytes, the fixed header included; {@link Integer#MAX_VALUE} for no limit (the default)
 * @param topicAliasMaximum 0 (the default) to 65,535
 */
public record ServerCapabilities(
        int receiveMaximum,
        int maximumQos,
        boolean retainAvailable,
        int maximumPacketSize,
        int topicAliasMaximum,
        boolean wildcardSubscriptionAvailable,
        boolean subscriptionIdentifiersAvailable,
        boolean sharedSubscriptionAvailable) {

    /** All that MQTT has, without limits of ours: nothing is sent. */
    public static final ServerCapabilities DEFAULTS =
            new ServerCapabilities(0xFFFF, 2, true, Integer.MAX_VALUE, 0, true, true, true);
}
