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
        /** The filters of the session are others than before. */
        SUBSCRIPTIONS,
        /** There is neither a session nor a connection any more. */
        ENDED
    }

    static SessionEvent of(Kind kind) {
        return new SessionEvent(kind, "");
    }
}
