package io.sluice.gateway.group;

import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.GroupCommand.Advance.Binding;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;

/** A message of a group on its way to one member. What a session tells of it may be told on any thread. */
public final class SharedDelivery {

    private static final int[] NO_IDENTIFIERS = {};

    private final LocalGroup group;
    private final GroupLane lane;
    private final GroupMember member;
    private final PublishRecord message;
    private final Qos qos;

    SharedDelivery(LocalGroup group, GroupLane lane, GroupMember member, PublishRecord message) {
        this.group = group;
        this.lane = lane;
        this.member = member;
        this.message = message;
        this.qos = member.options().qos().min(message.qos());
    }

    /** The message, with its place in the log. */
    public PublishRecord message() {
        return message;
    }

    /** Of the delivery: that of the message or that of the subscription, whichever is lower ([MQTT-4.8.2-3]). */
    public Qos qos() {
        return qos;
    }

    /** The RETAIN flag that the client sees. */
    public boolean retain() {
        SubscriptionOptions options = member.options();
        return options.retainAsPublished() && message.retain();
    }

    /** The identifier of the subscription; empty if it has none. */
    public int[] identifiers() {
        int identifier = member.options().identifier();
        return identifier == 0 ? NO_IDENTIFIERS : new int[] {identifier};
    }

    /**
     * Nothing more is to be done: the client has acknowledged it, with whatever reason code ([MQTT-4.8.2-6]), it was written at
     * QoS 0, or it is not to be sent.
     */
    public void done() {
        group.execute(() -> group.done(this));
    }

    /**
     * At QoS 2 to a durable session: the session has a packet identifier for it, and it is to be bound to both.
     *
     * @param sessionId of the member
     * @param connection epoch of the member's connection
     * @param delivery with its packet identifier
     * @param bound run on the client's event loop when it is durable that the message is the session's
     * @param refused run there instead if the message has gone to another member
     */
    public void bind(
            String clientId,
            long sessionId,
            long connection,
            AssignedDelivery delivery,
            Runnable bound,
            Runnable refused) {
        group.execute(() -> group.bind(
                this, epoch -> new Binding(epoch, clientId, sessionId, connection, delivery), bound, refused));
    }

    /** Whom it is for. */
    public GroupClient client() {
        return member.client();
    }

    GroupLane lane() {
        return lane;
    }

    GroupMember member() {
        return member;
    }

    long offset() {
        return message.offset();
    }
}
