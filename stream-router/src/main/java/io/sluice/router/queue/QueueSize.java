package io.sluice.router.queue;

import java.util.List;

/**
 * How much one partition of clients has queued.
 *
 * @param messages of all sessions
 * @param bytes of these, about
 * @param clients that are known
 * @param atLeast at i the number of sessions that have at least 10 to the power of i messages queued
 * @param farthest the sessions that are farthest behind, the farthest first
 * @param most how many of these are shown of all partitions together
 */
public record QueueSize(long messages, long bytes, int clients, List<Long> atLeast, List<Behind> farthest, int most) {

    /** For so many powers of ten sessions are counted. */
    public static final int POWERS = 7;

    /**
     * A session that is behind.
     *
     * @param messages that it has queued
     * @param oldest when the oldest of them was logged, in milliseconds since the epoch; -1 if that is not known
     */
    public record Behind(String clientId, long messages, long oldest) {}
}
