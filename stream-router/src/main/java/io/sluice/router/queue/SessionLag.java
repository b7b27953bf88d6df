package io.sluice.router.queue;

/**
 * How far a session is behind.
 *
 * @param tally what is queued, and what was dropped
 * @param oldest when the oldest message that is queued was logged, in milliseconds since the epoch; -1 if none is queued
 * @param millisToLimit after which a limit drops something if the queue goes on to grow as it has lately, or the oldest is too
 *     old; -1 if neither will be, or that is not known
 */
record SessionLag(Tally tally, long oldest, long millisToLimit) {

    /** Of a session that queues nothing. */
    static SessionLag none() {
        return new SessionLag(new Tally(), -1, -1);
    }
}
