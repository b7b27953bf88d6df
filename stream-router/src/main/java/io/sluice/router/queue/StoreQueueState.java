package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/**
 * The state of one partition of clients in a state store. What is known of clients is decoded once and kept on the heap as long as it
 * is used, and written when the task commits. Belongs to the task's thread.
 */
final class StoreQueueState implements QueueState {

    /** Decoded clients that are kept beside those that have changed since the last commit. */
    private static final int DECODED = 10_000;

    private static final byte[] NOTHING = new byte[0];

    private final HeldBackStore store;
    private final Map<String, ClientState> changed = new HashMap<>();
    /** The least recently used first. */
    private final Map<String, ClientState> decoded = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ClientState> eldest) {
            return size() > DECODED;
        }
    };

    private final Mark[] marks;
    /** By log partition: no settled entry is below. It saves a look into the store at each mark. */
    private final long[] firstSettled;

    private long queued;
    private int clients;

    StoreQueueState(HeldBackStore store, int partitions) {
        this.store = store;
        marks = new Mark[partitions];
        firstSettled = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            marks[p] = StoreCodec.mark(store.get(StoreKeys.mark(p)));
        }
        queued = StoreCodec.count(store.get(StoreKeys.QUEUED));
        clients = clientIds().size();
    }

    /** Writes what has changed to the store, where it belongs to the next commit. */
    void write() {
        changed.forEach((clientId, client) -> store.put(StoreKeys.client(clientId), client.toBytes()));
        changed.clear();
        if (queued != StoreCodec.count(store.get(StoreKeys.QUEUED))) {
            store.put(StoreKeys.QUEUED, StoreCodec.count(queued));
        }
    }

    /** How many messages are queued. */
    long queued() {
        return queued;
    }

    /** How many clients are known. */
    int clients() {
        return clients;
    }

    // --- clients

    @Override
    public ClientState client(String clientId) {
        ClientState known = decoded.get(clientId);
        if (known == null) {
            known = changed.get(clientId);
        }
        if (known == null) {
            byte[] value = store.get(StoreKeys.client(clientId));
            if (value == null) {
                return null;
            }
            known = ClientState.of(value);
            decoded.put(clientId, known);
        }
        return known;
    }

    @Override
    public void put(String clientId, ClientState client) {
        if (changed.put(clientId, client) == null && store.get(StoreKeys.client(clientId)) == null) {
            clients++;
        }
        decoded.put(clientId, client);
    }

    @Override
    public void remove(String clientId) {
        boolean wasChanged = changed.remove(clientId) != null;
        decoded.remove(clientId);
        boolean wasStored = store.put(StoreKeys.client(clientId), null) != null;
        if (wasChanged || wasStored) {
            clients--;
        }
        removeEntries(clientId);
    }

    @Override
    public Set<String> clientIds() {
        Set<String> ids = new HashSet<>(changed.keySet());
        try (HeldBackStore.Walk walk = store.walk(StoreKeys.FIRST_CLIENT, StoreKeys.AFTER_CLIENTS)) {
            while (walk.next()) {
                ids.add(StoreKeys.clientIdOfClient(walk.key()));
            }
        }
        return ids;
    }

    // --- entries

    @Override
    public Entry entry(String clientId, int partition, long offset) {
        byte[] value = store.get(StoreKeys.entry(clientId, partition, offset));
        return value == null ? null : StoreCodec.entry(value);
    }

    @Override
    public void putEntry(String clientId, int partition, long offset, Entry entry) {
        byte[] before = store.put(StoreKeys.entry(clientId, partition, offset), StoreCodec.entry(entry));
        count(before, -1);
        if (entry.state() == Entry.State.QUEUED) {
            queued++;
        }
        if (entry.state() == Entry.State.SETTLED) {
            store.put(StoreKeys.settled(partition, offset, clientId), NOTHING);
            firstSettled[partition] = Math.min(firstSettled[partition], offset);
        } else if (StoreCodec.isSettled(before)) {
            store.put(StoreKeys.settled(partition, offset, clientId), null);
        }
    }

    private void count(byte[] entry, int by) {
        if (StoreCodec.isQueued(entry)) {
            queued += by;
        }
    }

    @Override
    public void removeEntry(String clientId, int partition, long offset) {
        byte[] before = store.put(StoreKeys.entry(clientId, partition, offset), null);
        count(before, -1);
        if (StoreCodec.isSettled(before)) {
            store.put(StoreKeys.settled(partition, offset, clientId), null);
        }
    }

    @Override
    public void removeEntries(String clientId) {
        try (HeldBackStore.Walk walk = store.walk(StoreKeys.entry(clientId, 0, 0), StoreKeys.afterEntries(clientId))) {
            while (walk.next()) {
                removeEntry(clientId, StoreKeys.partitionOfEntry(walk.key()), StoreKeys.offsetOfEntry(walk.key()));
            }
        }
    }

    @Override
    public Cursor entries(String clientId, int partition, long from) {
        Bytes first = StoreKeys.entry(clientId, partition, from);
        HeldBackStore.Walk walk = store.walk(first, StoreKeys.entry(clientId, partition + 1, 0));
        return new Cursor() {
            @Override
            public boolean next() {
                return walk.next();
            }

            @Override
            public long offset() {
                return StoreKeys.offsetOfEntry(walk.key());
            }

            @Override
            public Entry entry() {
                return StoreCodec.entry(walk.value());
            }

            @Override
            public void close() {
                walk.close();
            }
        };
    }

    // --- marks

    @Override
    public Mark mark(int partition) {
        return marks[partition];
    }

    @Override
    public void putMark(int partition, Mark mark) {
        marks[partition] = mark;
        store.put(StoreKeys.mark(partition), StoreCodec.mark(mark));
    }

    @Override
    public void settledBelow(int partition, long offset, SettledVisitor visitor) {
        if (firstSettled[partition] >= offset) {
            return;
        }
        long first = offset;
        Bytes from = StoreKeys.settled(partition, firstSettled[partition], "");
        try (HeldBackStore.Walk walk = store.walk(from, StoreKeys.settled(partition, offset, ""))) {
            while (walk.next()) {
                long settled = StoreKeys.offsetOfSettled(walk.key());
                String clientId = StoreKeys.clientIdOfSettled(walk.key());
                visitor.visit(clientId, settled);
                if (first == offset && store.get(Bytes.wrap(walk.key())) != null) {
                    first = settled;
                }
            }
        }
        firstSettled[partition] = first;
    }

    // --- the rest

    @Override
    public LostGateways lost() {
        return StoreCodec.lost(store.get(StoreKeys.LOST_GATEWAYS));
    }

    @Override
    public void putLost(LostGateways lost) {
        store.put(StoreKeys.LOST_GATEWAYS, StoreCodec.lost(lost));
    }

    /** The ids of the topics that the state belongs to; empty if it is new. */
    List<String> topicIds() {
        return StoreCodec.texts(store.get(StoreKeys.TOPIC_IDS));
    }

    /** Sets the ids of the topics that the state belongs to. */
    void putTopicIds(List<String> ids) {
        store.put(StoreKeys.TOPIC_IDS, StoreCodec.texts(ids));
    }
}
