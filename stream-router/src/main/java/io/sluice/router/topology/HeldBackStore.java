package io.sluice.router.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A persistent store that holds back on the heap what is changed between two commits. What is put and removed again in that
 * time costs no write: not to the store, not to its changelog. Kafka Streams has what is held back written as a part of the
 * commit, as it does with its own caches, so that state, output and what was read stay together. Belongs to the task's
 * thread.
 */
public final class HeldBackStore extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, Bytes, byte[]> {

    /** A value is as large as its message in the log, whose limit the operator sets. */
    private static final Map<String, String> CHANGELOG = Map.of("max.message.bytes", Integer.toString(64 << 20));

    private final NavigableMap<Bytes, Held> held = new TreeMap<>();
    private final Executor closer;
    private Runnable beforeCommit = () -> {};

    private HeldBackStore(KeyValueStore<Bytes, byte[]> below, Executor closer) {
        super(below);
        this.closer = closer;
    }

    /** A change that is held back. */
    private static final class Held {
        /** Null if it is removed. */
        private byte[] value;
        /** Whether the store below has the key. */
        private final boolean isBelow;

        Held(byte[] value, boolean isBelow) {
            this.value = value;
            this.isBelow = isBelow;
        }
    }

    /** Makes the stores of this name. */
    public static StoreBuilder<HeldBackStore> builder(String name) {
        return builder(name, Runnable::run);
    }

    /**
     * Makes the stores of this name.
     *
     * @param closer does what closes a store, which takes some time
     */
    public static StoreBuilder<HeldBackStore> builder(String name, Executor closer) {
        return new Builder(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                        .withLoggingEnabled(CHANGELOG)
                        .withCachingDisabled(),
                closer);
    }

    /** Sets what is done when a commit begins; what it changes here belongs to that commit. */
    public void beforeCommit(Runnable action) {
        beforeCommit = action;
    }

    /** The value, or null. */
    public byte[] get(Bytes key) {
        Held change = held.get(key);
        return change == null ? wrapped().get(key) : change.value;
    }

    /**
     * Sets or removes a value.
     *
     * @param value null to remove it
     * @return what was there before, or null
     */
    public byte[] put(Bytes key, byte[] value) {
        Held change = held.get(key);
        if (change == null) {
            byte[] before = wrapped().get(key);
            if (value != null || before != null) {
                held.put(key, new Held(value, before != null));
            }
            return before;
        }
        byte[] before = change.value;
        change.value = value;
        if (value == null && !change.isBelow) {
            held.remove(key);
        }
        return before;
    }

    /** Sets a value where there is none, without a look for it. */
    public void add(Bytes key, byte[] value) {
        Held change = held.get(key);
        if (change == null) {
            held.put(key, new Held(value, false));
        } else {
            change.value = value;
        }
    }

    /** Sets a value where there is one, without a look at it. */
    public void replace(Bytes key, byte[] value) {
        Held change = held.get(key);
        if (change == null) {
            held.put(key, new Held(value, true));
        } else {
            change.value = value;
        }
    }

    /**
     * The last key of a stretch, or a later one of it that was removed since the last commit; null if there is none.
     *
     * @param from the first key
     * @param to behind the last key
     */
    public Bytes last(Bytes from, Bytes to) {
        Bytes onHeap = held.lowerKey(to);
        Bytes inStore = null;
        try (KeyValueIterator<Bytes, byte[]> backwards = wrapped().reverseRange(from, to)) {
            while (backwards.hasNext() && inStore == null) {
                Bytes key = backwards.next().key;
                inStore = key.compareTo(to) < 0 ? key : null;
            }
        }
        if (onHeap == null || onHeap.compareTo(from) < 0) {
            return inStore;
        }
        return inStore == null || inStore.compareTo(onHeap) < 0 ? onHeap : inStore;
    }

    /** Removes a value that is there, without a look at it. */
    public void remove(Bytes key) {
        Held change = held.get(key);
        if (change == null) {
            held.put(key, new Held(null, true));
        } else if (change.isBelow) {
            change.value = null;
        } else {
            held.remove(key);
        }
    }

    /**
     * The entries in a stretch of keys, in their order. They may be changed meanwhile; whether the walk meets what was
     * changed ahead of it is not told.
     *
     * @param from the first key
     * @param to behind the last key
     */
    public Walk walk(Bytes from, Bytes to) {
        return new Walk(from, to);
    }

    /** Walks through entries; to be closed. */
    public final class Walk implements AutoCloseable {
        private final KeyValueIterator<Bytes, byte[]> stored;
        private final Bytes to;
        private KeyValue<Bytes, byte[]> nextStored;
        private Map.Entry<Bytes, Held> nextHeld;
        private Bytes key;
        private byte[] value;

        private Walk(Bytes from, Bytes to) {
            this.to = to;
            stored = wrapped().range(from, to);
            nextStored = nextStored();
            nextHeld = held.ceilingEntry(from);
        }

        private KeyValue<Bytes, byte[]> nextStored() {
            return stored.hasNext() ? stored.next() : null;
        }

        /** Goes to the next entry, the first one at the beginning; false if there is none. */
        public boolean next() {
            while (true) {
                Bytes inStore = nextStored == null || nextStored.key.compareTo(to) >= 0 ? null : nextStored.key;
                Bytes onHeap = nextHeld == null || nextHeld.getKey().compareTo(to) >= 0 ? null : nextHeld.getKey();
                if (inStore == null && onHeap == null) {
                    return false;
                }
                int order = inStore == null ? 1 : onHeap == null ? -1 : inStore.compareTo(onHeap);
                if (order < 0) {
                    key = inStore;
                    value = nextStored.value;
                } else {
                    key = onHeap;
                    value = nextHeld.getValue().value;
                    nextHeld = held.higherEntry(key);
                }
                if (order <= 0) {
                    nextStored = nextStored();
                }
                if (value != null) {
                    return true;
                }
            }
        }

        /** The present entry's key. */
        public byte[] key() {
            return key.get();
        }

        /** The present entry's value. */
        public byte[] value() {
            return value;
        }

        @Override
        public void close() {
            stored.close();
        }
    }

    // --- what Kafka Streams asks for

    /** Writes what was held back; called within a commit, before its output is flushed. */
    @Override
    public void flushCache() {
        beforeCommit.run();
        write();
    }

    /** Writes what is held back now: for when the task's thread commits, and its transaction takes in what all tasks have changed. */
    public void write() {
        if (held.isEmpty()) {
            return;
        }
        List<KeyValue<Bytes, byte[]>> changes = new ArrayList<>(held.size());
        held.forEach((key, change) -> changes.add(KeyValue.pair(key, change.value)));
        held.clear();
        wrapped().putAll(changes);
    }

    @Override
    public void clearCache() {
        held.clear();
    }

    /** Nobody listens to changes. */
    @Override
    public boolean setFlushListener(CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        held.clear();
        super.init(context, root);
    }

    @Override
    public void close() {
        held.clear();
        closer.execute(super::close);
    }

    /** Kafka Streams makes a store for each task. */
    private record Builder(StoreBuilder<KeyValueStore<Bytes, byte[]>> below, Executor closer)
            implements StoreBuilder<HeldBackStore> {

        /** Its cache would hold back again what this store has. */
        @Override
        public StoreBuilder<HeldBackStore> withCachingEnabled() {
            throw new UnsupportedOperationException("this store is a cache");
        }

        @Override
        public StoreBuilder<HeldBackStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<HeldBackStore> withLoggingEnabled(Map<String, String> config) {
            return new Builder(below.withLoggingEnabled(config), closer);
        }

        @Override
        public StoreBuilder<HeldBackStore> withLoggingDisabled() {
            return new Builder(below.withLoggingDisabled(), closer);
        }

        @Override
        public HeldBackStore build() {
            return new HeldBackStore(below.build(), closer);
        }

        @Override
        public Map<String, String> logConfig() {
            return below.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return below.loggingEnabled();
        }

        @Override
        public String name() {
            return below.name();
        }
    }
}
