package io.sluice.gateway.session;

import io.sluice.wire.Origin;

/**
 * What a durable session's outbound side needs of the cluster: the one order of its client, where its progress is written,
 * and the tail of the log. Called on the session's event loop, never waits; answers come back on the same loop.
 */
interface DurableLink {

    /**
     * Writes that a message is done: the client has acknowledged it to the end, or it is not to be sent to it any more.
     *
     * @param durable run when nothing can bring the message back, so that its packet identifier is free
     */
    void settled(Origin origin, Runnable durable);

    /**
     * Writes that the client has sent PUBREC for a message.
     *
     * @param durable run when PUBREL may be sent: no gateway will send the message again
     */
    void received(Origin origin, Runnable durable);

    /**
     * Asks the index for what is unsettled; what was {@link #settled} before is taken into account. The answer is given to
     * {@link DurableOutbound#page}.
     *
     * @param from for each log partition: nothing below this offset is wanted
     */
    void pull(long[] from);

    /**
     * Asks the tail to deliver from these offsets on, to be answered by {@link DurableOutbound#joined} or {@link
     * DurableOutbound#cannotJoin}.
     */
    void join(long[] from);

    /** Asks the tail not to deliver any more. */
    void leave();
}
