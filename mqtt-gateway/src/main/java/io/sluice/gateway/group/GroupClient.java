package io.sluice.gateway.group;

/** A client as its groups see it; any thread. */
public interface GroupClient {

    /** The index of its event loop among the source's lanes. */
    int lane();

    /** Whether its session outlives the connection, so that a QoS 2 message that was sent to it remains its own. */
    boolean isDurable();

    /** Whether its connection is over. */
    boolean hasEnded();

    /** QoS 1 and 2 messages that it takes before it has acknowledged one. */
    int window();

    /** Sends a message, or lets it wait for the client; on the client's event loop. */
    void deliverShared(SharedDelivery delivery);

    /**
     * It is not known whether a message is the session's or another member's: only when the client resumes its session that
     * is known; on the client's event loop.
     */
    void resync();

    /** Runs something on the client's event loop. */
    void execute(Runnable task);
}
