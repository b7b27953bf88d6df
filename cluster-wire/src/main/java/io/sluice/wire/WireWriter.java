package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes the binary formats of records and of what is kept in state stores; {@link WireReader} reads them. A number is
 * written in groups of seven bits, the lowest first, with the high bit set on all bytes but the last; bytes and strings have their
 * length before them, lists their count. Not thread-safe.
 */
public final class WireWriter {

    /** The longest string, as everywhere in MQTT, in bytes of UTF-8. */
    static final int MAX_STRING_BYTES = 0xFFFF;

    private static final int FIRST_CAPACITY = 64;
    private static final int MAX_NUMBER_BYTES = 9;

    private byte[] buffer = new byte[FIRST_CAPACITY];
    private int length;

    /** The lowest eight bits of a value. */
    public WireWriter octet(int value) {
        reserve(1);
        buffer[length++] = (byte) value;
        return this;
    }

    /** A truth: one byte, 0 or 1. */
    public WireWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /**
     * A number.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public WireWriter number(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("must not be negative, was " + value);
        }
        reserve(MAX_NUMBER_BYTES);
        long rest = value;
        while (rest > 0x7F) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
        return this;
    }

    /**
     * A number of which -1 means that there is none: it is written one higher.
     *
     * @throws IllegalArgumentException if it is below -1 or the highest of all
     */
    public WireWriter numberOrNone(long value) {
        return number(value + 1);
    }

    /** Bytes, their length before them. */
    public WireWriter bytes(byte[] value) {
        number(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, buffer, length, value.length);
        length += value.length;
        return this;
    }

    /**
     * A string as UTF-8.
     *
     * @throws IllegalArgumentException if it is longer than 65,535 bytes
     */
    public WireWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_STRING_BYTES) {
            throw new IllegalArgumentException("string of " + utf8.length + " bytes");
        }
        return bytes(utf8);
    }

    /** One offset for each partition of the log; -1 where there is none. */
    public WireWriter offsets(long[] values) {
        number(values.length);
        for (long value : values) {
            numberOrNone(value);
        }
        return this;
    }

    /** One thing that knows how to write itself. */
    public <T> WireWriter element(T value, BiConsumer<T, WireWriter> element) {
        element.accept(value, this);
        return this;
    }

    /** A list whose elements are written one after the other. */
    public <T> WireWriter list(List<T> values, BiConsumer<T, WireWriter> element) {
        number(values.size());
        values.forEach(value -> element.accept(value, this));
        return this;
    }

    /** What was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }

    private void reserve(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, Math.addExact(length, more)));
        }
    }
}
