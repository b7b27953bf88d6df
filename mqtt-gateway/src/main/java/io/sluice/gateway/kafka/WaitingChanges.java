package io.sluice.gateway.kafka;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Changes of subscriptions that wait until the tail has passed the log's end as of their request, in order. Belongs to the
 * tail's thread.
 */
final class WaitingChanges {

    /** A change, and where in the log it may take effect. */
    private record Change(long[] ends, Runnable effect) {}

    private final ArrayDeque<Change> waiting = new ArrayDeque<>();

    /** Adds one behind those that wait. */
    void add(long[] ends, Runnable effect) {
        waiting.add(new Change(ends, effect));
    }

    /** Lets those take effect whose turn has come. */
    void take(Predicate<long[]> hasPassed) {
        while (!waiting.isEmpty() && hasPassed.test(waiting.peek().ends())) {
            waiting.remove().effect().run();
        }
    }

    /**
     * The log has lost what some may wait for, which they would do until it is as long again. All that it has had since they
     * asked stands below where it ends now.
     *
     * @param ends of the log, asked for after the loss was known and told in turn with those of the changes
     */
    void waitNoFurtherThan(long[] ends) {
        List<Change> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(change -> add(lower(change.ends(), ends), change.effect()));
    }

    private static long[] lower(long[] one, long[] other) {
        long[] lower = one.clone();
        for (int i = 0; i < lower.length; i++) {
            lower[i] = Math.min(one[i], other[i]);
        }
        return lower;
    }
}
