package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.malformed;
import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.netty.buffer.ByteBuf;
import io.sluice.wire.UserProperty;
import io.sluice.wire.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Reads MQTT's data types (section 1.5) from one packet and never past its end, nor past the end of the property section
 * that is being read. One for each decoder, used again for every packet: reading makes no objects of its own.
 */
final class PacketReader {

    /** What {@link #nextProperty} returns when the section is over; no property has this identifier. */
    static final int NO_MORE_PROPERTIES = 0;

    private static final byte[] EMPTY = {};

    private ByteBuf in;
    private int packetEnd;

    /** Where reading stops: the end of the packet, or of the property section while one is being read. */
    private int limit;

    private long allowedProperties;
    private long seenProperties;

    /** Starts on the part of a packet after its fixed header, at the buffer's reader index. */
    void start(ByteBuf buffer, int end) {
        in = buffer;
        packetEnd = end;
        limit = end;
    }

    int remaining() {
        return limit - in.readerIndex();
    }

    /** To be called before a packet is handed on: nothing may be left over. */
    void expectEnd() throws MalformedPacketException {
        if (in.readerIndex() != packetEnd) {
            throw malformed("[MQTT 5.0 section 4.13.1] " + (packetEnd - in.readerIndex())
                    + " bytes left over at the end of the packet");
        }
    }

    int readByte() throws MalformedPacketException {
        require(1);
        return in.readUnsignedByte();
    }

    int readTwoByteInteger() throws MalformedPacketException {
        require(2);
        return in.readUnsignedShort();
    }

    long readFourByteInteger() throws MalformedPacketException {
        require(4);
        return in.readUnsignedInt();
    }

    /** 0 to 268,435,455 in the fewest bytes ([MQTT-1.5.5-1]). */
    int readVariableByteInteger() throws MalformedPacketException {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int b = readByte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw malformed("[MQTT-1.5.5-1] variable byte integer longer than needed");
                }
                return value;
            }
        }
        throw malformed("[MQTT-1.5.5-1] variable byte integer of more than four bytes");
    }

    /** 1 to 65,535 ([MQTT-2.2.1-3]). */
    int readPacketId() throws MalformedPacketException {
        int packetId = readTwoByteInteger();
        if (packetId == 0) {
            throw protocolError("[MQTT-2.2.1-3] packet identifier 0");
        }
        return packetId;
    }

    /** Binary data: its length, then as many bytes (section 1.5.6). */
    byte[] readBinary() throws MalformedPacketException {
        return readBytes(readTwoByteInteger());
    }

    byte[] readBytes(int length) throws MalformedPacketException {
        if (length == 0) {
            return EMPTY;
        }
        require(length);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** A UTF-8 encoded string, checked ([MQTT-1.5.4-1], [MQTT-1.5.4-2]). */
    String readString() throws MalformedPacketException {
        byte[] bytes = readBinary();
        if (!Utf8.isWellFormed(bytes)) {
            throw illFormed();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A topic name, or empty: well-formed and without wildcards. */
    byte[] readTopicName() throws MalformedPacketException {
        byte[] name = readBinary();
        boolean ascii = true;
        boolean wildcard = false;
        for (byte b : name) {
            ascii &= b > 0;
            wildcard |= b == '#' || b == '+';
        }
        if (!ascii && !Utf8.isWellFormed(name)) {
            throw illFormed();
        }
        if (wildcard) {
            throw new MalformedPacketException(
                    ReasonCode.TOPIC_NAME_INVALID, "[MQTT-3.3.2-2] [MQTT-4.7.0-1] wildcard character in a topic name");
        }
        return name;
    }

    /**
     * Reads the length of a property section (section 2.2.2). If there are properties, {@link #nextProperty} is to be
     * called until it says that there are no more.
     *
     * @param allowed a set of {@link PropertyId}
     * @return whether there are properties
     */
    boolean startProperties(long allowed) throws MalformedPacketException {
        int length = readVariableByteInteger();
        if (length == 0) {
            return false;
        }
        require(length);
        limit = in.readerIndex() + length;
        allowedProperties = allowed;
        seenProperties = 0;
        return true;
    }

    /** The identifier of the next property, whose value is to be read next, or {@link #NO_MORE_PROPERTIES}. */
    int nextProperty() throws MalformedPacketException {
        if (remaining() == 0) {
            limit = packetEnd;
            return NO_MORE_PROPERTIES;
        }
        int id = readVariableByteInteger();
        if (!PropertyId.isIn(allowedProperties, id)) {
            throw malformed("[MQTT 5.0 section 2.2.2.2] property " + id + " is not valid for this packet");
        }
        if (PropertyId.isIn(seenProperties, id) && id != PropertyId.USER_PROPERTY) {
            throw protocolError("[MQTT 5.0 section 2.2.2.2] property " + id + " more than once");
        }
        seenProperties |= 1L << id;
        return id;
    }

    /** A reason code that the packet may have ([MQTT-3.4.2-1] and its like for the other packets). */
    ReasonCode readReasonCode(Set<ReasonCode> allowed) throws MalformedPacketException {
        int value = readByte();
        ReasonCode code = ReasonCode.of(value);
        if (code == null || !allowed.contains(code)) {
            throw protocolError("[MQTT 5.0 section 2.4] reason code 0x" + Integer.toHexString(value)
                    + " is not one that a client may give in this packet");
        }
        return code;
    }

    /** A property that must be 0 or 1. */
    boolean readFlag(String name) throws MalformedPacketException {
        int value = readByte();
        if (value > 1) {
            throw protocolError("[MQTT 5.0 section 2.2.2.2] " + name + " is neither 0 nor 1 but " + value);
        }
        return value == 1;
    }

    /** A user property, put at the end of the list ([MQTT-1.5.7-1]). */
    void readUserProperty(List<UserProperty> properties) throws MalformedPacketException {
        String name = readString();
        properties.add(new UserProperty(name, readString()));
    }

    private void require(int length) throws MalformedPacketException {
        if (remaining() < length) {
            throw malformed("[MQTT 5.0 section 4.13.1] a field is longer than the packet that it is in");
        }
    }

    private static MalformedPacketException illFormed() {
        return malformed("[MQTT-1.5.4-1] ill-formed UTF-8 or U+0000 in a string");
    }
}
