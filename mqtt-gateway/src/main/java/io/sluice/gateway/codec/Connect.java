package io.sluice.gateway.codec;

/**
 * A client asks to be let in (section 3.1).
 *
 * @param version of the protocol that the client speaks
 * @param clientId empty if the client wants one assigned, which in MQTT 3.1.1 it may only with a clean session: that is
 *     the handler's to refuse ([MQTT-3.1.3-8] of 3.1.1); never empty in MQTT 3.1
 * @param cleanStart clean start, or clean session in MQTT 3.x
 * @param keepAliveSeconds 0 to 65,535; 0 switches the mechanism off
 * @param will null if there is none
 * @param username null if absent
 * @param password null if absent
 * @param properties {@link ConnectProperties#DEFAULTS} in MQTT 3.x
 */
public record Connect(
        ProtocolVersion version,
        String clientId,
        boolean cleanStart,
        int keepAliveSeconds,
        Will will,
        String username,
        byte[] password,
        ConnectProperties properties) {}
