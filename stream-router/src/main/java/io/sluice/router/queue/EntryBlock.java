package io.sluice.router.queue;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Entries of one session and log partition that were written together, and what has become of them since. The block itself is
 * written once; the second value tells which of its entries have gone, and which are others than they were. Belongs to the stage's
 * thread.
 *
 * <p>Formats: version (1); the block then the number of entries and for each the difference of its offset to the one before and the
 * entry; the changes then bits of the places whose entries have gone, and the number of other entries and for each its place and the
 * entry.
 */
final class EntryBlock {

    private static final int VERSION = 1;

    private final long[] offsets;
    /** Null where an entry has gone. */
    private final byte[][] entries;
    /** The places whose entries have changed since the block was written. */
    private final BitSet changed = new BitSet();

    private final int bytes;
    private int present;
    /** Whether changes stand in the store. */
    private boolean hasStoredChanges;

    private EntryBlock(long[] offsets, byte[][] entries) {
        this.offsets = offsets;
        this.entries = entries;
        present = entries.length;
        int sum = 0;
        for (byte[] entry : entries) {
            sum += entry.length;
        }
        bytes = sum;
    }

    /** @param entries by offset; at least one */
    static EntryBlock of(NavigableMap<Long, byte[]> entries) {
        long[] offsets = new long[entries.size()];
        byte[][] values = new byte[offsets.length][];
        int i = 0;
        for (Map.Entry<Long, byte[]> entry : entries.entrySet()) {
            offsets[i] = entry.getKey();
            values[i++] = entry.getValue();
        }
        return new EntryBlock(offsets, values);
    }

    /** @param changes null where there are none */
    static EntryBlock read(byte[] value, byte[] changes) {
        try {
            WireReader in = new WireReader(value, "block of entries");
            in.version(VERSION);
            int size = in.integer(1, value.length);
            long[] offsets = new long[size];
            byte[][] entries = new byte[size][];
            long offset = 0;
            for (int i = 0; i < size; i++) {
                offset += in.number();
                offsets[i] = offset;
                entries[i] = in.bytes();
            }
            in.end();
            EntryBlock block = new EntryBlock(offsets, entries);
            if (changes != null) {
                block.readChanges(changes);
            }
            return block;
        } catch (DamagedRecordException e) {
            throw new IllegalStateException("the state store holds what it cannot hold", e);
        }
    }

    private void readChanges(byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "changes of a block of entries");
        in.version(VERSION);
        BitSet gone = BitSet.valueOf(in.bytes());
        for (int i = gone.nextSetBit(0); i >= 0; i = gone.nextSetBit(i + 1)) {
            set(i, null);
        }
        for (int left = in.integer(0, entries.length); left > 0; left--) {
            set(in.integer(0, entries.length - 1), in.bytes());
        }
        in.end();
        hasStoredChanges = true;
    }

    /** What is written once. */
    byte[] value() {
        WireWriter out = new WireWriter().octet(VERSION).number(entries.length);
        long before = 0;
        for (int i = 0; i < entries.length; i++) {
            out.number(offsets[i] - before).bytes(entries[i]);
            before = offsets[i];
        }
        return out.toBytes();
    }

    /** What has changed since, which stands in the store from now on. */
    byte[] changes() {
        BitSet gone = new BitSet();
        changed.stream().filter(i -> entries[i] == null).forEach(gone::set);
        WireWriter out = new WireWriter()
                .octet(VERSION)
                .bytes(gone.toByteArray())
                .number(changed.cardinality() - gone.cardinality());
        changed.stream()
                .filter(i -> entries[i] != null)
                .forEach(i -> out.number(i).bytes(entries[i]));
        hasStoredChanges = true;
        return out.toBytes();
    }

    /** Whether the store has changes of this block. */
    boolean hasStoredChanges() {
        return hasStoredChanges;
    }

    /** The offset of the first entry that was written. */
    long first() {
        return offsets[0];
    }

    /** The offset of the last entry that was written. */
    long last() {
        return offsets[offsets.length - 1];
    }

    /** What it takes on the heap, about. */
    int bytes() {
        return bytes;
    }

    /** Whether all entries have gone. */
    boolean isEmpty() {
        return present == 0;
    }

    /** How many entries were written. */
    int size() {
        return entries.length;
    }

    /** The place of an offset, or -1 if no entry for it was written. */
    int find(long offset) {
        return Math.max(-1, Arrays.binarySearch(offsets, offset));
    }

    /** The place of the first entry that has not gone at or behind an offset; {@link #size} if there is none. */
    int from(long offset) {
        int found = Arrays.binarySearch(offsets, offset);
        int i = found < 0 ? -found - 1 : found;
        while (i < entries.length && entries[i] == null) {
            i++;
        }
        return i;
    }

    long offset(int place) {
        return offsets[place];
    }

    /** Null if it has gone. */
    byte[] entry(int place) {
        return entries[place];
    }

    /** @param entry null if it goes */
    void set(int place, byte[] entry) {
        present += (entry == null ? 0 : 1) - (entries[place] == null ? 0 : 1);
        entries[place] = entry;
        changed.set(place);
    }
}
