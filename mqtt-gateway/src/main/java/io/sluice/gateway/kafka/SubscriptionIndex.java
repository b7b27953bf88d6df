package io.sluice.gateway.kafka;

import io.sluice.gateway.session.DeliveryTarget;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Subscription;
import io.sluice.wire.FilterTrie;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** Topics that are remembered before all of them are forgotten. */
    private static final int MAX_REMEMBERED_TOPICS = 50_000;

    private static final DeliveryTarget[] NOBODY = {};

    private final int lanes;
    private final FilterTrie<Session, Subscription> trie = new FilterTrie<>();
    private final Map<Session, Set<TopicFilter>> filters = new HashMap<>();
    private final Key probe = new Key();
    /** Made anew with every change, so that it holds no session that is gone. */
    private Map<Key, DeliveryTarget[][]> topics = new HashMap<>();

    SubscriptionIndex(int lanes) {
        this.lanes = lanes;
    }

    void add(Session session, Subscription subscription) {
        trie.put(subscription.filter(), session, subscription);
        filters.computeIfAbsent(session, unused -> new HashSet<>(2)).add(subscription.filter());
        forgetTopics();
    }

    void remove(Session session, TopicFilter filter) {
        Set<TopicFilter> ofSession = filters.get(session);
        if (ofSession != null && ofSession.remove(filter)) {
            trie.remove(filter, session);
            if (ofSession.isEmpty()) {
                filters.remove(session);
            }
            forgetTopics();
        }
    }

    void remove(Session session) {
        Set<TopicFilter> ofSession = filters.remove(session);
        if (ofSession != null) {
            ofSession.forEach(filter -> trie.remove(filter, session));
            forgetTopics();
        }
    }

    private void forgetTopics() {
        if (!topics.isEmpty()) {
            topics = new HashMap<>();
        }
    }

    /** The targets for a topic: an array for each lane, empty for most. Not to be kept beyond this message. */
    DeliveryTarget[][] targets(byte[] topic) {
        probe.set(topic);
        DeliveryTarget[][] targets = topics.get(probe);
        if (targets == null) {
            if (topics.size() >= MAX_REMEMBERED_TOPICS) {
                forgetTopics();
            }
            targets = match(new String(topic, StandardCharsets.UTF_8));
            Key key = new Key();
            key.set(topic);
            topics.put(key, targets);
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

    /** A topic's bytes as a map's key; one of them is set anew for each look-up. */
    private static final class Key {
        private byte[] bytes;
        private int hash;

        void set(byte[] topic) {
            bytes = topic;
            hash = Arrays.hashCode(topic);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }
    }
}
