package io.sluice.gateway.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of all packets that have begun to come and not ended, over all connections: without a limit a crowd of clients,
 * none of which has even sent its CONNECT, could take all that there is. Small beginnings do not count, so that the crowd
 * which has used up the limit stops nobody whose packets are small. Thread-safe.
 */
final class UnfinishedPackets {

    /** What each connection has for nothing. */
    static final int SMALL_BYTES = 16 * 1024;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** @param maxBytes of all connections together */
    UnfinishedPackets(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * One connection's buffer has another size.
     *
     * @return whether it has grown while there is more than allowed: then it is to be dropped
     */
    boolean changed(int before, int after) {
        int change = counted(after) - counted(before);
        return change != 0 && bytes.addAndGet(change) > maxBytes && change > 0;
    }

    private static int counted(int size) {
        return size > SMALL_BYTES ? size : 0;
    }

    long bytes() {
        return bytes.get();
    }
}
