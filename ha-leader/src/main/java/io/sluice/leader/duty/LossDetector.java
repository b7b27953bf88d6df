package io.sluice.leader.duty;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Decides which gateways are lost: those that ZooKeeper does not know and that sent no heartbeat, for a time in which both
 * could be seen, and in which they themselves must have noticed it. When Kafka could not, nobody is lost and the time begins anew; when ZooKeeper could not, a new detector
 * begins anew. One thread.
 */
final class LossDetector {

    /** Clocks do not run at quite the same speed, and what was allowed at the last moment takes some time. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final long lostAfterNanos;
    private final LongSupplier clock;
    private final Map<String, Long> silentSince = new HashMap<>();
    private long heartbeatsSeenUntil;
    private boolean seen;

    /**
     * @param lostAfter how long a gateway may be silent at least
     * @param clock nanoseconds that only go forward
     */
    LossDetector(Duration lostAfter, LongSupplier clock) {
        this.lostAfterNanos = lostAfter.toNanos();
        this.clock = clock;
    }

    /** A gateway has written a heartbeat. */
    void heartbeat(String incarnation) {
        silentSince.remove(incarnation);
    }

    /**
     * Every heartbeat that was in the log at some time has been given to {@link #heartbeat}.
     *
     * @param nanos that time, by the detector's clock
     */
    void heartbeatsSeenUntil(long nanos) {
        if (!seen || nanos - heartbeatsSeenUntil > lostAfterNanos / 2) {
            // Kafka could not be read for a while, so perhaps not be written either: silence proves nothing.
            silentSince.clear();
        }
        seen = true;
        heartbeatsSeenUntil = nanos;
    }

    /**
     * ZooKeeper was asked just now.
     *
     * @param absent the incarnations that are on record and have no slot, and how long each takes itself for alive without a
     *     heartbeat
     * @return those of them that are lost
     */
    Set<String> absent(Map<String, Duration> absent) {
        silentSince.keySet().retainAll(absent.keySet());
        long now = clock.getAsLong();
        Set<String> lost = new HashSet<>();
        absent.forEach((incarnation, staleAfter) -> {
            long since = silentSince.computeIfAbsent(incarnation, unused -> now);
            long noticedAfterNanos = staleAfter.plus(MARGIN).toNanos();
            if (seen && heartbeatsSeenUntil - since >= Math.max(lostAfterNanos, noticedAfterNanos)) {
                lost.add(incarnation);
            }
        });
        return lost;
    }
}
