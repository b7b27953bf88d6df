package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.Arrays;

/**
 * How one session gets the messages of one topic: its matching subscriptions, merged into one delivery at the highest
 * quality of service with all their identifiers ([MQTT-3.3.4-2] to [MQTT-3.3.4-4]). Shared by all messages of the topic
 * until a subscription changes.
 */
public final class DeliveryTarget {

    private static final int[] NO_IDENTIFIERS = {};

    private final Session session;
    private final Qos qos;
    private final boolean retainAsPublished;
    private final int[] identifiers;
    /** What the session gets of its own messages: this, less, or null for nothing. */
    private final DeliveryTarget forOwnMessages;

    private DeliveryTarget(Session session, Merge merged, boolean own) {
        this.session = session;
        this.qos = merged.qos;
        this.retainAsPublished = merged.retainAsPublished;
        this.identifiers = merged.identifiers;
        this.forOwnMessages = own ? this : null;
    }

    private DeliveryTarget(Session session, Merge merged, DeliveryTarget forOwnMessages) {
        this.session = session;
        this.qos = merged.qos;
        this.retainAsPublished = merged.retainAsPublished;
        this.identifiers = merged.identifiers;
        this.forOwnMessages = forOwnMessages;
    }

    /** Merges a session's subscriptions that match one topic; at least one. */
    public static DeliveryTarget of(Session session, Iterable<Subscription> matching) {
        Merge all = new Merge();
        Merge local = new Merge();
        boolean anyNoLocal = false;
        boolean anyLocal = false;
        for (Subscription subscription : matching) {
            all.add(subscription);
            if (subscription.noLocal()) {
                anyNoLocal = true;
            } else {
                anyLocal = true;
                local.add(subscription);
            }
        }
        if (!anyNoLocal) {
            return new DeliveryTarget(session, all, true);
        }
        return new DeliveryTarget(session, all, anyLocal ? new DeliveryTarget(session, local, true) : null);
    }

    /** The session. */
    public Session session() {
        return session;
    }

    /** Hands a message to the session, or not if it is its own and it does not want these ([MQTT-3.8.3-3]). */
    public void deliver(PublishRecord message) {
        DeliveryTarget target = this;
        if (forOwnMessages != this && Arrays.equals(message.clientId(), session.clientIdUtf8())) {
            if (forOwnMessages == null) {
                return;
            }
            target = forOwnMessages;
        }
        session.deliver(
                message,
                target.qos.min(message.qos()),
                target.retainAsPublished && message.retain(),
                target.identifiers);
    }

    private static final class Merge {
        private Qos qos = Qos.AT_MOST_ONCE;
        private boolean retainAsPublished;
        private int[] identifiers = NO_IDENTIFIERS;

        void add(Subscription subscription) {
            if (subscription.qos().level() > qos.level()) {
                qos = subscription.qos();
            }
            retainAsPublished |= subscription.retainAsPublished();
            if (subscription.identifier() != 0) {
                identifiers = Arrays.copyOf(identifiers, identifiers.length + 1);
                identifiers[identifiers.length - 1] = subscription.identifier();
            }
        }
    }
}
