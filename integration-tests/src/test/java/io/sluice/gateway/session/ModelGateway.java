package io.sluice.gateway.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.Origin;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.StoredWill;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A gateway of a model: a tail, a producer of commands, and the outbound sides of durable sessions, which are the product's
 * own. Everything that runs on threads of its own in the product waits here until the scheduler lets it happen.
 */
public final class ModelGateway {

    /** The rest of the world. */
    public interface World {
        /** All messages of a log partition so far. */
        List<PublishRecord> log(int partition);

        /** Appends a command to its partition and tells its offset. */
        long append(int partition, String clientId, Command command);

        /** What was sent to a slot so far. */
        List<Fanout> fanout(int slot);

        /** A gateway publishes a will. */
        void publishWill(PublishRecord will);

        /** Milliseconds since the epoch. */
        long now();

        /** The partition of a client. */
        int partitionOf(String clientId);
    }

    /** The client's end of a connection. */
    public interface Peer {
        /** The session is there, or a new one. */
        void connack(boolean sessionPresent);

        /** A message. */
        void publish(PublishRecord message, Qos qos, int packetId, boolean dup);

        /** The second half of QoS 2. */
        void pubrel(int packetId);

        /** Subscribed. */
        void suback();

        /** Unsubscribed. */
        void unsuback();

        /** The connection is gone. */
        void closed();
    }

    private static final int RING = 6;
    private static final int MEMORY_BYTES = 10 * (QueuedBytes.OVERHEAD_BYTES + 10);

    private final String incarnation;
    private final int slot;
    private final int partitions;
    private final PacketIdRanges ranges;
    private final SessionLimits limits;
    private final QueuedBytes memory;
    private final World world;
    private final Random random;
    private final long[] tail;
    private final long[] ringFrom;
    private final Map<String, Served> sessions = new HashMap<>();
    private final Map<ModelSession, SessionFilters> onTail = new HashMap<>();
    /** By partition of the commands, what is to be appended, in order. */
    private final List<Deque<Append>> appends = new ArrayList<>();
    /** By partition of the commands, confirmations on their way back. */
    private final List<Deque<Runnable>> confirmations = new ArrayList<>();
    /** From the tail's thread to the event loop. */
    private final Deque<Runnable> lane = new ArrayDeque<>();

    private int fanoutRead;
    private long requests;

    private record Append(String clientId, Command command, LongConsumer durable) {}

    private final Deque<Runnable> wills = new ArrayDeque<>();
    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());

    /** A connected client. */
    private interface Served {
        void told(Fanout.ForClient record);

        void end();

        void die();

        boolean hasProgress();

        void flush();
    }

    /** A gateway that starts at the log's end. */
    public ModelGateway(
            String incarnation,
            int slot,
            int partitions,
            PacketIdRanges ranges,
            int window,
            int queue,
            World world,
            Random random) {
        this.incarnation = incarnation;
        this.slot = slot;
        this.partitions = partitions;
        this.ranges = ranges;
        this.limits = new SessionLimits(window, queue, 1 << 20, false, 100);
        // Little, so that pages and the tail find no room.
        this.memory = new QueuedBytes(MEMORY_BYTES);
        this.world = world;
        this.random = random;
        this.tail = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            tail[p] = world.log(p).size();
            appends.add(new ArrayDeque<>());
            confirmations.add(new ArrayDeque<>());
        }
        this.ringFrom = tail.clone();
        this.fanoutRead = world.fanout(slot).size();
    }

    /** Its name. */
    public String incarnation() {
        return incarnation;
    }

    /** Its slot. */
    public int slot() {
        return slot;
    }

    // --- steps of the scheduler

    /** Whether {@link #step} has something to do. */
    public boolean isBusy() {
        boolean tailIsBehind = false;
        for (int p = 0; p < partitions; p++) {
            tailIsBehind |= tail[p] < world.log(p).size();
        }
        return tailIsBehind
                || !lane.isEmpty()
                || appends.stream().anyMatch(queue -> !queue.isEmpty())
                || confirmations.stream().anyMatch(queue -> !queue.isEmpty())
                || fanoutRead < world.fanout(slot).size()
                || !wills.isEmpty()
                || sessions.values().stream().anyMatch(Served::hasProgress);
    }

    /** Lets one thing happen. */
    public void step() {
        switch (random.nextInt(6)) {
            case 0, 1 -> readLog();
            case 2 -> {
                if (!lane.isEmpty()) {
                    lane.remove().run();
                }
            }
            case 3 -> produce();
            case 4 -> {
                Runnable confirmation =
                        confirmations.get(random.nextInt(confirmations.size())).poll();
                if (confirmation != null) {
                    confirmation.run();
                }
            }
            default -> {
                if (random.nextBoolean()) {
                    readFanout();
                } else {
                    List.copyOf(sessions.values()).forEach(Served::flush);
                }
            }
        }
    }

    /** A producer may still write when the rest of the process has been declared dead. */
    public boolean produce() {
        Runnable will = random.nextInt(4) == 0 ? wills.poll() : null;
        if (will != null) {
            will.run();
            return true;
        }
        int q = random.nextInt(appends.size());
        Append append = appends.get(q).poll();
        if (append == null) {
            return false;
        }
        long offset = world.append(q, append.clientId, append.command);
        confirmations.get(q).add(() -> append.durable.accept(offset));
        return true;
    }

    private void readLog() {
        int p = random.nextInt(partitions);
        if (tail[p] == world.log(p).size()) {
            return;
        }
        PublishRecord message = world.log(p).get((int) tail[p]);
        tail[p]++;
        ringFrom[p] = Math.max(ringFrom[p], tail[p] - RING);
        onTail.forEach((session, filters) -> offer(session, filters, message));
    }

    private void offer(ModelSession session, SessionFilters filters, PublishRecord message) {
        SessionFilters.Delivery delivery = filters.delivery(message);
        if (delivery != null && delivery.qos() != Qos.AT_MOST_ONCE) {
            lane.add(() -> session.outbound.offer(message, delivery.qos(), false, delivery.identifiers()));
        }
    }

    private void readFanout() {
        if (fanoutRead == world.fanout(slot).size()) {
            return;
        }
        Fanout.ForClient record = (Fanout.ForClient) world.fanout(slot).get(fanoutRead++);
        Served session = sessions.get(record.clientId());
        if (session != null && record.incarnation().equals(incarnation)) {
            session.told(record);
        }
    }

    /** Closes all connections before anything else is done, as after a long pause. */
    public void closeAll() {
        List.copyOf(sessions.values()).forEach(Served::end);
    }

    /** Closes the sockets as the death of the process does. */
    public void die() {
        sessions.values().forEach(Served::die);
        sessions.clear();
    }

    // --- clients

    /** A client connects; the server's end of its connection. */
    public ModelSession connect(String clientId, boolean cleanStart, long expirySeconds, Peer peer) {
        takeOver(clientId);
        ModelSession session = new ModelSession(clientId, peer, world.partitionOf(clientId));
        sessions.put(clientId, session);
        session.request = ++requests;
        append(
                session.q,
                clientId,
                new ClientCommand.Attach(
                        clientId,
                        incarnation,
                        slot,
                        session.request,
                        world.now(),
                        cleanStart,
                        expirySeconds,
                        5,
                        0,
                        "model",
                        null),
                offset -> {
                    session.epoch = offset;
                    if (session.ended) {
                        session.detach();
                    } else {
                        session.checkEvicted();
                    }
                });
        return session;
    }

    private void takeOver(String clientId) {
        Served earlier = sessions.get(clientId);
        if (earlier != null) {
            earlier.end();
        }
    }

    /** Whether a client is connected here. */
    public boolean serves(String clientId) {
        return sessions.containsKey(clientId);
    }

    /** A client without a durable session connects, whose will this is. */
    public Visit visit(String clientId, PublishRecord will, Peer peer) {
        takeOver(clientId);
        Visit visit = new Visit(clientId, will, peer);
        sessions.put(clientId, visit);
        visit.begin();
        return visit;
    }

    private void append(int q, String clientId, Command command, LongConsumer durable) {
        appends.get(q).add(new Append(clientId, command, durable));
    }

    /** One connection of one client. */
    public final class ModelSession implements DurableConnection, DurableLink, Served {
        private final String clientId;
        private final Peer peer;
        private final int q;
        private final DurableOutbound outbound = new DurableOutbound(partitions, ranges, limits, memory, this, this);
        private SessionFilters filters;
        private long epoch = -1;
        private long request;
        private boolean ended;
        private boolean connected;
        private final Set<Long> evicted = new HashSet<>();
        private long[] joinedFrom;
        /** Subscriptions that the page which was asked for does not know of. */
        private final List<Runnable> unanswered = new ArrayList<>();

        private final List<Origin> settled = new ArrayList<>();
        private final List<Origin> received = new ArrayList<>();
        private final List<Runnable> whenDurable = new ArrayList<>();

        private ModelSession(String clientId, Peer peer, int q) {
            this.clientId = clientId;
            this.peer = peer;
            this.q = q;
        }

        private void page(Fanout.Page page) {
            filters = new SessionFilters(clientId.getBytes(java.nio.charset.StandardCharsets.UTF_8), page.versions());
            unanswered.forEach(Runnable::run);
            epoch = page.epoch();
            if (!connected) {
                connected = true;
                outbound.resumed(page.sentBelow(), page.sentUntil());
                peer.connack(page.sessionPresent());
            }
            page.receivedAbove().forEach(outbound::receivedAbove);
            page.settledAbove().forEach(outbound::settledAbove);
            for (Fanout.Entry entry : page.entries()) {
                if (entry instanceof Fanout.Queued queued) {
                    SessionFilters.Delivery delivery = filters.delivery(queued.message());
                    outbound.page(
                            delivery == null
                                    ? new DurableOutbound.Waiting(
                                            queued.message(), Qos.AT_MOST_ONCE, false, null, queued.maybeSent())
                                    : new DurableOutbound.Waiting(
                                            queued.message(),
                                            delivery.qos(),
                                            false,
                                            delivery.identifiers(),
                                            queued.maybeSent()));
                } else {
                    outbound.pageReceived(entry.origin());
                }
            }
            outbound.pageEnded(page.last(), page.completeBelow());
        }

        /** The eviction may come before the confirmation of the Attach. */
        private void checkEvicted() {
            if (evicted.contains(epoch) && !ended) {
                end();
            }
        }

        @Override
        public void told(Fanout.ForClient record) {
            if (record instanceof Fanout.Page page && page.request() == request) {
                page(page);
            } else if (record instanceof Fanout.Refused refused && refused.request() == request) {
                end();
            } else if (record instanceof Fanout.Overflow overflow && overflow.epoch() == epoch) {
                end();
            } else if (record instanceof Fanout.Evict evict) {
                evicted.add(evict.epoch());
                checkEvicted();
            }
        }

        @Override
        public void die() {
            peer.closed();
        }

        @Override
        public boolean hasProgress() {
            return !settled.isEmpty() || !received.isEmpty();
        }

        @Override
        public void flush() {
            if (hasProgress()) {
                List<Runnable> then = List.copyOf(whenDurable);
                append(
                        q,
                        null,
                        new Command.Progress(List.of(new Command.Progress.Session(
                                clientId, epoch, List.copyOf(settled), List.copyOf(received), List.of(), List.of()))),
                        offset -> then.forEach(action -> {
                            if (!ended) {
                                action.run();
                            }
                        }));
                settled.clear();
                received.clear();
                whenDurable.clear();
            }
        }

        /** The gateway ends the connection, or finds that the client has. */
        @Override
        public void end() {
            if (!ended) {
                ended = true;
                sessions.remove(clientId, this);
                onTail.remove(this);
                outbound.clear();
                flush();
                if (epoch >= 0) {
                    detach();
                }
                peer.closed();
            }
        }

        private void detach() {
            append(
                    q,
                    clientId,
                    new ClientCommand.Detach(
                            clientId,
                            epoch,
                            -1,
                            ClientCommand.WillAction.PUBLISH,
                            connected ? outbound.next().clone() : null,
                            "model"),
                    offset -> {});
        }

        /** A SUBSCRIBE with one filter. */
        public void subscribe(String filter, Qos qos) {
            TopicFilter wanted = new TopicFilter(filter);
            SubscriptionOptions options = new SubscriptionOptions(qos, false, false, 0);
            long[] at = tail.clone();
            if (onTail.containsKey(this)) {
                raise(at, joinedFrom);
                onTail.computeIfPresent(this, (session, present) -> present.subscribe(wanted, options, 0, at));
            } else {
                for (int p = 0; p < partitions; p++) {
                    at[p] = world.log(p).size();
                }
                raise(at, outbound.next());
                outbound.subscribedWhilePaging(at);
            }
            change(() -> filters = filters.subscribe(wanted, options, 0, at));
            outbound.changeBegins();
            append(
                    q,
                    clientId,
                    new ClientCommand.Subscribe(
                            clientId, epoch, at, List.of(new ClientCommand.Subscribe.Requested(wanted, options))),
                    offset -> {
                        if (!ended) {
                            outbound.changeIsDurable();
                            peer.suback();
                        }
                    });
        }

        /** An UNSUBSCRIBE with one filter; tells where it takes effect, if it does. */
        public long[] unsubscribe(String filter) {
            TopicFilter unwanted = new TopicFilter(filter);
            long[] at = tail.clone();
            if (onTail.containsKey(this)) {
                raise(at, joinedFrom);
                onTail.computeIfPresent(this, (session, present) -> present.unsubscribe(unwanted, at));
            } else {
                for (int p = 0; p < partitions; p++) {
                    at[p] = world.log(p).size();
                }
                raise(at, outbound.next());
                outbound.subscribedWhilePaging(at);
            }
            change(() -> filters = filters.unsubscribe(unwanted, at));
            outbound.changeBegins();
            append(q, clientId, new ClientCommand.Unsubscribe(clientId, epoch, at, 0, List.of(unwanted)), offset -> {
                if (!ended) {
                    outbound.changeIsDurable();
                    peer.unsuback();
                }
            });
            return at;
        }

        private void change(Runnable change) {
            unanswered.add(change);
            change.run();
            filters = filters.withoutEnded(outbound.next());
        }

        private static void raise(long[] offsets, long[] atLeast) {
            for (int p = 0; p < offsets.length; p++) {
                offsets[p] = Math.max(offsets[p], atLeast[p]);
            }
        }

        /** A PUBACK. */
        public void puback(int packetId) {
            if (!ended) {
                outbound.puback(packetId);
            }
        }

        /** A PUBREC. */
        public void pubrec(int packetId) {
            if (!ended && !outbound.pubrec(packetId, true)) {
                peer.pubrel(packetId);
            }
        }

        /** A PUBCOMP. */
        public void pubcomp(int packetId) {
            if (!ended) {
                outbound.pubcomp(packetId);
            }
        }

        // --- the outbound side's view

        @Override
        public boolean isWritable() {
            return !ended;
        }

        @Override
        public Fate publish(DurableOutbound.Waiting message, int packetId) {
            if (message.qos() == Qos.AT_MOST_ONCE) {
                return unsent(message, message.message().qos());
            }
            if (message.message().isExpired(world.now())) {
                return unsent(message, message.qos());
            }
            peer.publish(message.message(), message.qos(), packetId, message.again());
            return Fate.SENT;
        }

        private static Fate unsent(DurableOutbound.Waiting message, Qos qos) {
            return message.again() && qos == Qos.EXACTLY_ONCE ? Fate.ABANDONED : Fate.DROPPED;
        }

        @Override
        public void pubrel(int packetId) {
            peer.pubrel(packetId);
        }

        @Override
        public void settled(Origin origin, Runnable durable) {
            settled.add(origin);
            whenDurable.add(durable);
        }

        @Override
        public void received(Origin origin, Runnable durable) {
            received.add(origin);
            whenDurable.add(durable);
        }

        @Override
        public void pull(long[] from) {
            flush();
            request = ++requests;
            unanswered.clear();
            append(q, clientId, new ClientCommand.Pull(clientId, epoch, request, from), offset -> {});
        }

        @Override
        public void join(long[] from) {
            boolean reaches = true;
            for (int p = 0; p < partitions; p++) {
                reaches &= from[p] >= ringFrom[p];
                for (FilterVersion version : filters.versions()) {
                    reaches &= tail[p] >= version.from()[p] && (version.isOpen() || tail[p] >= version.to()[p]);
                }
            }
            if (!reaches) {
                lane.add(outbound::cannotJoin);
                return;
            }
            lane.add(outbound::joined);
            joinedFrom = from;
            SessionFilters present = filters;
            onTail.put(this, present);
            for (int p = 0; p < partitions; p++) {
                for (long offset = from[p]; offset < tail[p]; offset++) {
                    offer(this, present, world.log(p).get((int) offset));
                }
            }
        }

        @Override
        public void leave() {
            onTail.remove(this);
        }

        @Override
        public String toString() {
            return incarnation + " epoch " + epoch + " " + outbound + (ended ? " ended" : "");
        }
    }

    /** One connection of a client whose session ends with it: the product's own session, but for the socket. */
    public final class Visit implements Served, Connection, SessionJournal {
        private final String clientId;
        private final PublishRecord will;
        private final Peer peer;
        private final Session session;
        private boolean connected;
        private boolean left;
        private boolean ended;

        private Visit(String clientId, PublishRecord will, Peer peer) {
            this.clientId = clientId;
            this.will = will;
            this.peer = peer;
            session = new Session(
                    clientId,
                    0,
                    this,
                    limits,
                    new QueuedBytes(1),
                    new WillSink(),
                    new Mailbox<>(Runnable::run, Publication::complete, () -> {}),
                    metrics);
        }

        private void begin() {
            AttachTerms terms = new AttachTerms(true, 0, 5, 0, "model", new StoredWill(0, will));
            session.announce(this, new Wills(new WillSink(), null), terms, () -> execute(() -> attached(false)));
        }

        /** Whether the client was told that it is connected. */
        public boolean wasConnected() {
            return connected;
        }

        /** Whether the gateway has read the client's DISCONNECT. */
        public boolean hasLeft() {
            return left;
        }

        /** A DISCONNECT. */
        public void leave() {
            if (!ended && connected) {
                left = true;
                end();
            }
        }

        @Override
        public void end() {
            if (!ended) {
                ended = true;
                sessions.remove(clientId, this);
                session.end("model", connected && !left ? will : null);
                peer.closed();
            }
        }

        @Override
        public void told(Fanout.ForClient record) {
            session.told(record);
        }

        @Override
        public void die() {
            peer.closed();
        }

        @Override
        public boolean hasProgress() {
            return false;
        }

        @Override
        public void flush() {}

        // --- the journal

        @Override
        public void attach(Session attached, long request, AttachTerms terms, LongConsumer durable) {
            ModelGateway.this.append(
                    world.partitionOf(clientId),
                    clientId,
                    new ClientCommand.Attach(
                            clientId, incarnation, slot, 0, world.now(), true, 0, 5, 0, "model", terms.will()),
                    durable);
        }

        @Override
        public void detach(Session detached, ClientCommand.Detach command) {
            ModelGateway.this.append(world.partitionOf(clientId), clientId, command, offset -> {});
        }

        @Override
        public long unwritten() {
            return 0;
        }

        // --- the socket

        @Override
        public void attached(boolean present) {
            if (!ended) {
                connected = true;
                peer.connack(present);
            }
        }

        @Override
        public void execute(Runnable task) {
            lane.add(task);
        }

        @Override
        public void end(EndReason reason, String detail) {
            end();
        }

        // --- of no use to a client that does nothing

        @Override
        public void append(Session appending, ClientCommand command, LongConsumer durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void settled(Session settling, long epoch, Origin origin, Runnable durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void received(Session receiving, long epoch, Origin origin, Runnable durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void settledId(Session settling, long epoch, AssignedId id, Runnable durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void receivedId(Session receiving, long epoch, AssignedId id, Runnable durable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void flush(Session flushed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public boolean publish(
                PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void pubrel(int packetId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void pubcomp(int packetId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void acknowledge(Qos qos, int packetId, PublicationSink.Refusal refusal) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void suback(int packetId, byte[] reasons, String detail) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unsuback(int packetId, byte[] reasons, String detail) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void resumeReading() {
            throw new UnsupportedOperationException();
        }
    }

    /** The way of wills to the log. */
    private final class WillSink implements PublicationSink {
        @Override
        public void append(PublishRecord message, Listener listener) {
            wills.add(() -> {
                world.publishWill(message);
                confirmations.get(0).add(listener::appended);
            });
        }

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public void onRoom(Runnable callback) {}
    }
}
