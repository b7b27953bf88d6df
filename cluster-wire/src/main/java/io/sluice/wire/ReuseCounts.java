package io.sluice.wire;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each packet identifier of a client's QoS 2 messages was released, so that any gateway gives a message that is
 * sent again the same unique id. Held as runs of equal counts: clients take identifiers in turn, or few of them. Not
 * thread-safe.
 */
public final class ReuseCounts {

    private static final int MAX_ID = 0xFFFF;

    /** By the first identifier of each run, its count; the first run begins at 1. */
    private final TreeMap<Integer, Integer> runs = new TreeMap<>(Map.of(1, 0));

    /** How often an identifier was released, 0 or more. */
    public int of(int packetId) {
        return runs.floorEntry(packetId).getValue();
    }

    /** An identifier was released so often, unless more is known already. */
    public void raise(int packetId, int count) {
        int present = of(packetId);
        if (count <= present) {
            return;
        }
        if (packetId < MAX_ID) {
            runs.putIfAbsent(packetId + 1, present);
        }
        runs.put(packetId, count);
        joinWithBefore(packetId + 1);
        joinWithBefore(packetId);
    }

    private void joinWithBefore(int first) {
        Map.Entry<Integer, Integer> before = runs.lowerEntry(first);
        Integer count = runs.get(first);
        if (before != null && count != null && before.getValue().equals(count)) {
            runs.remove(first);
        }
    }

    /** How many runs of equal counts are held. */
    public int runs() {
        return runs.size();
    }

    /** Forgets all. */
    public void clear() {
        runs.clear();
        runs.put(1, 0);
    }

    /** Writes the counts. */
    public void write(WireWriter out) {
        out.list(
                List.copyOf(runs.entrySet()),
                (run, to) -> to.number(run.getKey()).number(run.getValue()));
    }

    /** Reads what {@link #write} wrote. */
    public static ReuseCounts read(WireReader in) throws DamagedRecordException {
        ReuseCounts counts = new ReuseCounts();
        counts.runs.clear();
        in.list(from -> counts.runs.put(from.packetId(), from.integer(0, Integer.MAX_VALUE)));
        if (!counts.runs.containsKey(1)) {
            throw in.damage("counts of packet identifiers that do not begin with the first");
        }
        return counts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReuseCounts counts && counts.runs.equals(runs);
    }

    @Override
    public int hashCode() {
        return runs.hashCode();
    }

    @Override
    public String toString() {
        return runs.toString();
    }
}
