package io.sluice.gateway.session;

import io.sluice.wire.Qos;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits for all slow clients together: each has a limit of its own, and many at once could still take all the memory
 * that there is. When the limit of all is reached, a client that has more than its equal share of it gets no more. Messages
 * at QoS 0 have half of it: they are dropped when there is no room, and what has stopped for good may keep its half; at QoS 1
 * and 2 a client that finds no room loses its connection, and one that is slow for a moment must not. Thread-safe.
 */
public final class QueuedBytes {

    /** What a message takes beside its content, about: its object, its arrays, its place in the queue. */
    static final int OVERHEAD_BYTES = 200;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger clients = new AtomicInteger();

    /** @param maxBytes of all clients together; up to twice as many while shares become smaller */
    public QueuedBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a message to a client's queue, of which so many bytes wait already, or returns false if there is no room. */
    boolean offer(long ownBytes, int size, Qos qos) {
        long limit = qos == Qos.AT_MOST_ONCE ? maxBytes / 2 : maxBytes;
        boolean isFull = bytes.get() + size > limit;
        if (isFull && ownBytes + size > limit / Math.max(1, clients.get())) {
            return false;
        }
        add(ownBytes, size);
        return true;
    }

    /** As {@link #offer}, whether there is room or not: without it a client would not go on at all. */
    void add(long ownBytes, int size) {
        bytes.addAndGet(size);
        if (ownBytes == 0) {
            clients.incrementAndGet();
        }
    }

    /** Takes bytes out of a client's queue. */
    void remove(long size, boolean wasLast) {
        bytes.addAndGet(-size);
        if (wasLast) {
            clients.decrementAndGet();
        }
    }

    /** What waits now. */
    public long bytes() {
        return bytes.get();
    }
}
