package io.sluice.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a message stands in the log, which is what it is known by. Ordered by partition, then by offset.
 *
 * @param partition of the log, 0 or more
 * @param offset in the partition, 0 or more
 */
public record Origin(int partition, long offset) implements Comparable<Origin> {

    @Override
    public int compareTo(Origin other) {
        int byPartition = Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Long.compare(offset, other.offset);
    }

    /** Writes the origin as two numbers. */
    public void write(WireWriter out) {
        out.number(partition).number(offset);
    }

    /** Reads what {@link #write} wrote. */
    public static Origin read(WireReader in) throws DamagedRecordException {
        return new Origin(in.integer(0, Integer.MAX_VALUE), in.number());
    }

    /**
     * Writes a set of origins, each once and in their order: the step to its partition from that of the origin before, and its
     * offset, as the step from the one before if the partition is the same.
     */
    public static void writeSet(Iterable<Origin> origins, WireWriter out) {
        List<Origin> sorted = new ArrayList<>();
        origins.forEach(sorted::add);
        sorted = sorted.stream().sorted().distinct().toList();
        out.number(sorted.size());
        Origin last = new Origin(0, 0);
        for (Origin origin : sorted) {
            boolean samePartition = origin.partition == last.partition;
            out.number(origin.partition - last.partition);
            out.number(samePartition ? origin.offset - last.offset : origin.offset);
            last = origin;
        }
    }

    /** Reads what {@link #writeSet} wrote: in order, each once. */
    public static List<Origin> readSet(WireReader in) throws DamagedRecordException {
        Origin[] last = {null};
        return in.list(ignored -> {
            last[0] = next(last[0], in);
            return last[0];
        });
    }

    private static Origin next(Origin last, WireReader in) throws DamagedRecordException {
        if (last == null) {
            return read(in);
        }
        int step = in.integer(0, Integer.MAX_VALUE - last.partition);
        return step > 0
                ? new Origin(last.partition + step, in.number())
                : new Origin(last.partition, last.offset + in.number(1, Long.MAX_VALUE - last.offset));
    }
}
