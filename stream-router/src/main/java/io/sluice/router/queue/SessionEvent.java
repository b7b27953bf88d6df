package io.sluice.router.queue;

/**
 * What happened to a client's session or connection.
 *
 * @param reason why, in words; empty where that is plain
 */
record SessionEvent(Kind kind, String reason) {

    /** What happened. */
    enum Kind {
        /** A connection began. */
        CONNECTED,
        /** A connection ended; a session may live on. */
        DISCONNECTED,
        /** A connection has lost the client to a later one, which {@link #CONNECTED} tells of next. */
        TAKEN_OVER,
        /** The filters of the durable session are others than before. */
        SUBSCRIPTIONS,
        /** A durable session ended, and there is no connection. */
        ENDED
    }

    static SessionEvent of(Kind kind) {
        return new SessionEvent(kind, "");
    }
}
