package io.sluice.gateway.codec;

/**
 * The properties of a CONNACK (MQTT 5.0 section 3.2.2.3).
 *
 * @param capabilities the part that is the same for all clients
 * @param sessionExpirySeconds 0 to 4,294,967,295; -1 if the client's own value holds
 * @param assignedClientId null unless the client came without one
 * @param serverKeepAliveSeconds 0 to 65,535; -1 if the client's own value holds
 * @param responseInformation null if absent; only for a client that asked ([MQTT-3.1.2-28])
 * @param serverReference null if absent
 * @param diagnostics left out where the client's maximum packet size leaves no room ([MQTT-3.2.2-19], [MQTT-3.2.2-20])
 */
public record ConnackProperties(
        ServerCapabilities capabilities,
        long sessionExpirySeconds,
        String assignedClientId,
        int serverKeepAliveSeconds,
        String responseInformation,
        String serverReference,
        Diagnostics diagnostics) {

    /** The properties of a refusal: a reason and nothing else. */
    public static ConnackProperties refusal(String reasonString) {
        return new ConnackProperties(
                ServerCapabilities.DEFAULTS, -1, null, -1, null, null, Diagnostics.of(reasonString));
    }
}
