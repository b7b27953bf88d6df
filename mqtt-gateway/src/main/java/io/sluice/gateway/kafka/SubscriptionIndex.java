package io.sluice.gateway.kafka;

import io.sluice.gateway.session.DeliveryTarget;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Subscription;
import io.sluice.wire.FilterTrie;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who gets the messages of a topic, for each lane. Remembers the answer for the topics that are in use, so that a message
 * costs a look-up by the bytes of its key and not a walk through the filters. Owned by the tail's thread.
 */
final class SubscriptionIndex {

    private static final DeliveryTarget[] NOBODY = {};

    private final int lanes;
    private final FilterTrie<Session, Subscription> trie = new FilterTrie<>();
    private final Map<Session, Set<TopicFilter>> filters = new HashMap<>();
    /** Forgotten with every change, so that it holds no session that is gone. */
    private final RememberedTargets remembered = new RememberedTargets();

    SubscriptionIndex(int lanes) {
        this.lanes = lanes;
    }

    void add(Session session, Subscription subscription) {
        trie.put(subscription.filter(), session, subscription);
        filters.computeIfAbsent(session, unused -> new HashSet<>(2)).add(subscription.filter());
        remembered.clear();
    }

    void remove(Session session, TopicFilter filter) {
        Set<TopicFilter> ofSession = filters.get(session);
        if (ofSession != null && ofSession.remove(filter)) {
            trie.remove(filter, session);
            if (ofSession.isEmpty()) {
                filters.remove(session);
            }
            remembered.clear();
        }
    }

    void remove(Session session) {
        Set<TopicFilter> ofSession = filters.remove(session);
        if (ofSession != null) {
            ofSession.forEach(filter -> trie.remove(filter, session));
            remembered.clear();
        }
    }

    /** The targets for a topic: an array for each lane, empty for most. Not to be kept beyond this message. */
    DeliveryTarget[][] targets(byte[] topic) {
        DeliveryTarget[][] targets = remembered.get(topic);
        if (targets == null) {
            targets = match(new String(topic, StandardCharsets.UTF_8));
            remembered.put(topic, targets);
        }
        return targets;
    }

    private DeliveryTarget[][] match(String topic) {
        // In the order of the trie; a session with several matching filters is met several times and merged.
        Map<Session, List<Subscription>> matching = new HashMap<>();
        trie.match(
                topic,
                (session, subscription) -> matching.computeIfAbsent(session, unused -> new ArrayList<>(1))
                        .add(subscription));
        List<List<DeliveryTarget>> byLane = new ArrayList<>(lanes);
        for (int lane = 0; lane < lanes; lane++) {
            byLane.add(new ArrayList<>());
        }
        matching.forEach(
                (session, subscriptions) -> byLane.get(session.lane()).add(DeliveryTarget.of(session, subscriptions)));
        DeliveryTarget[][] targets = new DeliveryTarget[lanes][];
        for (int lane = 0; lane < lanes; lane++) {
            List<DeliveryTarget> of = byLane.get(lane);
            targets[lane] = of.isEmpty() ? NOBODY : of.toArray(new DeliveryTarget[0]);
        }
        return targets;
    }
}
