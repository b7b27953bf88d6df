package io.sluice.it.failover;

/**
 * A time in which connections to a server may be lost, because of what the test did to it.
 *
 * @param server as clients know it
 * @param from by {@link System#nanoTime}
 * @param to as well
 */
record Trouble(String server, long from, long to) {

    private static final long AGES = Long.MAX_VALUE / 4;

    /** A time that does not end. */
    static Trouble since(String server, long from) {
        return new Trouble(server, from, from + AGES);
    }

    /** All of the time. */
    static Trouble always(String server) {
        return since(server, System.nanoTime() - AGES / 2);
    }

    /** The same, if it has not ended yet, until now. */
    Trouble until(long end) {
        return to - end > 0 ? new Trouble(server, from, end) : this;
    }

    boolean concerns(String where, long when) {
        return server.equals(where) && when - from >= 0 && to - when >= 0;
    }

    /** Whether some of it is between two times. */
    boolean touches(String where, long after, long before) {
        return server.equals(where) && to - after >= 0 && before - from >= 0;
    }
}
