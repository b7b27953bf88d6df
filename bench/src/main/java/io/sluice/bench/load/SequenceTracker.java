package io.sluice.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Follows the numbers 0, 1, 2 … of one sequence as they arrive, and tells exactly which were lost, came twice, or came
 * late. Costs nothing but a comparison while all is well. Not safe for use by several threads.
 */
final class SequenceTracker {

    /** What a number that arrived was. */
    enum Arrival {
        /** Higher than all before it. */
        IN_ORDER,
        /** Lower than one that was there before: overtaken. */
        LATE,
        /** There already. */
        DUPLICATE
    }

    /** One more than the highest number that arrived. */
    private long next;
    /** Numbers below {@link #next} that did not arrive: first → one more than the last. Null while there are none. */
    private TreeMap<Long, Long> missing;

    /** So many that nothing has arrived of. */
    static SequenceTracker[] several(int count) {
        return Stream.generate(SequenceTracker::new).limit(count).toArray(SequenceTracker[]::new);
    }

    Arrival arrived(long number) {
        if (number == next) {
            next++;
            return Arrival.IN_ORDER;
        }
        if (number > next) {
            if (missing == null) {
                missing = new TreeMap<>();
            }
            missing.put(next, number);
            next = number + 1;
            return Arrival.IN_ORDER;
        }
        return fill(number) ? Arrival.LATE : Arrival.DUPLICATE;
    }

    private boolean fill(long number) {
        Map.Entry<Long, Long> gap = missing == null ? null : missing.floorEntry(number);
        if (gap == null || number >= gap.getValue()) {
            return false;
        }
        if (number == gap.getKey()) {
            missing.remove(gap.getKey());
        } else {
            missing.put(gap.getKey(), number);
        }
        if (number + 1 < gap.getValue()) {
            missing.put(number + 1, gap.getValue());
        }
        return true;
    }

    /** One more than the highest number that arrived. */
    long next() {
        return next;
    }

    /** How many of the first numbers did not arrive. */
    long missingOf(long count) {
        long gaps = 0;
        if (missing != null) {
            for (Map.Entry<Long, Long> gap : missing.entrySet()) {
                gaps += gap.getValue() - gap.getKey();
            }
        }
        return gaps + Math.max(0, count - next);
    }
}
