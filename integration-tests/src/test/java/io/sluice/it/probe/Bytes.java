package io.sluice.it.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Puts a packet together from the data types of the specification (MQTT 5.0 section 1.5). */
public final class Bytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A byte. */
    public Bytes u8(int value) {
        out.write(value);
        return this;
    }

    /** A two byte integer. */
    public Bytes u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    /** A four byte integer. */
    public Bytes u32(long value) {
        return u16((int) (value >>> 16)).u16((int) value);
    }

    /** A variable byte integer, as short as can be ([MQTT-1.5.5-1]). */
    public Bytes varint(long value) {
        long rest = value;
        do {
            int digit = (int) (rest & 0x7F);
            rest >>>= 7;
            u8(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        return this;
    }

    /** A UTF-8 encoded string. */
    public Bytes string(String text) {
        return binary(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Binary data; also a string whose bytes are not UTF-8. */
    public Bytes binary(byte[] bytes) {
        return u16(bytes.length).raw(bytes);
    }

    /** Bytes as they are. */
    public Bytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** What was put together so far. */
    public byte[] toArray() {
        return out.toByteArray();
    }

    /** A packet: first byte, remaining length and the rest. */
    public static byte[] packet(int firstByte, byte[] body) {
        return new Bytes().u8(firstByte).varint(body.length).raw(body).toArray();
    }

    /** Bytes written as hexadecimal digits; blanks are skipped. */
    public static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
