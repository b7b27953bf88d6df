package io.sluice.gateway.kafka;

import io.sluice.gateway.session.DeliveryTarget;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Who gets the messages of a topic, for the topics that were in use lately; found by the bytes of the topic. When topics
 * and targets would take more memory than they may, all are forgotten: what is in use is soon known again. Owned by one
 * thread.
 */
final class RememberedTargets {

    private static final int MAX_TOPICS = 50_000;

    /** Many subscribers of many topics are a product, so that counting the topics alone would not bound it. */
    private static final long MAX_BYTES = 64L << 20;

    /** An entry and its arrays. */
    private static final int TOPIC_BYTES = 200;

    /** A target and the reference to it. */
    private static final int TARGET_BYTES = 48;

    private final Key probe = new Key();
    private Map<Key, DeliveryTarget[][]> topics = new HashMap<>();
    private long bytes;

    /** What was remembered of a topic, or null. */
    DeliveryTarget[][] get(byte[] topic) {
        probe.set(topic);
        return topics.get(probe);
    }

    /** Remembers a topic that is not known. */
    void put(byte[] topic, DeliveryTarget[][] targets) {
        long more = (long) TOPIC_BYTES + topic.length;
        for (DeliveryTarget[] ofLane : targets) {
            more += (long) ofLane.length * TARGET_BYTES;
        }
        if (bytes + more > MAX_BYTES || topics.size() >= MAX_TOPICS) {
            clear();
        }
        Key key = new Key();
        key.set(topic);
        topics.put(key, targets);
        bytes += more;
    }

    /** Forgets all. */
    void clear() {
        if (!topics.isEmpty()) {
            topics = new HashMap<>();
            bytes = 0;
        }
    }

    /**
     * A topic's bytes as a map's key; one of them is set anew for each look-up. They have an order, by which the map finds
     * one of thousands with the same hash: whoever publishes chooses the topics.
     */
    private static final class Key implements Comparable<Key> {
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
        public int compareTo(Key other) {
            return Arrays.compare(bytes, other.bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }
    }
}
