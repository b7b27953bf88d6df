package io.sluice.gateway.session;

import io.sluice.wire.Fanout;
import io.sluice.wire.GroupId;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.TopicFilter;
import java.util.List;

/**
 * Where deliveries come from: the log, or a partition that holds what the log has for this gateway. The same sessions,
 * subscriptions and lanes serve both. All methods may be called from any thread and never wait; what they cause reaches
 * the session on its own lane, in the order of the deliveries.
 */
public interface DeliverySource {

    /**
     * Makes subscriptions take effect at one place in the log, at or behind its end as of this call: the session gets
     * {@link Session#subscribed} with the retained messages as of that place, and then every matching message behind it
     * ([MQTT-3.8.4-3], [MQTT-3.8.4-4]).
     *
     * @param request what the session wants, which it gets back
     */
    void subscribe(Session session, SubscribeRequest request);

    /** Ends subscriptions at one place in the log; the session gets {@link Session#unsubscribed} there. */
    void unsubscribe(Session session, UnsubscribeRequest request);

    /** Ends all subscriptions of a session that is gone. */
    void remove(Session session);

    /** Delivers no more to a durable session for now but what its groups give to it. */
    void leaveTail(Session session);

    /**
     * A durable session was resumed: it is a member of its groups here from now on. What it changes of that later takes effect
     * behind it.
     */
    void rejoin(Session session, List<Fanout.Shared> shared);

    /** Whether there is room for another group; any thread, about. */
    boolean hasRoomFor(GroupId group);

    /**
     * Delivers to a durable session what its filters match from a place of the log on, which may be behind or ahead; or tells
     * it with {@link Session#cannotJoin} that the place is too far behind, or the tail is behind a place where a filter
     * begins or ends.
     *
     * @param from for each log partition the first offset that the session wants; not to be changed
     */
    void join(Session session, SessionFilters filters, long[] from);

    /** Delivers a message that is not in the log ({@code $SYS}), and keeps it as its topic's retained message. */
    void publishLocally(PublishRecord message);

    /** An offset that the end of a log partition has reached. */
    long reached(int partition);

    /** How many retained messages there are, and what their payloads and topics take. */
    RetainedUse retainedUse();

    /**
     * The size of the retained messages.
     *
     * @param messages how many
     * @param bytes of topics and payloads
     */
    record RetainedUse(long messages, long bytes) {}

    /**
     * A SUBSCRIBE packet on its way to the source and back.
     *
     * @param packetId of the SUBSCRIBE
     * @param reasons what SUBACK says for each filter of the packet, refused ones included
     * @param detail why one was refused, null if none was
     * @param granted the subscriptions that take effect
     * @param sendRetained for each of these, whether its retained messages are wanted
     */
    record SubscribeRequest(
            int packetId, byte[] reasons, String detail, List<Subscription> granted, boolean[] sendRetained) {

        /** Those that are not shared. */
        public List<Subscription> ordinary() {
            return granted.stream()
                    .filter(subscription -> subscription.group() == null)
                    .toList();
        }

        /** Those that are shared. */
        public List<Fanout.Shared> shared() {
            return granted.stream()
                    .filter(subscription -> subscription.group() != null)
                    .map(subscription -> new Fanout.Shared(subscription.group(), subscription.options()))
                    .toList();
        }
    }

    /**
     * An UNSUBSCRIBE packet on its way to the source and back.
     *
     * @param packetId of the UNSUBSCRIBE
     * @param reasons what UNSUBACK says for each filter of the packet
     * @param detail why one was refused, null if none was
     * @param filters the valid ones
     */
    record UnsubscribeRequest(int packetId, byte[] reasons, String detail, List<TopicFilter> filters) {

        /** The groups that the session leaves. */
        public List<GroupId> shared() {
            return filters.stream()
                    .filter(filter -> TopicFilter.isShared(filter.text()) && GroupId.flaw(filter.text()) == null)
                    .map(filter -> GroupId.of(filter.text()))
                    .toList();
        }
    }

    /**
     * Retained messages for a new subscription.
     *
     * @param subscription the one that they match
     * @param messages in no order
     */
    record RetainedMatch(Subscription subscription, List<PublishRecord> messages) {}
}
