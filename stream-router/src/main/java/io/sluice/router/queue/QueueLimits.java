package io.sluice.router.queue;

/**
 * What may be queued for one session.
 *
 * @param messages 1 or more
 * @param bytes of topics, payloads and properties, 1 or more
 * @param ageMillis how long a message may be queued; {@link #UNLIMITED_AGE} for as long as its session lives
 * @param whenFull what happens to a message for which there is no room
 */
public record QueueLimits(long messages, long bytes, long ageMillis, WhenFull whenFull) {

    /** What happens to a message for which there is no room. */
    public enum WhenFull {
        /** It is queued, and the oldest hundredth of what is queued is dropped. */
        DROP_OLDEST,
        /** It is dropped. */
        DROP_NEWEST,
        /** It is dropped, and the client is disconnected, once until half of the queue is free again. */
        DISCONNECT
    }

    /** Messages are queued for as long as their session lives. */
    public static final long UNLIMITED_AGE = ClientState.NEVER;

    /** Messages that are too old are looked for so much later at most, so that many are found at once. */
    private static final long LONGEST_DELAY_MILLIS = 60_000;

    private static final int PARTS = 10;

    boolean hasAge() {
        return ageMillis != UNLIMITED_AGE;
    }

    /** When to look for messages that are queued for too long, if the oldest one has this time. */
    long lookAt(long oldest) {
        return oldest + ageMillis + Math.min(LONGEST_DELAY_MILLIS, ageMillis / PARTS);
    }

    /** Whether a message is queued for too long. */
    boolean isTooOld(long timestamp, long now) {
        return hasAge() && now - timestamp >= ageMillis;
    }
}
