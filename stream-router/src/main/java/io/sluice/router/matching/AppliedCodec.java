package io.sluice.router.matching;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Offsets by partition of clients as a value of a state store: the version (1 byte, 1) and 8 bytes for each, big-endian. */
final class AppliedCodec {

    private static final byte VERSION = 1;

    private AppliedCodec() {}

    static byte[] encode(long[] offsets) {
        ByteBuffer value = ByteBuffer.allocate(1 + offsets.length * Long.BYTES).put(VERSION);
        for (long offset : offsets) {
            value.putLong(offset);
        }
        return value.array();
    }

    /** Nothing at all where there is no value of this form: then more is looked for than is needed. */
    static long[] decode(byte[] value, int partitions) {
        long[] offsets = new long[partitions];
        if (value == null || value.length != 1 + partitions * Long.BYTES || value[0] != VERSION) {
            Arrays.fill(offsets, -1);
            return offsets;
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        for (int i = 0; i < partitions; i++) {
            offsets[i] = in.getLong();
        }
        return offsets;
    }
}
