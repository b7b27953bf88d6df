package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Reads what {@link WireWriter} wrote, strictly: whatever the bytes are, a method gives a value in its range or says what is
 * wrong with them. Not thread-safe.
 */
public final class WireReader {

    private static final int MAX_NUMBER_SHIFT = 56;

    private final byte[] bytes;
    private final String what;
    private int position;

    /**
     * Begins at the first byte.
     *
     * @param bytes read, not copied
     * @param what is read, for the cause of damage
     * @throws DamagedRecordException if there are no bytes, as in a record without a value
     */
    public WireReader(byte[] bytes, String what) throws DamagedRecordException {
        this.what = what;
        if (bytes == null) {
            throw new DamagedRecordException(what + " without a value");
        }
        this.bytes = bytes;
    }

    /** Reads one element of a list. */
    @FunctionalInterface
    public interface Element<T> {

        /** Reads the element that begins here. */
        T read(WireReader in) throws DamagedRecordException;
    }

    /** The damage that a caller finds. */
    public DamagedRecordException damage(String flaw) {
        return new DamagedRecordException(what + " with " + flaw);
    }

    /** One byte, 0 to 255. */
    public int octet() throws DamagedRecordException {
        if (position == bytes.length) {
            throw cutShort();
        }
        return bytes[position++] & 0xFF;
    }

    /** Reads the byte that tells the version and refuses another one than this. */
    public void version(int known) throws DamagedRecordException {
        int version = octet();
        if (version != known) {
            throw new DamagedRecordException(what + " of unknown version " + version);
        }
    }

    /** A truth. */
    public boolean flag() throws DamagedRecordException {
        int value = octet();
        if (value > 1) {
            throw damage("a flag that is " + value);
        }
        return value == 1;
    }

    /** A number, 0 or more, in its shortest form. */
    public long number() throws DamagedRecordException {
        long value = 0;
        for (int shift = 0; shift <= MAX_NUMBER_SHIFT; shift += 7) {
            int group = octet();
            value |= (long) (group & 0x7F) << shift;
            if (group == 0 && shift > 0) {
                throw damage("a number that is longer than it must be");
            }
            if (group < 0x80) {
                return value;
            }
        }
        throw damage("a number that is too large");
    }

    /** A number in a range. */
    public long number(long min, long max) throws DamagedRecordException {
        return check(number(), min, max);
    }

    /** A number in a range. */
    public int integer(int min, int max) throws DamagedRecordException {
        return (int) number(min, max);
    }

    /** A number, or -1 if there is none. */
    public long numberOrNone() throws DamagedRecordException {
        return number() - 1;
    }

    /** A number up to a limit, or -1 if there is none. */
    public long numberOrNone(long max) throws DamagedRecordException {
        return check(numberOrNone(), -1, max);
    }

    /** Bytes. */
    public byte[] bytes() throws DamagedRecordException {
        long length = number();
        if (length > bytes.length - position) {
            throw cutShort();
        }
        int start = position;
        position += (int) length;
        return Arrays.copyOfRange(bytes, start, position);
    }

    /** A string of at most 65,535 bytes of well-formed UTF-8. */
    public String string() throws DamagedRecordException {
        byte[] utf8 = bytes();
        if (utf8.length > WireWriter.MAX_STRING_BYTES || !Utf8.isWellFormed(utf8)) {
            throw damage("a string that is too long or not well-formed UTF-8");
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** A topic filter. */
    public TopicFilter filter() throws DamagedRecordException {
        String text = string();
        String flaw = TopicFilter.flaw(text);
        if (flaw != null) {
            throw new DamagedRecordException(what + ": " + flaw);
        }
        return new TopicFilter(text);
    }

    /** A packet id, 1 to 65,535. */
    public int packetId() throws DamagedRecordException {
        return integer(1, 0xFFFF);
    }

    /** One offset for each partition of the log; -1 where there is none. */
    public long[] offsets() throws DamagedRecordException {
        long[] offsets = new long[count()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = numberOrNone();
        }
        return offsets;
    }

    /** A list; it cannot be changed. */
    public <T> List<T> list(Element<T> element) throws DamagedRecordException {
        int count = count();
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.read(this));
        }
        return Collections.unmodifiableList(list);
    }

    /** Refuses bytes that are left. */
    public void end() throws DamagedRecordException {
        if (position < bytes.length) {
            throw damage((bytes.length - position) + " bytes too many");
        }
    }

    /** A count of elements, each of which has a byte at least: a damaged one does not make room for millions. */
    private int count() throws DamagedRecordException {
        long count = number();
        if (count > bytes.length - position) {
            throw cutShort();
        }
        return (int) count;
    }

    private long check(long value, long min, long max) throws DamagedRecordException {
        if (value < min || value > max) {
            throw damage(value + ", which must be " + min + " to " + max);
        }
        return value;
    }

    private DamagedRecordException cutShort() {
        return new DamagedRecordException(what + " is cut short");
    }
}
