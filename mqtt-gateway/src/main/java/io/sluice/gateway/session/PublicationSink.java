package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;

/** Where publications go: the log. Methods may be called from any thread and never wait. */
public interface PublicationSink {

    /**
     * Appends a message. Messages with the same topic are appended in the order of the calls of one thread.
     *
     * @param listener told once, on another thread, when the log has the message on all in-sync replicas or has refused
     *     it for good
     */
    void append(PublishRecord message, Listener listener);

    /** Whether so much is on its way that publishers must not be read from until {@link #onRoom} is called back. */
    boolean isFull();

    /** Registers what to call, on another thread, each time there is room again. */
    void onRoom(Runnable callback);

    /** What became of an append. */
    interface Listener {

        /** The log has the message with all the safety that it promises. */
        void appended();

        /** The log does not have the message and never will. */
        void refused(Refusal refusal);
    }

    /**
     * Why the log does not take a message.
     *
     * @param cause what is wrong
     * @param detail for the reason string and the log line
     */
    record Refusal(Cause cause, String detail) {}

    /** The kinds of refusal; the first three concern one message, the last one all of them. */
    enum Cause {
        /** Larger than the log takes. */
        TOO_LARGE,
        /** This gateway may not write there. */
        NOT_AUTHORIZED,
        /** The log says that the record is invalid. */
        INVALID,
        /** The log could not be written to within the delivery time-out. */
        FAILED
    }
}
