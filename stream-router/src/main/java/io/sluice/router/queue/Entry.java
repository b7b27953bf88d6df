package io.sluice.router.queue;

import io.sluice.wire.PublishRecord;

/**
 * What the index knows of one message of one session, by the message's origin.
 *
 * @param state how far it has come
 * @param message null unless it is {@link State#QUEUED}
 */
record Entry(State state, PublishRecord message) {

    /** How far a message has come. */
    enum State {
        /** To be sent, or sent and not acknowledged. */
        QUEUED,
        /** The client has it: its PUBREC is durable. PUBREL has to be sent until PUBCOMP comes. */
        RECEIVED,
        /** Done. Remembered while the match stage may still send it. */
        SETTLED
    }

    static final Entry RECEIVED = new Entry(State.RECEIVED, null);
    static final Entry SETTLED = new Entry(State.SETTLED, null);

    static Entry queued(PublishRecord message) {
        return new Entry(State.QUEUED, message);
    }
}
