package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.wire.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;

/**
 * The state of one partition of clients in a state store. What is known of clients is decoded once and kept on the heap as long as it
 * is used, and written when the task commits. Belongs to the task's thread.
 */
final class StoreQueueState implements QueueState {

    /** What decoded clients may take on the heap beside those that have changed since the last commit, about. */
    private static final long DECODED_BYTES = 4 << 20;
    /** Tallies are small. */
    private static final int TALLIES = 10_000;
    /** A client that is connected and has more messages queued does not keep up. */
    private static final int UNDER_WAY = 100;

    /** The bound of a log partition's entries is written so far ahead of them, so that it is seldom written. */
    private static final long BOUND_AHEAD = 1 << 17;
    /** To look for so many entries one by one costs more than to walk through them. */
    private static final int WORTH_A_WALK = 8;

    private static final byte[] NOTHING = new byte[0];

    private static final Cursor NO_ENTRIES = new Cursor() {
        @Override
        public boolean next() {
            return false;
        }

        @Override
        public long offset() {
            throw new NoSuchElementException();
        }

        @Override
        public Entry entry() {
            throw new NoSuchElementException();
        }

        @Override
        public void close() {}
    };

    private final HeldBackStore store;
    /** By log partition: all entries stand below, as the store says. */
    private final long[] bounds;

    private final EntryBounds present;
    private final Map<String, ClientState> changed = new HashMap<>();
    /** Those of the changed clients that the store does not have. */
    private final Set<String> unwritten = new HashSet<>();

    private final RecentClients decoded = new RecentClients(DECODED_BYTES);
    private final Map<String, Tally> changedTallies = new HashMap<>();
    /**
     * Tallies that are not written: those of clients that are connected and keep up. They change all the time, and whoever has the
     * store next counts the few entries.
     */
    private final Map<String, Tally> underWay = new HashMap<>();
    /** Tallies that stand in the store, or are empty. The least recently used first. */
    private final Map<String, Tally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tally> eldest) {
            return size() > TALLIES;
        }
    };

    private final Mark[] marks;
    /** By log partition: no settled entry is below. It saves a look into the store at each mark. */
    private final long[] firstSettled;
    /** No message expires before. */
    private long firstExpiry;

    private int clients;
    /** A client that was looked for last, and not found. It is put here next, as a rule. */
    private String absent;

    private long queued;
    private long queuedBytes;
    /** At i the number of clients that have 10 to the power of i messages queued, or more. */
    private final long[] atLeast = new long[QueueSize.POWERS];

    StoreQueueState(HeldBackStore store, int partitions) {
        this.store = store;
        marks = new Mark[partitions];
        firstSettled = new long[partitions];
        bounds = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            marks[p] = StoreCodec.mark(store.get(StoreKeys.mark(p)));
            bounds[p] = StoreCodec.bound(store.get(StoreKeys.bound(p)));
        }
        present = new EntryBounds(bounds.clone());
        walk(StoreKeys.FIRST_CLIENT, StoreKeys.AFTER_CLIENTS, walk -> clients++);
        eachTally((clientId, tally) -> {
            queuedBytes += tally.bytes();
            count(0, tally.messages());
        });
        expired(-1, 0, none -> {});
    }

    private void walk(Bytes from, Bytes to, Consumer<HeldBackStore.Walk> each) {
        try (HeldBackStore.Walk walk = store.walk(from, to)) {
            while (walk.next()) {
                each.accept(walk);
            }
        }
    }

    private void count(long before, long after) {
        queued += after - before;
        long power = 1;
        for (int i = 0; i < atLeast.length; i++) {
            atLeast[i] += (after >= power ? 1 : 0) - (before >= power ? 1 : 0);
            power *= 10;
        }
    }

    /** Writes what has changed to the store, where it belongs to the next commit. */
    void write() {
        changed.forEach((clientId, client) -> store.put(StoreKeys.client(clientId), client.toBytes()));
        changed.clear();
        unwritten.clear();
        changedTallies.forEach(this::write);
        changedTallies.clear();
    }

    private void write(String clientId, Tally tally) {
        Bytes key = StoreKeys.tally(clientId);
        byte[] before = store.get(key);
        byte[] after;
        if (tally.isUnderWay(UNDER_WAY) && isConnected(clientId)) {
            after = tally.isEmpty() && before == null ? null : StoreCodec.UNDER_WAY;
        } else {
            after = tally.isEmpty() ? null : StoreCodec.tally(tally);
        }
        if (!Arrays.equals(before, after)) {
            store.put(key, after);
        }
        cache(clientId, tally, after);
    }

    private void cache(String clientId, Tally tally, byte[] stored) {
        if (StoreCodec.isUnderWay(stored) && !tally.isEmpty()) {
            underWay.put(clientId, tally);
            tallies.remove(clientId);
        } else {
            underWay.remove(clientId);
            tallies.put(clientId, tally);
        }
    }

    private boolean isConnected(String clientId) {
        ClientState client = client(clientId);
        return client != null && client.owner() != null;
    }

    /** How much is queued, beside what is known already. */
    QueueSize size(List<QueueSize.Behind> farthest, int most) {
        List<Long> sessions = new ArrayList<>(atLeast.length);
        for (long count : atLeast) {
            sessions.add(count);
        }
        return new QueueSize(queued, queuedBytes, clients, List.copyOf(sessions), farthest, most);
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
                absent = clientId;
                return null;
            }
            known = ClientState.of(value);
            decoded.put(clientId, known);
        }
        return known;
    }

    @Override
    public void put(String clientId, ClientState client) {
        boolean isNew = changed.put(clientId, client) == null
                && (clientId.equals(absent) || store.get(StoreKeys.client(clientId)) == null);
        if (isNew) {
            unwritten.add(clientId);
            clients++;
        }
        absent = null;
        decoded.put(clientId, client);
        if (client.terms() != null && !client.terms().clean()) {
            // Whether it is connected decides about how its tally is kept.
            changedTallies.put(clientId, tally(clientId));
        }
    }

    @Override
    public void remove(String clientId) {
        changed.remove(clientId);
        decoded.remove(clientId);
        if (!unwritten.remove(clientId)) {
            store.remove(StoreKeys.client(clientId));
        }
        clients--;
    }

    @Override
    public void eachClient(BiConsumer<String, ClientState> visitor) {
        walk(StoreKeys.FIRST_CLIENT, StoreKeys.AFTER_CLIENTS, walk -> {
            String clientId = StoreKeys.clientIdOfClient(walk.key());
            ClientState present = changed.get(clientId);
            visitor.accept(clientId, present == null ? ClientState.of(walk.value()) : present);
        });
    }

    // --- tallies

    @Override
    public Tally tally(String clientId) {
        Tally known = changedTallies.get(clientId);
        if (known == null) {
            known = underWay.get(clientId);
        }
        if (known == null) {
            known = tallies.get(clientId);
        }
        return known == null ? load(clientId) : known;
    }

    private Tally load(String clientId) {
        byte[] value = store.get(StoreKeys.tally(clientId));
        Tally tally = StoreCodec.tally(value);
        if (StoreCodec.isUnderWay(value)) {
            walkEntries(clientId, walk -> {
                byte[] entry = walk.value();
                if (StoreCodec.isQueued(entry)) {
                    tally.queued(StoreCodec.entry(entry).message().timestamp(), entry.length);
                } else if (StoreCodec.isReceived(entry)) {
                    tally.received(1);
                }
            });
            count(0, tally.messages());
            queuedBytes += tally.bytes();
        }
        cache(clientId, tally, value);
        return tally;
    }

    @Override
    public void putTally(String clientId, Tally tally) {
        changedTallies.put(clientId, tally);
    }

    @Override
    public void eachTally(BiConsumer<String, Tally> visitor) {
        walk(StoreKeys.FIRST_TALLY, StoreKeys.AFTER_TALLIES, walk -> {
            if (!StoreCodec.isUnderWay(walk.value())) {
                visitor.accept(StoreKeys.clientIdOfClient(walk.key()), StoreCodec.tally(walk.value()));
            }
        });
    }

    /** An entry is another than before; values are null where there is none. */
    private void count(String clientId, Tally tally, byte[] before, byte[] after, long timestamp) {
        boolean wasQueued = StoreCodec.isQueued(before);
        boolean isQueued = StoreCodec.isQueued(after);
        boolean wasReceived = StoreCodec.isReceived(before);
        boolean isReceived = StoreCodec.isReceived(after);
        if (!wasQueued && !isQueued && wasReceived == isReceived) {
            return;
        }
        long messages = tally.messages();
        if (wasQueued) {
            tally.unqueued(before.length);
            queuedBytes -= before.length;
        }
        if (isQueued) {
            tally.queued(timestamp, after.length);
            queuedBytes += after.length;
        }
        if (wasReceived != isReceived) {
            tally.received(isReceived ? 1 : -1);
        }
        count(messages, tally.messages());
        changedTallies.put(clientId, tally);
    }

    // --- entries

    @Override
    public Entry entry(String clientId, int partition, long offset) {
        if (present.isAbsent(clientId, partition, offset)) {
            return null;
        }
        byte[] value = store.get(StoreKeys.entry(clientId, partition, offset));
        return value == null ? null : StoreCodec.entry(value);
    }

    @Override
    public void putEntry(String clientId, int partition, long offset, Entry entry) {
        Tally tally = tally(clientId);
        byte[] after = StoreCodec.entry(entry);
        byte[] before = store(clientId, partition, offset, after);
        long timestamp = entry.message() == null ? 0 : entry.message().timestamp();
        count(clientId, tally, before, after, timestamp);
        unindex(clientId, partition, offset, before);
        if (entry.state() == Entry.State.SETTLED) {
            store.add(StoreKeys.settled(partition, offset, clientId), NOTHING);
            firstSettled[partition] = Math.min(firstSettled[partition], offset);
        }
        long expiry = StoreCodec.expiry(after);
        if (expiry != ClientState.NEVER) {
            store.add(StoreKeys.expiry(expiry, partition, offset, clientId), NOTHING);
            firstExpiry = Math.min(firstExpiry, expiry);
        }
    }

    /** Returns what was there before, or null. */
    private byte[] store(String clientId, int partition, long offset, byte[] value) {
        Bytes key = StoreKeys.entry(clientId, partition, offset);
        if (!present.isAbsent(clientId, partition, offset)) {
            return store.put(key, value);
        }
        store.add(key, value);
        present.add(clientId, partition, offset);
        if (offset >= bounds[partition]) {
            bounds[partition] = offset + BOUND_AHEAD;
            store.put(StoreKeys.bound(partition), StoreCodec.bound(bounds[partition]));
        }
        return null;
    }

    private void unindex(String clientId, int partition, long offset, byte[] before) {
        if (StoreCodec.isSettled(before)) {
            store.remove(StoreKeys.settled(partition, offset, clientId));
        }
        long expiry = StoreCodec.expiry(before);
        if (expiry != ClientState.NEVER) {
            store.remove(StoreKeys.expiry(expiry, partition, offset, clientId));
        }
    }

    @Override
    public void removeEntry(String clientId, int partition, long offset) {
        if (present.isAbsent(clientId, partition, offset)) {
            return;
        }
        Tally tally = tally(clientId);
        removed(clientId, tally, partition, offset, store.put(StoreKeys.entry(clientId, partition, offset), null));
    }

    private void removed(String clientId, Tally tally, int partition, long offset, byte[] before) {
        count(clientId, tally, before, null, 0);
        unindex(clientId, partition, offset, before);
    }

    @Override
    public void removeEntries(String clientId, List<Origin> origins) {
        for (int from = 0, to; from < origins.size(); from = to) {
            int partition = origins.get(from).partition();
            to = from + 1;
            while (to < origins.size() && origins.get(to).partition() == partition) {
                to++;
            }
            List<Origin> stretch = origins.subList(from, to);
            int walked = stretch.size() < WORTH_A_WALK ? 0 : removeWalking(clientId, stretch);
            for (Origin origin : stretch.subList(walked, stretch.size())) {
                removeEntry(clientId, partition, origin.offset());
            }
        }
    }

    /** Removes entries of one partition as long as most of those that it meets are among them; returns how many it is done with. */
    private int removeWalking(String clientId, List<Origin> origins) {
        Tally tally = tally(clientId);
        int partition = origins.get(0).partition();
        int done = 0;
        int others = 0;
        Bytes from = StoreKeys.entry(clientId, partition, origins.get(0).offset());
        Bytes to = StoreKeys.entry(
                clientId, partition, origins.get(origins.size() - 1).offset() + 1);
        try (HeldBackStore.Walk walk = store.walk(from, to)) {
            while (others <= origins.size()) {
                if (!walk.next()) {
                    return origins.size();
                }
                long offset = StoreKeys.offsetOfEntry(walk.key());
                while (origins.get(done).offset() < offset) {
                    done++;
                }
                if (origins.get(done).offset() == offset) {
                    byte[] before = walk.value();
                    store.remove(Bytes.wrap(walk.key()));
                    removed(clientId, tally, partition, offset, before);
                    done++;
                } else {
                    others++;
                }
            }
        }
        return done;
    }

    @Override
    public void removeEntries(String clientId) {
        walkEntries(
                clientId,
                walk -> removeEntry(
                        clientId, StoreKeys.partitionOfEntry(walk.key()), StoreKeys.offsetOfEntry(walk.key())));
        tallies.remove(clientId);
        underWay.remove(clientId);
        changedTallies.remove(clientId);
        store.put(StoreKeys.tally(clientId), null);
    }

    private void walkEntries(String clientId, Consumer<HeldBackStore.Walk> each) {
        walk(StoreKeys.entry(clientId, 0, 0), StoreKeys.afterEntries(clientId), each);
    }

    @Override
    public Cursor entries(String clientId, int partition, long from) {
        if (present.isAbsent(clientId, partition, from)) {
            return NO_ENTRIES; // Most sessions have messages of a few partitions, and a look into the store is dear.
        }
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

    // --- expiry

    @Override
    public long firstExpiry() {
        return firstExpiry;
    }

    @Override
    public void expired(long now, int most, Consumer<Place> visitor) {
        int visited = 0;
        Bytes from = StoreKeys.expiry(firstExpiry, 0, 0, "");
        try (HeldBackStore.Walk walk = store.walk(from, StoreKeys.AFTER_EXPIRIES)) {
            while (walk.next()) {
                firstExpiry = StoreKeys.millisOfExpiry(walk.key());
                if (firstExpiry > now || visited == most) {
                    return;
                }
                visitor.accept(StoreKeys.placeOfExpiry(walk.key()));
                visited++;
            }
        }
        firstExpiry = ClientState.NEVER;
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

    @Override
    public String withoutFilters() {
        List<String> known = StoreCodec.texts(store.get(StoreKeys.WITHOUT_FILTERS));
        return known.isEmpty() ? null : known.get(0);
    }

    @Override
    public void putWithoutFilters(String clientId) {
        store.put(StoreKeys.WITHOUT_FILTERS, clientId == null ? null : StoreCodec.texts(List.of(clientId)));
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
