package io.sluice.it.failover;

import java.time.Duration;
import java.util.Random;

/**
 * What a client does of its own accord beside sending and receiving, now and then and at random. One thread uses it, but for
 * {@link #restless}.
 */
final class Habits {

    /** What it may do. */
    enum Deed {
        NOTHING,
        /** Ends the connection without a word before it handles what came. */
        BREAK_OFF,
        /** Ends the connection without a word when it has handled what came, before it answers. */
        BREAK_OFF_UNANSWERED,
        /** Ends the connection without a word when it has answered. */
        BREAK_OFF_LATER,
        /** Says DISCONNECT. */
        LEAVE,
        /** Opens another connection while it has this one. */
        TAKE_OVER,
        /** Comes back without anything of its session. */
        BEGIN_ANEW,
        /** Does not read for a while. */
        DOZE
    }

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(4);

    private final Random random;
    private volatile Duration every;
    private boolean begun;
    private long next;

    /** @param seed the same one makes the same deeds in the same order */
    Habits(long seed) {
        random = new Random(seed);
    }

    /**
     * From now on it does something now and then, or no more.
     *
     * @param mean from one deed to the next; null for none
     */
    void restless(Duration mean) {
        every = mean;
    }

    /** What it does now, as something has come. */
    Deed next() {
        Duration mean = every;
        long now = System.nanoTime();
        if (mean == null || (begun && now - next < 0)) {
            return Deed.NOTHING;
        }
        next = now + (long) (mean.toNanos() * (0.25 + 1.5 * random.nextDouble()));
        if (!begun) {
            begun = true;
            return Deed.NOTHING;
        }
        int dice = random.nextInt(100);
        if (dice < 70) {
            return dice < 25 ? Deed.BREAK_OFF : dice < 50 ? Deed.BREAK_OFF_UNANSWERED : Deed.BREAK_OFF_LATER;
        }
        return dice < 78 ? Deed.LEAVE : dice < 88 ? Deed.TAKE_OVER : dice < 91 ? Deed.BEGIN_ANEW : Deed.DOZE;
    }

    /** How long it stays away: mostly not. */
    Duration absence() {
        return every == null || random.nextInt(3) > 0 ? SHORTEST : between();
    }

    /** How long it does not read. */
    Duration between() {
        return SHORTEST.plusMillis(random.nextLong(LONGEST.minus(SHORTEST).toMillis()));
    }

    /** To which of so many servers it goes next. */
    int server(int last, int servers) {
        return every == null ? (last + 1) % servers : random.nextInt(servers);
    }
}
