package io.sluice.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of a partition of the log is settled: all below a place, and stretches above it, so that one message that takes long
 * holds up no other. Not thread-safe.
 */
public final class SettledOffsets {

    private long below;
    /** Where each stretch above begins and ends; they neither touch nor overlap. */
    private final TreeMap<Long, Long> above = new TreeMap<>();

    /** @param below all before this offset is settled, 0 or more */
    public SettledOffsets(long below) {
        this.below = below;
    }

    /** A copy that goes its own way. */
    public SettledOffsets copy() {
        SettledOffsets copy = new SettledOffsets(below);
        copy.above.putAll(above);
        return copy;
    }

    /** The first offset that is not settled. */
    public long below() {
        return below;
    }

    /** How many stretches above {@link #below} are settled. */
    public int stretches() {
        return above.size();
    }

    /** Whether an offset is settled. */
    public boolean contains(long offset) {
        if (offset < below) {
            return true;
        }
        Map.Entry<Long, Long> stretch = above.floorEntry(offset);
        return stretch != null && offset < stretch.getValue();
    }

    /** Settles a stretch; nothing if it is empty. */
    public void add(long from, long to) {
        if (to <= Math.max(from, below)) {
            return;
        }
        long first = Math.max(from, below);
        long end = to;
        Map.Entry<Long, Long> touching = above.floorEntry(end);
        while (touching != null && touching.getValue() >= first) {
            first = Math.min(first, touching.getKey());
            end = Math.max(end, touching.getValue());
            above.remove(touching.getKey());
            touching = above.floorEntry(end);
        }
        if (first <= below) {
            below = end;
        } else {
            above.put(first, end);
        }
    }

    /** Settles a stretch. */
    public void add(OffsetRange range) {
        add(range.from(), range.to());
    }

    /** The stretches above {@link #below}, in their order. */
    public List<OffsetRange> above() {
        List<OffsetRange> ranges = new ArrayList<>(above.size());
        above.forEach((from, to) -> ranges.add(new OffsetRange(from, to)));
        return ranges;
    }

    /** Writes what is settled: the place, and the list of stretches. */
    public void write(WireWriter out) {
        out.number(below).list(above(), OffsetRange::write);
    }

    /** Reads what {@link #write} wrote. */
    public static SettledOffsets read(WireReader in) throws DamagedRecordException {
        SettledOffsets settled = new SettledOffsets(in.number());
        for (OffsetRange range : in.list(OffsetRange::read)) {
            settled.add(range);
        }
        return settled;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SettledOffsets that && below == that.below && above.equals(that.above);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(below) * 31 + above.hashCode();
    }

    @Override
    public String toString() {
        return below + " " + above;
    }
}
