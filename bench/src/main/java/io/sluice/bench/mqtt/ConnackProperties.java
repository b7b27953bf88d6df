package io.sluice.bench.mqtt;

import io.netty.buffer.ByteBuf;

/** The properties of CONNACK (MQTT 5.0 section 3.2.2.3), of which one matters here: how much the server takes at once. */
final class ConnackProperties {

    private static final int SESSION_EXPIRY = 0x11;
    private static final int ASSIGNED_CLIENT_ID = 0x12;
    private static final int SERVER_KEEP_ALIVE = 0x13;
    private static final int AUTHENTICATION_METHOD = 0x15;
    private static final int AUTHENTICATION_DATA = 0x16;
    private static final int RESPONSE_INFORMATION = 0x1A;
    private static final int SERVER_REFERENCE = 0x1C;
    private static final int REASON_STRING = 0x1F;
    private static final int RECEIVE_MAXIMUM = 0x21;
    private static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    private static final int USER_PROPERTY = 0x26;
    private static final int MAXIMUM_PACKET_SIZE = 0x27;

    private ConnackProperties() {}

    /** The receive maximum, or the given value when there is none. */
    static int receiveMaximum(ByteBuf in, int otherwise) {
        int length = Packets.readVarInt(in);
        int end = in.readerIndex() + length;
        int maximum = otherwise;
        while (in.readerIndex() < end) {
            int id = in.readUnsignedByte();
            if (id == RECEIVE_MAXIMUM) {
                maximum = in.readUnsignedShort();
            } else {
                skip(in, id);
            }
        }
        return maximum;
    }

    private static void skip(ByteBuf in, int id) {
        switch (id) {
            case SESSION_EXPIRY, MAXIMUM_PACKET_SIZE -> in.skipBytes(4);
            case SERVER_KEEP_ALIVE, TOPIC_ALIAS_MAXIMUM -> in.skipBytes(2);
            case ASSIGNED_CLIENT_ID,
                    AUTHENTICATION_METHOD,
                    AUTHENTICATION_DATA,
                    RESPONSE_INFORMATION,
                    SERVER_REFERENCE,
                    REASON_STRING -> in.skipBytes(in.readUnsignedShort());
            case USER_PROPERTY -> {
                in.skipBytes(in.readUnsignedShort());
                in.skipBytes(in.readUnsignedShort());
            }
            // Maximum QoS and the four flags of what the server offers.
            default -> in.skipBytes(1);
        }
    }
}
