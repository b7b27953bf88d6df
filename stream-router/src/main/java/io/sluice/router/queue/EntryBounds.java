package io.sluice.router.queue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows for each session where none of its entries is stored: at and above an offset of each log partition. Matches come in the
 * order of the log, as a rule, so that is true of nearly every message that comes, and the store is not asked. Of sessions that
 * were used long ago it knows only what holds for all of these, and looks once where that is not enough. Belongs to the
 * stage's thread.
 */
final class EntryBounds {

    /** Looks into the store. */
    @FunctionalInterface
    interface Look {
        /** The offset behind the last entry of a session in a log partition; 0 if it has none. */
        long bound(long session, int partition);
    }

    /** Of so many sessions it knows more than of all others. */
    private static final int SESSIONS = 10_000;

    private static final long UNKNOWN = -1;

    private final Look look;
    /** What holds for sessions and partitions that are not known. */
    private final long[] others;
    /** The least recently used first. */
    private final Map<Long, long[]> sessions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, long[]> eldest) {
            if (size() <= SESSIONS) {
                return false;
            }
            long[] forgotten = eldest.getValue();
            Arrays.setAll(others, p -> Math.max(others[p], forgotten[p]));
            return true;
        }
    };

    /** @param all for each log partition an offset below which all entries stand; kept */
    EntryBounds(long[] all, Look look) {
        others = all;
        this.look = look;
    }

    /** Whether it is sure that a session has no entry at or above an offset. */
    boolean isAbsent(long session, int partition, long offset) {
        long[] bounds = of(session);
        if (bounds[partition] == UNKNOWN && offset < others[partition]) {
            bounds[partition] = look.bound(session, partition);
        }
        return bounds[partition] <= offset; // If it is not known, those of others are.
    }

    /** A session has an entry at an offset from now on. */
    void add(long session, int partition, long offset) {
        long[] bounds = of(session);
        if (bounds[partition] == UNKNOWN && offset < others[partition]) {
            bounds[partition] = look.bound(session, partition);
        }
        bounds[partition] = Math.max(bounds[partition], offset + 1);
    }

    private long[] of(long session) {
        return sessions.computeIfAbsent(session, unused -> {
            long[] unknown = new long[others.length];
            Arrays.fill(unknown, UNKNOWN);
            return unknown;
        });
    }
}
