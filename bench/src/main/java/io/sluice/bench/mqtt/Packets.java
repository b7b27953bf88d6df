package io.sluice.bench.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;

/** Packet types, and the writing of all packets but PUBLISH, which {@link PublishTemplate} writes. */
public final class Packets {

    static final int CONNACK = 2;
    /** The type of PUBLISH, as all types the upper four bits of a packet's first byte. */
    public static final int PUBLISH = 3;

    /** Acknowledges a QoS 1 message. */
    public static final int PUBACK = 4;

    /** The first answer to a QoS 2 message. */
    public static final int PUBREC = 5;

    /** The second packet of a QoS 2 message's sender. */
    public static final int PUBREL = 6;

    /** The end of a QoS 2 message. */
    public static final int PUBCOMP = 7;

    static final int SUBACK = 9;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;

    /** From here on a reason code tells of a failure. */
    public static final int FIRST_FAILURE = 0x80;

    private static final int CONNECT_FIRST_BYTE = 0x10;
    private static final int SUBSCRIBE_FIRST_BYTE = 0x82;
    private static final int PINGREQ_FIRST_BYTE = 0xC0;
    private static final int DISCONNECT_FIRST_BYTE = 0xE0;
    private static final int PUBREL_FLAGS = 0x02;

    private static final int SESSION_EXPIRY = 0x11;
    /** The property with its identifier. */
    private static final int EXPIRY_BYTES = 5;

    private static final int CLEAN_START = 0x02;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    private Packets() {}

    /** A CONNECT for a clean session that ends with its connection, or for a durable one, old or new. */
    static void writeConnect(ByteBuf out, ConnectOptions options, String clientId) {
        byte[] protocol = "MQTT".getBytes(UTF_8);
        byte[] client = clientId.getBytes(UTF_8);
        byte[] user = bytesOf(options.userName());
        byte[] password = bytesOf(options.password());
        boolean expiry = options.durable() && options.version().hasProperties();
        int flags = (options.durable() ? 0 : CLEAN_START)
                | (user == null ? 0 : USER_NAME)
                | (password == null ? 0 : PASSWORD);
        int length = 2
                + protocol.length
                + 4
                + propertiesLength(options.version())
                + (expiry ? EXPIRY_BYTES : 0)
                + 2
                + client.length;
        length += (user == null ? 0 : 2 + user.length) + (password == null ? 0 : 2 + password.length);

        out.writeByte(CONNECT_FIRST_BYTE);
        writeVarInt(out, length);
        writeField(out, protocol);
        out.writeByte(options.version().level());
        out.writeByte(flags);
        out.writeShort(options.keepAliveSeconds());
        if (expiry) {
            writeExpiry(out, ConnectOptions.SESSION_EXPIRY_SECONDS);
        } else {
            writeNoProperties(out, options.version());
        }
        writeField(out, client);
        if (user != null) {
            writeField(out, user);
        }
        if (password != null) {
            writeField(out, password);
        }
    }

    /** A SUBSCRIBE with one filter. */
    static void writeSubscribe(ByteBuf out, MqttVersion version, int packetId, String filter, int qos) {
        byte[] bytes = filter.getBytes(UTF_8);
        out.writeByte(SUBSCRIBE_FIRST_BYTE);
        writeVarInt(out, 2 + propertiesLength(version) + 2 + bytes.length + 1);
        out.writeShort(packetId);
        writeNoProperties(out, version);
        writeField(out, bytes);
        out.writeByte(qos);
    }

    /** A PUBACK, PUBREC, PUBREL or PUBCOMP that tells of success. */
    public static void writeAcknowledgement(ByteBuf out, int type, int packetId) {
        int firstByte = type << 4 | (type == PUBREL ? PUBREL_FLAGS : 0);
        out.writeInt(firstByte << 24 | 2 << 16 | packetId);
    }

    static void writePing(ByteBuf out) {
        out.writeShort(PINGREQ_FIRST_BYTE << 8);
    }

    static void writeDisconnect(ByteBuf out) {
        out.writeShort(DISCONNECT_FIRST_BYTE << 8);
    }

    /** A DISCONNECT of MQTT 5.0 that ends the session too. */
    static void writeEndOfSession(ByteBuf out) {
        out.writeByte(DISCONNECT_FIRST_BYTE);
        out.writeByte(1 + 1 + EXPIRY_BYTES);
        out.writeByte(0);
        writeExpiry(out, 0);
    }

    /** Properties of which the session expiry interval is the only one. */
    private static void writeExpiry(ByteBuf out, int seconds) {
        out.writeByte(EXPIRY_BYTES);
        out.writeByte(SESSION_EXPIRY);
        out.writeInt(seconds);
    }

    static void writeVarInt(ByteBuf out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** A variable byte integer; the bytes are there. */
    static int readVarInt(ByteBuf in) {
        int value = 0;
        int shift = 0;
        int next;
        do {
            if (shift > 21) {
                throw new IllegalArgumentException("a length of more than four bytes");
            }
            next = in.readByte();
            value |= (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    /** How many bytes {@link #writeVarInt} writes. */
    static int varIntLength(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }

    static int propertiesLength(MqttVersion version) {
        return version.hasProperties() ? 1 : 0;
    }

    static void writeNoProperties(ByteBuf out, MqttVersion version) {
        if (version.hasProperties()) {
            out.writeByte(0);
        }
    }

    static void writeField(ByteBuf out, byte[] bytes) {
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }

    private static byte[] bytesOf(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }
}
