package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final byte[] NOTHING = new byte[0];

    /** Where the settled entries of one session in one log partition are. */
    private static final class Settled {
        /** None is below. */
        private long first;
        /** None is above. */
        private long last;

        Settled(long first, long last) {
            this.first = first;
            this.last = last;
        }
    }

    /** A session of a client. */
    private record Session(String clientId, long id) {}

    private final HeldBackStore store;
    private final EntryBlocks entries;
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

    private final List<Mark> marks;
    private boolean areMarksChanged;
    /** By log partition, the sessions that have settled entries there, or had some since the last mark. */
    private final List<Map<Session, Settled>> settled = new ArrayList<>();
    /** By log partition: no settled entry is below. */
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
        marks = new ArrayList<>(StoreCodec.marks(store.get(StoreKeys.MARKS), partitions));
        firstSettled = new long[partitions];
        Arrays.fill(firstSettled, Long.MAX_VALUE);
        for (int p = 0; p < partitions; p++) {
            settled.add(new HashMap<>());
        }
        walk(StoreKeys.FIRST_SETTLED, StoreKeys.AFTER_SETTLED, this::readSettled);
        entries = new EntryBlocks(store, partitions);
        walk(StoreKeys.FIRST_CLIENT, StoreKeys.AFTER_CLIENTS, walk -> clients++);
        eachTally((clientId, tally) -> {
            queuedBytes += tally.bytes();
            count(0, tally.messages());
        });
        expired(-1, 0, none -> {});
    }

    private void readSettled(HeldBackStore.Walk walk) {
        Session session = new Session(StoreKeys.clientIdOfSettled(walk.key()), StoreKeys.sessionOfSettled(walk.key()));
        int partition = StoreKeys.partitionOfSettled(walk.key());
        long first = StoreCodec.bound(walk.value());
        settled.get(partition).put(session, new Settled(first, Long.MAX_VALUE));
        firstSettled[partition] = Math.min(firstSettled[partition], first);
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
        if (areMarksChanged) {
            store.put(StoreKeys.MARKS, StoreCodec.marks(marks));
            areMarksChanged = false;
        }
        entries.write();
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
            countEntries(client(clientId).sessionId(), tally);
            count(0, tally.messages());
            queuedBytes += tally.bytes();
        }
        cache(clientId, tally, value);
        return tally;
    }

    private void countEntries(long session, Tally tally) {
        for (int p = 0; p < marks.size(); p++) {
            try (EntryBlocks.Walk walk = entries.walk(session, p, 0)) {
                while (walk.next()) {
                    byte[] entry = walk.entry();
                    if (StoreCodec.isQueued(entry)) {
                        tally.queued(StoreCodec.entry(entry).message().timestamp(), entry.length);
                    } else if (StoreCodec.isReceived(entry)) {
                        tally.received(1);
                    }
                }
            }
        }
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
    public Entry entry(long session, int partition, long offset) {
        byte[] value = entries.get(session, partition, offset);
        return value == null ? null : StoreCodec.entry(value);
    }

    @Override
    public void putEntry(String clientId, long session, int partition, long offset, Entry entry) {
        Place place = new Place(clientId, session, partition, offset);
        byte[] after = StoreCodec.entry(entry);
        replace(place, after, entry.message() == null ? 0 : entry.message().timestamp());
        if (entry.state() == Entry.State.SETTLED) {
            noteSettled(partition, new Session(clientId, session), offset);
        }
        long expiry = StoreCodec.expiry(after);
        if (expiry != ClientState.NEVER) {
            store.add(StoreKeys.expiry(expiry, place), NOTHING);
            firstExpiry = Math.min(firstExpiry, expiry);
        }
    }

    /** One note for all that is settled of a session there: it may be very many while the match stage is away. */
    private void noteSettled(int partition, Session session, long offset) {
        Settled known = settled.get(partition).get(session);
        if (known == null) {
            settled.get(partition).put(session, new Settled(offset, offset));
            store.add(settledKey(partition, session), StoreCodec.bound(offset));
        } else {
            if (offset < known.first) {
                known.first = offset;
                store.put(settledKey(partition, session), StoreCodec.bound(offset));
            }
            known.last = Math.max(known.last, offset);
        }
        firstSettled[partition] = Math.min(firstSettled[partition], offset);
    }

    private static Bytes settledKey(int partition, Session session) {
        return StoreKeys.settled(partition, session.id(), session.clientId());
    }

    @Override
    public void removeEntry(String clientId, long session, int partition, long offset) {
        replace(new Place(clientId, session, partition, offset), null, 0);
    }

    private void replace(Place place, byte[] after, long timestamp) {
        // What was not counted yet is counted as it is before.
        Tally tally = tally(place.clientId());
        byte[] before = entries.put(place.session(), place.partition(), place.offset(), after);
        count(place.clientId(), tally, before, after, timestamp);
        unindex(place, before);
    }

    private void unindex(Place place, byte[] entry) {
        long expiry = StoreCodec.expiry(entry);
        if (expiry != ClientState.NEVER) {
            store.remove(StoreKeys.expiry(expiry, place));
        }
    }

    @Override
    public void sessionEnded(String clientId, long session) {
        Tally tally = tally(clientId);
        count(tally.messages(), 0);
        queuedBytes -= tally.bytes();
        tallies.remove(clientId);
        underWay.remove(clientId);
        changedTallies.remove(clientId);
        store.put(StoreKeys.tally(clientId), null);
        entries.ended(clientId, session, this::unindex);
        Session ended = new Session(clientId, session);
        for (int p = 0; p < marks.size(); p++) {
            if (settled.get(p).remove(ended) != null) {
                store.remove(settledKey(p, ended));
            }
        }
    }

    @Override
    public boolean hasRemains() {
        return entries.hasRemains();
    }

    @Override
    public void removeRemains() {
        entries.removeRemains(this::unindex);
    }

    /** Whether a client has the session still that an entry belongs to. */
    private boolean isPresent(Place place) {
        ClientState client = client(place.clientId());
        return client != null && client.sessionId() == place.session();
    }

    @Override
    public Cursor entries(long session, int partition, long from) {
        EntryBlocks.Walk walk = entries.walk(session, partition, from);
        return new Cursor() {
            @Override
            public boolean next() {
                return walk.next();
            }

            @Override
            public long offset() {
                return walk.offset();
            }

            @Override
            public Entry entry() {
                return StoreCodec.entry(walk.entry());
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
        int met = 0;
        Bytes from = StoreKeys.expiry(firstExpiry, new Place("", 0, 0, 0));
        try (HeldBackStore.Walk walk = store.walk(from, StoreKeys.AFTER_EXPIRIES)) {
            while (walk.next()) {
                firstExpiry = StoreKeys.millisOfExpiry(walk.key());
                if (firstExpiry > now || met == most) {
                    return;
                }
                met++;
                Place place = StoreKeys.placeOfExpiry(walk.key());
                if (isPresent(place)) {
                    visitor.accept(place);
                } else {
                    store.remove(Bytes.wrap(walk.key()));
                }
            }
        }
        firstExpiry = ClientState.NEVER;
    }

    // --- marks

    @Override
    public Mark mark(int partition) {
        return marks.get(partition);
    }

    @Override
    public void putMark(int partition, Mark mark) {
        marks.set(partition, mark);
        areMarksChanged = true;
    }

    @Override
    public void settledBelow(int partition, long offset, SettledVisitor visitor) {
        if (firstSettled[partition] >= offset) {
            return;
        }
        long first = Long.MAX_VALUE;
        for (var walk = settled.get(partition).entrySet().iterator(); walk.hasNext(); ) {
            Map.Entry<Session, Settled> one = walk.next();
            Session session = one.getKey();
            if (one.getValue().first < offset && !visitSettled(partition, session, one.getValue(), offset, visitor)) {
                walk.remove();
                store.remove(settledKey(partition, session));
            } else {
                first = Math.min(first, one.getValue().first);
            }
        }
        firstSettled[partition] = first;
    }

    /** Whether the session may have settled entries still. */
    private boolean visitSettled(int partition, Session session, Settled where, long below, SettledVisitor visitor) {
        long left = Long.MAX_VALUE;
        boolean isLastKnown = where.last != Long.MAX_VALUE;
        long last = -1;
        try (EntryBlocks.Walk walk = entries.walk(session.id(), partition, where.first)) {
            while (walk.next() && (!isLastKnown || walk.offset() < below)) {
                long offset = walk.offset();
                if (!StoreCodec.isSettled(walk.entry())) {
                    continue;
                }
                if (offset < below) {
                    visitor.visit(session.clientId(), offset);
                }
                if (offset >= below || StoreCodec.isSettled(entries.get(session.id(), partition, offset))) {
                    left = Math.min(left, offset);
                    last = offset;
                }
            }
        }
        if (!isLastKnown) {
            where.last = last;
        }
        where.first = Math.min(left, below);
        return left != Long.MAX_VALUE || where.last >= below;
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

    /** The first offsets of commands and inbox that are not part of the state. */
    long[] applied() {
        return StoreCodec.applied(store.get(StoreKeys.APPLIED));
    }

    /** Sets up to where commands and inbox are part of the state. */
    void putApplied(long commands, long inbox) {
        store.put(StoreKeys.APPLIED, StoreCodec.applied(commands, inbox));
    }

    /** Whether a store was written by a build that this one reads. */
    static boolean isReadable(HeldBackStore store) {
        return StoreCodec.isReadable(store.get(StoreKeys.TOPIC_IDS));
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
