package io.sluice.gateway.codec;

/** The packets that a client may send: how their fixed header must look (table 2-2) and who decodes the rest. */
enum PacketType {
    CONNECT(1, 0b0000, new ConnectDecoder()),
    PUBLISH(3, PacketType.ANY_FLAGS, new PublishDecoder()),
    PUBACK(4, 0b0000, new AcknowledgementDecoder(AcknowledgementDecoder.MESSAGE_REASONS, PacketHandler::puback)),
    PUBREC(5, 0b0000, new AcknowledgementDecoder(AcknowledgementDecoder.MESSAGE_REASONS, PacketHandler::pubrec)),
    PUBREL(6, 0b0010, new AcknowledgementDecoder(AcknowledgementDecoder.RELEASE_REASONS, PacketHandler::pubrel)),
    PUBCOMP(7, 0b0000, new AcknowledgementDecoder(AcknowledgementDecoder.RELEASE_REASONS, PacketHandler::pubcomp)),
    SUBSCRIBE(8, 0b0010, new SubscribeDecoder()),
    UNSUBSCRIBE(10, 0b0010, new UnsubscribeDecoder()),
    PINGREQ(12, 0b0000, (in, flags, version, handler) -> {
        in.expectEnd();
        handler.pingreq();
    }),
    DISCONNECT(14, 0b0000, new DisconnectDecoder()),
    AUTH(15, 0b0000, new AuthDecoder());

    private static final int ANY_FLAGS = -1;
    private static final int DUP = 0b1000;

    private static final PacketType[] BY_NUMBER = new PacketType[16];

    static {
        for (PacketType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;
    private final int flags;
    private final BodyDecoder decoder;

    PacketType(int number, int flags, BodyDecoder decoder) {
        this.number = number;
        this.flags = flags;
        this.decoder = decoder;
    }

    BodyDecoder decoder() {
        return decoder;
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
                || (version == ProtocolVersion.MQTT_3_1 && flags == 0b0010 && actual == (flags | DUP));
    }
}
