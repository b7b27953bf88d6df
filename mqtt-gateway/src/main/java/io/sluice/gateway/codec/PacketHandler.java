package io.sluice.gateway.codec;

/**
 * Takes the packets that a {@link PacketDecoder} reads, on the thread that decodes. Every packet is whole and valid in
 * itself; whether it may come now (a first packet other than CONNECT aside, which the decoder refuses) is the handler's
 * to judge. Arrays belong to the handler: the decoder keeps none.
 */
public interface PacketHandler {

    /** May be the second one on the connection ([MQTT-3.1.0-2]). */
    void connect(Connect packet);

    /** The topic may be an alias ({@link Publish#topicAlias()}) that the handler does not know. */
    void publish(Publish packet);

    /**
     * Answers a QoS 1 message.
     *
     * @param packetId 1 to 65,535
     * @param reason the value of a {@link ReasonCode} that PUBACK may have, 0 in MQTT 3.x
     */
    void puback(int packetId, byte reason);

    /** As {@link #puback}: the first answer to a QoS 2 message. */
    void pubrec(int packetId, byte reason);

    /** The release of a QoS 2 message; the reason is 0 or {@link ReasonCode#PACKET_IDENTIFIER_NOT_FOUND}. */
    void pubrel(int packetId, byte reason);

    /** The last answer to a QoS 2 message; the reason is 0 or {@link ReasonCode#PACKET_IDENTIFIER_NOT_FOUND}. */
    void pubcomp(int packetId, byte reason);

    /** Filters are well-formed UTF-8; their wildcards are not yet checked, since SUBACK may refuse one of several. */
    void subscribe(Subscribe packet);

    /** Filters are well-formed UTF-8, nothing more. */
    void unsubscribe(Unsubscribe packet);

    void pingreq();

    /** The client is about to close the connection. */
    void disconnect(Disconnect packet);

    /** Only in MQTT 5.0. */
    void auth(Auth packet);
}
