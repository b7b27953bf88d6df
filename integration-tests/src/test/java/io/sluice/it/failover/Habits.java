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
    /** It stays away for so many times of what is between two deeds at most. */
    private static final int PATIENCE = 5;

    private final Random random;
    private volatile Duration every;
    private boolean awaitsRelease;
    private long next = System.nanoTime();

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

    /** It is connected: mostly it does nothing at once, whatever is due. */
    void connected() {
        Duration mean = every;
        if (mean != null && random.nextInt(8) > 0) {
            next = System.nanoTime() + untilNext(mean);
        }
    }

    private long untilNext(Duration mean) {
        return (long) (mean.toNanos() * (0.25 + 1.5 * random.nextDouble()));
    }

    /**
     * What it does now, as something has come.
     *
     * @param isRelease whether that is PUBREL, which half of the clients wait for that leave something unanswered
     */
    Deed next(boolean isRelease) {
        Duration mean = every;
        long now = System.nanoTime();
        if (mean != null && isRelease && awaitsRelease) {
            awaitsRelease = false;
            return Deed.BREAK_OFF_UNANSWERED;
        }
        if (mean == null || now - next < 0) {
            return Deed.NOTHING;
        }
        next = now + untilNext(mean);
        Deed deed = any();
        awaitsRelease = deed == Deed.BREAK_OFF_UNANSWERED && !isRelease && random.nextBoolean();
        return awaitsRelease ? Deed.NOTHING : deed;
    }

    private Deed any() {
        int dice = random.nextInt(100);
        if (dice < 70) {
            return dice < 25 ? Deed.BREAK_OFF : dice < 50 ? Deed.BREAK_OFF_UNANSWERED : Deed.BREAK_OFF_LATER;
        }
        return dice < 78 ? Deed.LEAVE : dice < 88 ? Deed.TAKE_OVER : dice < 91 ? Deed.BEGIN_ANEW : Deed.DOZE;
    }

    /** How long it stays away: mostly not. */
    Duration absence() {
        return random.nextInt(3) > 0 ? SHORTEST : between();
    }

    /** How long it does not read. */
    Duration between() {
        Duration mean = every;
        if (mean == null) {
            return SHORTEST;
        }
        long most = Math.min(LONGEST.toMillis(), PATIENCE * mean.toMillis());
        return SHORTEST.plusMillis(random.nextLong(most));
    }

    /** To which of so many servers it goes next. */
    int server(int last, int servers) {
        return every == null ? (last + 1) % servers : random.nextInt(servers);
    }
}
