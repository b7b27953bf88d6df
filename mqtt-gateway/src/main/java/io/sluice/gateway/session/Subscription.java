package io.sluice.gateway.session;

import io.sluice.wire.GroupId;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.TopicFilter;

/**
 * One subscription of a session (MQTT 5.0 section 3.8.3.1).
 *
 * @param filter what it asks for
 * @param qos the highest quality of service of a delivery
 * @param noLocal whether the client's own messages are left out
 * @param retainAsPublished whether the RETAIN flag of live messages is handed on
 * @param retainHandling 0 sends retained messages, 1 only for a new subscription, 2 never
 * @param identifier 1 to 268,435,455, 0 if it has none
 */
public record Subscription(
        TopicFilter filter, Qos qos, boolean noLocal, boolean retainAsPublished, int retainHandling, int identifier) {

    /** A subscription of a session that is resumed. */
    public static Subscription of(TopicFilter filter, SubscriptionOptions options) {
        return new Subscription(
                filter, options.qos(), options.noLocal(), options.retainAsPublished(), 0, options.identifier());
    }

    /** What concerns messages of the log. */
    public SubscriptionOptions options() {
        return new SubscriptionOptions(qos, noLocal, retainAsPublished, identifier);
    }

    /** The group that it is a share of, or null. */
    public GroupId group() {
        return GroupId.ofShared(filter);
    }
}
