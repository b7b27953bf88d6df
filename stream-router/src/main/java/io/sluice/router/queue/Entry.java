package io.sluice.router.queue;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;

/**
 * What the index knows of one message of one session, by the message's origin.
 *
 * @param state how far it has come
 * @param message null unless it is {@link State#QUEUED}, or was dropped and is {@link State#RECEIVED}: then it has no content
 */
record Entry(State state, PublishRecord message) {

    /** How far a message has come. */
    enum State {
        /** To be sent, or sent and not acknowledged. */
        QUEUED,
        /**
         * The client has it: its PUBREC is durable. Or it was dropped, but the client may have it. PUBREL has to be sent until
         * PUBCOMP comes.
         */
        RECEIVED,
        /** Done. Remembered while the match stage may still send it. */
        SETTLED
    }

    private static final byte[] NO_PAYLOAD = new byte[0];

    static final Entry RECEIVED = new Entry(State.RECEIVED, null);
    static final Entry SETTLED = new Entry(State.SETTLED, null);

    /** For a message that is dropped. Whom it is for can still be told: if a filter turns out to have ended before, for nobody. */
    static Entry closing(PublishRecord message) {
        return new Entry(
                State.RECEIVED,
                new PublishRecord(
                        message.topic(),
                        NO_PAYLOAD,
                        message.qos(),
                        false,
                        message.clientId(),
                        PublishProperties.NONE,
                        message.partition(),
                        message.offset(),
                        message.timestamp()));
    }

    static Entry queued(PublishRecord message) {
        return new Entry(State.QUEUED, message);
    }
}
