package io.sluice.it.probe;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The data types of the specification, read strictly from the bytes after a packet's fixed header. */
final class Body {

    private final byte[] bytes;
    private int position;

    Body(byte[] bytes) {
        this.bytes = bytes;
    }

    int remaining() {
        return bytes.length - position;
    }

    int u8() throws IllegalPacketException {
        if (remaining() < 1) {
            throw new IllegalPacketException("packet is cut short");
        }
        return bytes[position++] & 0xFF;
    }

    int u16() throws IllegalPacketException {
        return u8() << 8 | u8();
    }

    long u32() throws IllegalPacketException {
        return (long) u16() << 16 | u16();
    }

    /** [MQTT-1.5.5-1]: the fewest bytes that can hold the value, and no more than four. */
    long varint() throws IllegalPacketException {
        long value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = u8();
            value |= (long) (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                if (digit == 0 && shift > 0) {
                    throw new IllegalPacketException("variable byte integer is longer than it need be");
                }
                return value;
            }
        }
        throw new IllegalPacketException("variable byte integer of more than four bytes");
    }

    byte[] take(int length) throws IllegalPacketException {
        if (remaining() < length) {
            throw new IllegalPacketException("packet is cut short");
        }
        byte[] taken = java.util.Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return taken;
    }

    byte[] binary() throws IllegalPacketException {
        return take(u16());
    }

    /** [MQTT-1.5.4-1], [MQTT-1.5.4-2]. */
    String string() throws IllegalPacketException {
        byte[] utf8 = binary();
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
            if (text.toString().indexOf(0) >= 0) {
                throw new IllegalPacketException("string with U+0000");
            }
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalPacketException("string that is not UTF-8");
        }
    }

    byte[] rest() throws IllegalPacketException {
        return take(remaining());
    }

    void end() throws IllegalPacketException {
        if (remaining() > 0) {
            throw new IllegalPacketException(remaining() + " bytes too many");
        }
    }

    /** Reads properties; only some may stand in a packet, and only user properties and some others more than once. */
    Properties properties(Set<Property> allowed, Set<Property> repeatable) throws IllegalPacketException {
        int length = (int) varint();
        Body part = new Body(take(length));
        List<Properties.Entry> entries = new ArrayList<>();
        Set<Property> seen = EnumSet.noneOf(Property.class);
        while (part.remaining() > 0) {
            int id = (int) part.varint();
            Property property = Property.of(id).orElseThrow(() -> new IllegalPacketException("unknown property " + id));
            if (!allowed.contains(property)) {
                throw new IllegalPacketException("property " + property + " does not belong there");
            }
            if (!seen.add(property) && !repeatable.contains(property)) {
                throw new IllegalPacketException("property " + property + " twice");
            }
            entries.add(new Properties.Entry(property, part.value(property)));
        }
        return new Properties(entries);
    }

    private Object value(Property property) throws IllegalPacketException {
        return switch (property.type()) {
            case BYTE -> flag(property);
            case TWO_BYTES -> (long) u16();
            case FOUR_BYTES -> u32();
            case VARIABLE -> varint();
            case STRING -> string();
            case BINARY -> binary();
            case STRING_PAIR -> Map.entry(string(), string());
        };
    }

    /** Every property of one byte that a server sends is 0 or 1. */
    private long flag(Property property) throws IllegalPacketException {
        int value = u8();
        if (value > 1) {
            throw new IllegalPacketException("property " + property + " is " + value);
        }
        return value;
    }
}
