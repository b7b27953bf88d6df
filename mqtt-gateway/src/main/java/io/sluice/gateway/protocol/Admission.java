package io.sluice.gateway.protocol;

import java.util.concurrent.atomic.AtomicInteger;

/** Who may come in: the limit of connections, and whether the gateway serves at all. Thread-safe. */
public final class Admission {

    private final int maxConnections;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean serving;

    /** @param maxConnections sockets, whether their CONNECT has come or not */
    public Admission(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** A socket was opened. */
    public void opened() {
        open.incrementAndGet();
    }

    /** A socket was closed. */
    public void closed() {
        open.decrementAndGet();
    }

    /** Sockets that are open, whether their CONNECT has come or not. */
    public int sockets() {
        return open.get();
    }

    /** Sockets that may be open before a CONNECT is refused. */
    public int limit() {
        return maxConnections;
    }

    /** Whether there are more sockets than allowed, so that a CONNECT on one of them is refused. */
    public boolean isOverLimit() {
        return open.get() > maxConnections;
    }

    /** Whether there are so many that a new one is closed without being asked what it wants. */
    public boolean isFlooded() {
        return open.get() > maxConnections + Math.max(100, maxConnections / 10);
    }

    /** Whether the gateway serves clients. */
    public boolean isServing() {
        return serving;
    }

    /** Lets clients in, or not. */
    public void setServing(boolean serves) {
        serving = serves;
    }
}
