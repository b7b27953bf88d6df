package io.sluice.router.queue;

import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.InboundReceipt;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.ReuseCounts;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.StoredWill;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the queue stage knows of one client but for its messages. Belongs to the stage's thread, which keeps it in {@link
 * QueueState} after a change.
 */
final class ClientState {

    /** A point of time that never comes. */
    static final long NEVER = Long.MAX_VALUE - 1;

    /**
     * Who serves the client.
     *
     * @param epoch offset of the Attach that began the connection
     * @param incarnation of the gateway
     * @param slot of the gateway
     */
    record Owner(long epoch, String incarnation, int slot) {}

    /**
     * An Attach that waits for the present owner to let go.
     *
     * @param epoch its offset
     * @param deadline milliseconds since the epoch at which it goes on all the same
     */
    record Waiting(ClientCommand.Attach attach, long epoch, long deadline) {}

    /**
     * How a connection presents itself.
     *
     * @param protocolVersion 3 to 5, as in CONNECT
     * @param keepAliveSeconds 0 for none
     * @param address the client's
     * @param clean whether the session ends with the connection
     */
    record Terms(int protocolVersion, int keepAliveSeconds, String address, boolean clean) {}

    /**
     * A connection that has lost the client and whose gateway has still to tell whether its will is due.
     *
     * @param deadline milliseconds since the epoch at which it is
     */
    record Ending(StoredWill will, long deadline) {}

    /**
     * A delivery with an assigned packet identifier.
     *
     * @param received whether its PUBREC is durable
     */
    record Assigned(AssignedDelivery delivery, boolean received) {}

    private static final int VERSION = 2;
    /** What an object with its fields and its place in a collection takes, about. */
    private static final int OBJECT_BYTES = 200;

    // --- valid for the session
    private long sessionId;
    private long expirySeconds;
    private SessionFilters filters;
    /** The connection that has changed the filters last. */
    private long filtersEpoch;
    /** Changes of filters by a connection that was taken over, in order. */
    private final List<ClientCommand> late = new ArrayList<>();

    /** By packet identifier, QoS 2 messages of the client that it has not released. */
    private final SortedMap<Integer, InboundReceipt> receipts = new TreeMap<>();

    private ReuseCounts reuse = new ReuseCounts();
    /** By packet identifier. */
    private final SortedMap<Integer, Assigned> assigned = new TreeMap<>();

    private ClientShares shares = new ClientShares();
    /** By partition: messages below this offset may have been sent over a connection that has ended. */
    private long[] sentBelow;
    /** So may what was logged until then, in milliseconds since the epoch. */
    private long sentUntil;

    // --- valid for the connection, or since the last one
    private Owner owner;
    private long lastEpoch;
    /** When the latest CONNECT came, by its gateway's clock. */
    private long connectedAt;

    /** Null before the first connection. */
    private Terms terms;

    private Waiting waiting;
    /** By epoch. */
    private final SortedMap<Long, Ending> endings = new TreeMap<>();

    /** The connection that was told to end because the client holds too many packet identifiers. Not kept: it may be told twice. */
    private long overflowed = NEVER;

    private StoredWill will;
    private long willAt = NEVER;
    private long expireAt = NEVER;

    ClientState(byte[] clientId, int partitions) {
        filters = SessionFilters.none(clientId);
        sentBelow = new long[partitions];
    }

    /** Forgets the session, but not who is connected. */
    void newSession(long id) {
        sessionId = id;
        filters = SessionFilters.none(filters.clientId());
        late.clear();
        filtersEpoch = 0;
        receipts.clear();
        reuse = new ReuseCounts();
        assigned.clear();
        shares = new ClientShares();
        sentBelow = new long[sentBelow.length];
        sentUntil = 0;
    }

    /** When something happens by itself, in milliseconds since the epoch, or {@link #NEVER}. */
    long nextTimer() {
        long next = NEVER;
        for (Ending ending : endings.values()) {
            next = Math.min(next, ending.deadline());
        }
        if (owner != null) {
            return waiting == null ? next : Math.min(next, waiting.deadline());
        }
        return Math.min(next, Math.min(willAt, expireAt));
    }

    /** Whether there is nothing to know of the client any more. */
    boolean isForgettable() {
        return owner == null && waiting == null && expireAt == 0 && endings.isEmpty();
    }

    long sessionId() {
        return sessionId;
    }

    long expirySeconds() {
        return expirySeconds;
    }

    void expirySeconds(long seconds) {
        expirySeconds = seconds;
    }

    SessionFilters filters() {
        return filters;
    }

    void filters(SessionFilters changed) {
        filters = changed;
    }

    /** The epoch of the connection that has changed the filters last, 0 if none has. */
    long filtersEpoch() {
        return filtersEpoch;
    }

    void filtersEpoch(long epoch) {
        filtersEpoch = epoch;
    }

    /** Changes of filters that the next connection finds. */
    List<ClientCommand> late() {
        return late;
    }

    SortedMap<Integer, InboundReceipt> receipts() {
        return receipts;
    }

    /** How often the client has released its packet identifiers. */
    ReuseCounts reuse() {
        return reuse;
    }

    SortedMap<Integer, Assigned> assigned() {
        return assigned;
    }

    ClientShares shares() {
        return shares;
    }

    /** For each log partition: messages below this offset may have been sent over a connection that has ended; not to be changed. */
    long[] sentBelow() {
        return sentBelow;
    }

    /** So may messages that were logged until then, in milliseconds since the epoch. */
    long sentUntil() {
        return sentUntil;
    }

    /** A connection has ended that has sent nothing from these offsets on. */
    void sentBelow(long[] offsets) {
        long[] highest = sentBelow.clone();
        for (int p = 0; p < highest.length; p++) {
            highest[p] = Math.max(highest[p], offsets[p]);
        }
        sentBelow = highest;
    }

    /** A connection has ended of which is not known what it has sent, but nothing that was logged later than this. */
    void sentUntil(long millis) {
        sentUntil = Math.max(sentUntil, millis);
    }

    /** Whether a connection that has ended may have sent a message ([MQTT-3.3.1-1]). */
    boolean wasMaybeSent(PublishRecord message) {
        return message.offset() < sentBelow[message.partition()] || message.timestamp() <= sentUntil;
    }

    /** What the state takes on the heap, about, in bytes. */
    int weight() {
        int weight = OBJECT_BYTES + weight(will);
        for (FilterVersion version : filters.versions()) {
            weight += OBJECT_BYTES + version.filter().text().length() + 2 * Long.BYTES * sentBelow.length;
        }
        for (Assigned known : assigned.values()) {
            weight += OBJECT_BYTES + known.delivery().message().weight();
        }
        for (Ending ending : endings.values()) {
            weight += OBJECT_BYTES + weight(ending.will());
        }
        if (waiting != null) {
            weight += OBJECT_BYTES + weight(waiting.attach().will());
        }
        return weight + OBJECT_BYTES * (receipts.size() + reuse.runs() + late.size());
    }

    private static int weight(StoredWill will) {
        return will == null ? 0 : OBJECT_BYTES + will.message().weight();
    }

    Owner owner() {
        return owner;
    }

    void owner(Owner present) {
        owner = present;
        lastEpoch = present == null ? lastEpoch : present.epoch();
    }

    /** When the latest CONNECT came, in milliseconds since the epoch by its gateway's clock. */
    long connectedAt() {
        return connectedAt;
    }

    void connectedAt(long millis) {
        connectedAt = Math.max(connectedAt, millis);
    }

    /** Whether the present connection is to be told to end, as it was not before; from now on it was. */
    boolean overflows() {
        boolean isFirst = owner != null && overflowed != owner.epoch();
        overflowed = owner == null ? overflowed : owner.epoch();
        return isFirst;
    }

    /** The epoch of the present connection or the last one. */
    long lastEpoch() {
        return lastEpoch;
    }

    /** How the present connection presented itself, or the last one. */
    Terms terms() {
        return terms;
    }

    void terms(Terms present) {
        terms = present;
    }

    /** By epoch, connections whose end is still to be told. */
    SortedMap<Long, Ending> endings() {
        return endings;
    }

    Waiting waiting() {
        return waiting;
    }

    void waiting(Waiting attach) {
        waiting = attach;
    }

    StoredWill will() {
        return will;
    }

    void will(StoredWill present) {
        will = present;
    }

    long willAt() {
        return willAt;
    }

    void willAt(long millis) {
        willAt = millis;
    }

    long expireAt() {
        return expireAt;
    }

    void expireAt(long millis) {
        expireAt = millis;
    }

    // --- as bytes

    /** The state as bytes, with its version first. */
    byte[] toBytes() {
        WireWriter out = new WireWriter().octet(VERSION);
        out.string(new String(filters.clientId(), StandardCharsets.UTF_8))
                .numberOrNone(sessionId)
                .number(expirySeconds)
                .list(filters.versions(), FilterVersion::write)
                .number(filtersEpoch)
                .list(late, (change, to) -> to.bytes(change.value()))
                .list(List.copyOf(receipts.values()), InboundReceipt::write)
                .element(reuse, ReuseCounts::write)
                .list(List.copyOf(assigned.values()), ClientState::write)
                .element(shares, ClientShares::write)
                .offsets(sentBelow)
                .number(sentUntil)
                .flag(owner != null);
        if (owner != null) {
            out.number(owner.epoch()).string(owner.incarnation()).number(owner.slot());
        }
        out.number(lastEpoch).number(connectedAt).flag(terms != null);
        if (terms != null) {
            out.number(terms.protocolVersion())
                    .number(terms.keepAliveSeconds())
                    .string(terms.address())
                    .flag(terms.clean());
        }
        out.list(List.copyOf(endings.entrySet()), ClientState::write).flag(waiting != null);
        if (waiting != null) {
            out.bytes(waiting.attach().value()).number(waiting.epoch()).number(waiting.deadline());
        }
        out.flag(will != null);
        if (will != null) {
            will.write(out);
        }
        return out.number(willAt).number(expireAt).toBytes();
    }

    private static void write(Map.Entry<Long, Ending> ending, WireWriter out) {
        out.number(ending.getKey());
        ending.getValue().will().write(out);
        out.number(ending.getValue().deadline());
    }

    private static Map.Entry<Long, Ending> readEnding(WireReader in) throws DamagedRecordException {
        return Map.entry(in.number(), new Ending(StoredWill.read(in), in.number()));
    }

    private static void write(Assigned known, WireWriter out) {
        known.delivery().write(out);
        out.flag(known.received());
    }

    /**
     * Reads what {@link #toBytes} made.
     *
     * @throws IllegalStateException if it is something else, which only a defect can cause
     */
    static ClientState of(byte[] bytes) {
        try {
            WireReader in = new WireReader(bytes, "state of a client");
            in.version(VERSION);
            ClientState client = new ClientState(in);
            in.end();
            return client;
        } catch (DamagedRecordException e) {
            throw new IllegalStateException("the state of a client cannot be read", e);
        }
    }

    private ClientState(WireReader in) throws DamagedRecordException {
        String clientId = in.string();
        byte[] clientIdUtf8 = clientId.getBytes(StandardCharsets.UTF_8);
        sessionId = in.numberOrNone();
        expirySeconds = in.number();
        filters = new SessionFilters(clientIdUtf8, in.list(FilterVersion::read));
        filtersEpoch = in.number();
        late.addAll(in.list(from -> (ClientCommand) Command.decode(clientIdUtf8, from.bytes())));
        for (InboundReceipt receipt : in.list(InboundReceipt::read)) {
            receipts.put(receipt.packetId(), receipt);
        }
        reuse = ReuseCounts.read(in);
        for (Assigned known : in.list(from -> new Assigned(AssignedDelivery.read(from), from.flag()))) {
            assigned.put(known.delivery().packetId(), known);
        }
        shares = ClientShares.read(in);
        sentBelow = in.offsets();
        sentUntil = in.number();
        owner = in.flag() ? new Owner(in.number(), in.string(), in.integer(0, Integer.MAX_VALUE)) : null;
        lastEpoch = in.number();
        connectedAt = in.number();
        terms = in.flag() ? new Terms(in.integer(3, 5), in.integer(0, 0xFFFF), in.string(), in.flag()) : null;
        for (Map.Entry<Long, Ending> ending : in.list(ClientState::readEnding)) {
            endings.put(ending.getKey(), ending.getValue());
        }
        if (in.flag()) {
            ClientCommand.Attach attach = (ClientCommand.Attach) Command.decode(clientIdUtf8, in.bytes());
            waiting = new Waiting(attach, in.number(), in.number());
        }
        will = in.flag() ? StoredWill.read(in) : null;
        willAt = in.number();
        expireAt = in.number();
    }
}
