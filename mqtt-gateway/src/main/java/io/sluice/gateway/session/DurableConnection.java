package io.sluice.gateway.session;

/** The socket as a durable session's outbound side sees it. Called on the session's event loop. */
interface DurableConnection {

    /** What became of a message. */
    enum Fate {
        /** It was written. */
        SENT,
        /** It is not to be sent: expired, or larger than the client takes. */
        DROPPED,
        /** As {@link #DROPPED}, but at QoS 2 and it may have been sent before. */
        ABANDONED
    }

    /** Whether a message may be written: the socket's buffers have room, and nothing else goes before it. */
    boolean isWritable();

    /** Writes a PUBLISH, or not. */
    Fate publish(DurableOutbound.Waiting message, int packetId);

    /** Writes a PUBREL. */
    void pubrel(int packetId);
}
