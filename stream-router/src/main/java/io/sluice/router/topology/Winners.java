package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The winner of each topic, in a state store of one partition. The first byte of a key tells what it is: {@code T} and the
 * topic leads to its {@link Winner}; {@code C}, the time of clearing (8 bytes) and the topic is an entry of the list by
 * which markers of cleared topics are found when their time has come, so that nobody has to look through all topics; and
 * {@code I} alone leads to the {@link TopicIds} that all this belongs to.
 */
final class Winners {

    private static final Logger log = LoggerFactory.getLogger(Winners.class);
    private static final byte TOPIC = 'T';
    private static final byte CLEARED = 'C';
    private static final Bytes IDS = Bytes.wrap(new byte[] {'I'});
    private static final Bytes FIRST_TOPIC = Bytes.wrap(new byte[] {TOPIC});
    private static final Bytes AFTER_TOPICS = Bytes.wrap(new byte[] {TOPIC + 1});
    private static final int CLEARED_PREFIX = 1 + Long.BYTES;
    private static final byte[] NOTHING = new byte[0];
    private static final int PAGE = 1_000;

    /** A winner is as large as its message in the log, whose limit the operator sets. */
    private static final Map<String, String> CHANGELOG = Map.of("max.message.bytes", Integer.toString(64 << 20));

    private final KeyValueStore<Bytes, byte[]> store;
    private final TopologyEvents events;

    Winners(KeyValueStore<Bytes, byte[]> store, TopologyEvents events) {
        this.store = store;
        this.events = events;
    }

    /** The store that has to stand behind it. Its cache saves what changes often from being written each time. */
    static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(CHANGELOG)
                .withCachingEnabled();
    }

    /** The topics that the state belongs to, or null if it is new. */
    TopicIds topicIds() {
        return decoded(store.get(IDS), TopicIds::decode);
    }

    /** Sets the topics that the state belongs to. */
    void putTopicIds(TopicIds ids) {
        store.put(IDS, ids.encode());
    }

    /** The winner of a topic, or null if none is known. */
    Winner get(byte[] topic) {
        return decoded(store.get(topicKey(topic)), Winner::decode);
    }

    /** Calls back with each topic and its winner, markers of cleared topics included. */
    void forEach(BiConsumer<byte[], Winner> visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = store.range(FIRST_TOPIC, AFTER_TOPICS)) {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                Winner winner = decoded(entry.value, Winner::decode);
                if (winner != null) {
                    byte[] key = entry.key.get();
                    visitor.accept(Arrays.copyOfRange(key, 1, key.length), winner);
                }
            }
        }
    }

    private interface Decoder<T> {
        T decode(byte[] value) throws DamagedRecordException;
    }

    /** A damaged entry counts as absent: the log or {@code mqtt.retained} will fill its place. */
    private <T> T decoded(byte[] value, Decoder<T> decoder) {
        if (value == null) {
            return null;
        }
        try {
            return decoder.decode(value);
        } catch (DamagedRecordException e) {
            events.stateDamaged();
            log.atError().addKeyValue("cause", e.getMessage()).log("Damaged entry of the state store passed over");
            return null;
        }
    }

    /**
     * Sets the winner of a topic.
     *
     * @param previous what {@link #get} has returned
     */
    void put(byte[] topic, Winner previous, Winner winner) {
        if (previous != null && previous.isCleared()) {
            store.delete(clearedKey(previous.clearedAt(), topic));
        }
        if (winner.isCleared()) {
            store.put(clearedKey(winner.clearedAt(), topic), NOTHING);
        }
        store.put(topicKey(topic), winner.encode());
    }

    /** Forgets the topics that were cleared before a time (milliseconds since the epoch). */
    void forgetClearedBefore(long millis) {
        List<Bytes> page;
        do {
            page = clearedBefore(millis);
            page.forEach(this::forget);
        } while (page.size() == PAGE);
    }

    private List<Bytes> clearedBefore(long millis) {
        List<Bytes> page = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> entries =
                store.range(clearedKey(0, NOTHING), clearedKey(Math.max(0, millis), NOTHING))) {
            while (entries.hasNext() && page.size() < PAGE) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                page.add(entry.key);
            }
        }
        return page;
    }

    private void forget(Bytes clearedKey) {
        ByteBuffer key = ByteBuffer.wrap(clearedKey.get());
        long clearedAt = key.getLong(1);
        byte[] topic = new byte[key.capacity() - CLEARED_PREFIX];
        key.get(CLEARED_PREFIX, topic);
        Winner winner = get(topic);
        // A predecessor that was paused may have left an entry that is not the winner's.
        if (winner != null && winner.clearedAt() == clearedAt) {
            store.delete(topicKey(topic));
        }
        store.delete(clearedKey);
    }

    private static Bytes topicKey(byte[] topic) {
        return Bytes.wrap(
                ByteBuffer.allocate(1 + topic.length).put(TOPIC).put(topic).array());
    }

    private static Bytes clearedKey(long clearedAt, byte[] topic) {
        return Bytes.wrap(ByteBuffer.allocate(CLEARED_PREFIX + topic.length)
                .put(CLEARED)
                .putLong(clearedAt)
                .put(topic)
                .array());
    }
}
