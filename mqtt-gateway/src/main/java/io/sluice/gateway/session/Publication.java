package io.sluice.gateway.session;

import io.sluice.wire.Qos;

/** A client's message on its way to the log and back. */
public final class Publication implements PublicationSink.Listener {

    private final Inbound inbound;
    private final Qos qos;
    private final int packetId;
    /** Written by the sink's thread before the mailbox hands it over. */
    private PublicationSink.Refusal refusal;

    private boolean done;

    Publication(Inbound inbound, Qos qos, int packetId) {
        this.inbound = inbound;
        this.qos = qos;
        this.packetId = packetId;
    }

    Qos qos() {
        return qos;
    }

    int packetId() {
        return packetId;
    }

    /** Why the log has not taken it, or null. */
    PublicationSink.Refusal refusal() {
        return refusal;
    }

    boolean isDone() {
        return done;
    }

    @Override
    public void appended() {
        inbound.offer(this);
    }

    @Override
    public void refused(PublicationSink.Refusal why) {
        refusal = why;
        inbound.offer(this);
    }

    /** On the event loop of the session: the log has answered. */
    public void complete() {
        done = true;
        inbound.completed(this);
    }
}
