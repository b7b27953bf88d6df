package io.sluice.gateway.codec;

/**
 * A packet that a client may send: how its fixed header must look (tables 2-1 and 2-2) and who decodes the rest.
 *
 * @param name as in the specification
 * @param number 1 to 15
 * @param flags the low four bits of the fixed header, or {@link #ANY_FLAGS}
 */
record PacketType(String name, int number, int flags, BodyDecoder decoder) {

    static final int CONNECT = 1;
    static final int AUTH = 15;

    private static final int ANY_FLAGS = -1;
    private static final int RESERVED_FLAGS = 0b0000;
    private static final int QOS_1_FLAGS = 0b0010;
    private static final int DUP = 0b1000;

    private static final PacketType[] BY_NUMBER = tableOf(
            new PacketType("CONNECT", CONNECT, RESERVED_FLAGS, new ConnectDecoder()),
            new PacketType("PUBLISH", 3, ANY_FLAGS, new PublishDecoder()),
            new PacketType("PUBACK", 4, RESERVED_FLAGS, AcknowledgementDecoder.ofMessage(PacketHandler::puback)),
            new PacketType("PUBREC", 5, RESERVED_FLAGS, AcknowledgementDecoder.ofMessage(PacketHandler::pubrec)),
            new PacketType("PUBREL", 6, QOS_1_FLAGS, AcknowledgementDecoder.ofRelease(PacketHandler::pubrel)),
            new PacketType("PUBCOMP", 7, RESERVED_FLAGS, AcknowledgementDecoder.ofRelease(PacketHandler::pubcomp)),
            new PacketType("SUBSCRIBE", 8, QOS_1_FLAGS, new SubscribeDecoder()),
            new PacketType("UNSUBSCRIBE", 10, QOS_1_FLAGS, new UnsubscribeDecoder()),
            new PacketType("PINGREQ", 12, RESERVED_FLAGS, PacketType::decodePingreq),
            new PacketType("DISCONNECT", 14, RESERVED_FLAGS, new DisconnectDecoder()),
            new PacketType("AUTH", AUTH, RESERVED_FLAGS, new AuthDecoder()));

    private static PacketType[] tableOf(PacketType... types) {
        PacketType[] table = new PacketType[16];
        for (PacketType type : types) {
            table[type.number] = type;
        }
        return table;
    }

    /** The type of a number from 0 to 15, or null if it is reserved or only a server sends it. */
    static PacketType of(int number) {
        return BY_NUMBER[number];
    }

    /**
     * Whether the flags of the fixed header are as they must be ([MQTT-2.1.3-1]). In MQTT 3.1 what is sent again has DUP
     * set, be it PUBLISH, PUBREL, SUBSCRIBE or UNSUBSCRIBE.
     */
    boolean allowsFlags(int actual, ProtocolVersion version) {
        return flags == actual
                || flags == ANY_FLAGS
                || (version == ProtocolVersion.MQTT_3_1 && flags == QOS_1_FLAGS && actual == (QOS_1_FLAGS | DUP));
    }

    /** PINGREQ has nothing after its fixed header (section 3.12). */
    private static void decodePingreq(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        in.expectEnd();
        handler.pingreq();
    }
}
