package io.sluice.gateway.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.wire.UserProperty;
import java.nio.charset.StandardCharsets;

/** Gathers the properties of one packet (MQTT 5.0 section 2.2.2), so that their length is known before they are sent. */
final class PropertyWriter {

    private static final int LONGEST_STRING = 0xFFFF;

    private final ByteBuf properties = Unpooled.buffer(64);

    void putByte(int id, int value) {
        properties.writeByte(id).writeByte(value);
    }

    void putTwoByteInteger(int id, int value) {
        properties.writeByte(id).writeShort(value);
    }

    void putFourByteInteger(int id, long value) {
        properties.writeByte(id).writeInt((int) value);
    }

    /**
     * Puts a property whose absence is null.
     *
     * @throws IllegalArgumentException if the string is longer than 65,535 bytes
     */
    void putString(int id, String value) {
        if (value != null) {
            properties.writeByte(id);
            writeString(value);
        }
    }

    /** Puts a property whose absence is null. */
    void putBinary(int id, byte[] value) {
        if (value != null) {
            properties.writeByte(id).writeShort(value.length).writeBytes(value);
        }
    }

    void putUserProperty(UserProperty property) {
        properties.writeByte(PropertyId.USER_PROPERTY);
        writeString(property.name());
        writeString(property.value());
    }

    /**
     * Puts what helps the reader but may be missing: each is left out if the packet would become larger with it than the
     * receiver takes ([MQTT-3.2.2-19], [MQTT-3.2.2-20] and their like for the other packets). After a user property that
     * was left out no more follow, so that those that are sent are in order and without gaps.
     *
     * @param otherBytes of the packet after its fixed header, apart from the property section
     */
    void putDiagnostics(Diagnostics diagnostics, int otherBytes, int maximumPacketSize) {
        String reasonString = diagnostics.reasonString();
        if (reasonString != null
                && fits(1 + stringSize(reasonString), otherBytes, maximumPacketSize)
                && isEncodable(reasonString)) {
            putString(PropertyId.REASON_STRING, reasonString);
        }
        for (UserProperty property : diagnostics.userProperties()) {
            int size = 1 + stringSize(property.name()) + stringSize(property.value());
            if (!fits(size, otherBytes, maximumPacketSize)) {
                return;
            }
            putUserProperty(property);
        }
    }

    boolean isEmpty() {
        return !properties.isReadable();
    }

    /** The size of the property section, its length included. */
    int sectionSize() {
        return sectionSize(0);
    }

    /** Writes the property section, its length first. */
    void writeSection(ByteBuf out) {
        PacketEncoder.writeVariableByteInteger(out, properties.readableBytes());
        out.writeBytes(properties, properties.readerIndex(), properties.readableBytes());
    }

    /** The properties without their length. */
    byte[] toBytes() {
        return ByteBufUtil.getBytes(properties);
    }

    private boolean fits(int more, int otherBytes, int maximumPacketSize) {
        return PacketEncoder.packetSize(otherBytes + sectionSize(more)) <= maximumPacketSize;
    }

    private int sectionSize(int more) {
        int length = properties.readableBytes() + more;
        return PacketEncoder.variableByteIntegerSize(length) + length;
    }

    private static boolean isEncodable(String text) {
        return ByteBufUtil.utf8Bytes(text) <= LONGEST_STRING;
    }

    private static int stringSize(String text) {
        return 2 + ByteBufUtil.utf8Bytes(text);
    }

    private void writeString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_STRING) {
            throw new IllegalArgumentException("string of " + bytes.length + " bytes, 65535 are allowed");
        }
        properties.writeShort(bytes.length).writeBytes(bytes);
    }
}
