package io.sluice.gateway.session;

import io.sluice.gateway.group.GroupClient;
import io.sluice.gateway.group.GroupHolder;
import io.sluice.gateway.group.GroupLimits;
import io.sluice.gateway.group.GroupLink;
import io.sluice.gateway.group.LocalGroups;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.kafka.ModelJournal;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A gateway of a model with members of one group: its groups, and the assigned side of durable sessions, are the product's own.
 * Everything that runs on threads of its own in the product waits here until the scheduler lets it happen.
 */
public final class GroupModelGateway implements GroupLink {

    /** The group. */
    public static final GroupId GROUP = GroupId.of("$share/g/t");

    private static final PacketIdRanges RANGES = new PacketIdRanges(1, 6);
    private static final GroupLimits LIMITS = new GroupLimits(3, 4, 50, 1 << 20, 30, 1);

    /** The rest of the world. */
    public interface World {
        /** All messages of a log partition so far. */
        List<PublishRecord> log(int partition);

        /** Appends a command to its partition and tells its offset. */
        long append(int partition, Command command);

        /** What was sent to a slot so far. */
        List<Fanout> fanout(int slot);

        /** Milliseconds. */
        long now();

        /** The partition of a command's key. */
        int partitionOf(byte[] key);

        /** A heartbeat is written. */
        void beat(String incarnation);
    }

    /** The client's end of a connection. */
    public interface Peer {
        /**
         * Connected.
         *
         * @param isMember whether the session is a member of the group
         */
        void connack(boolean isMember);

        /** Subscribed. */
        void suback();

        /** Unsubscribed. */
        void unsuback();

        /** A message. */
        void publish(PublishRecord message, Qos qos, int packetId);

        /** The second half of QoS 2. */
        void pubrel(int packetId);

        /** The connection is gone. */
        void closed();
    }

    private final int slot;
    private final long leaseMillis;
    private final World world;
    private final Random random;
    private final LocalGroups groups;
    private final long[] tail;
    private final Map<String, Member> members = new HashMap<>();
    private final Deque<Runnable> onTail = new ArrayDeque<>();
    private final Deque<Runnable> onLoop = new ArrayDeque<>();
    private final List<Deque<Append>> appends = new ArrayList<>();
    private final List<Deque<Runnable>> confirmations = new ArrayList<>();
    private final List<Long> beats = new ArrayList<>();
    private String incarnation;
    private long confirmedBeat;
    private long lease;
    private int fanoutRead;
    private long requests;
    private boolean dead;

    private record Append(Command command, LongConsumer durable, Runnable failed) {}

    /** Of how many commands of groups the producer gives up one. */
    private static final int GIVEN_UP = 40;
    /** What a lease differs by after Kafka has refused something that it had begun to take. */
    private static final long DISORDER = 1L << 40;

    private final ModelJournal journal;
    private boolean isCalm;

    /** A gateway that starts at the log's end. */
    public GroupModelGateway(
            String incarnation,
            int slot,
            int partitions,
            int commandPartitions,
            long leaseMillis,
            World world,
            Random random) {
        this.incarnation = incarnation;
        this.slot = slot;
        this.leaseMillis = leaseMillis;
        this.world = world;
        this.random = random;
        this.tail = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            tail[p] = world.log(p).size();
        }
        for (int q = 0; q < commandPartitions; q++) {
            appends.add(new ArrayDeque<>());
            confirmations.add(new ArrayDeque<>());
        }
        this.fanoutRead = world.fanout(slot).size();
        this.confirmedBeat = world.now();
        world.beat(incarnation);
        this.journal = new ModelJournal(
                (command, durable, failed) ->
                        appends.get(world.partitionOf(command.key())).add(new Append(command, durable, failed)),
                onTail::add,
                random);
        this.groups = new LocalGroups(LIMITS, this);
    }

    /** Which life it is. */
    public String incarnation() {
        return incarnation;
    }

    /** Its groups, for messages of failures. */
    public String describe() {
        return incarnation + ": " + groups + " tail tasks " + onTail.size() + " loop tasks " + onLoop.size();
    }

    // --- steps of the scheduler

    /** Whether something is on its way between its threads, or to the commands and back. */
    public boolean isBusy() {
        return journal.isBusy()
                || !onTail.isEmpty()
                || !onLoop.isEmpty()
                || appends.stream().anyMatch(queue -> !queue.isEmpty())
                || confirmations.stream().anyMatch(queue -> !queue.isEmpty())
                || fanoutRead < world.fanout(slot).size();
    }

    /** Lets one thing happen. */
    public void step() {
        switch (random.nextInt(10)) {
            case 0, 1 -> readLog();
            case 2, 3 -> {
                Runnable task = onLoop.poll();
                if (task != null) {
                    task.run();
                }
            }
            case 4 -> {
                Runnable task = onTail.poll();
                if (task != null) {
                    task.run();
                    groups.serve();
                }
            }
            case 5 -> produce();
            case 6 -> {
                Runnable confirmation =
                        confirmations.get(random.nextInt(confirmations.size())).poll();
                if (confirmation != null) {
                    confirmation.run();
                }
            }
            case 7 -> readFanout();
            case 8 -> journal.retry();
            default -> {
                groups.tick();
                groups.serve();
                beat();
            }
        }
    }

    private void beat() {
        if (random.nextBoolean()) {
            world.beat(incarnation);
            beats.add(world.now());
        } else if (!beats.isEmpty()) {
            for (long beat : beats) {
                lease += beat - confirmedBeat >= leaseMillis ? 1 : 0;
                confirmedBeat = beat;
            }
            beats.clear();
        }
    }

    /** A producer may still write when the rest of the process is dead. */
    public boolean produce() {
        int q = random.nextInt(appends.size());
        Append append = appends.get(q).poll();
        if (append == null) {
            return false;
        }
        boolean isGivenUp = !isCalm && append.failed != null && random.nextInt(GIVEN_UP) == 0;
        if (isGivenUp && random.nextBoolean()) {
            confirmations.get(q).add(append.failed);
            return true;
        }
        long offset = world.append(q, append.command);
        confirmations.get(q).add(isGivenUp ? append.failed : () -> append.durable.accept(offset));
        return true;
    }

    /** From now on Kafka takes everything. */
    public void calm() {
        isCalm = true;
        journal.calm();
    }

    private void readLog() {
        int p = random.nextInt(tail.length);
        if (tail[p] < world.log(p).size()) {
            PublishRecord message = world.log(p).get((int) tail[p]);
            tail[p]++;
            groups.offer(message);
            groups.serve();
        }
    }

    private void readFanout() {
        if (fanoutRead == world.fanout(slot).size()) {
            return;
        }
        Fanout record = world.fanout(slot).get(fanoutRead++);
        if (!record.incarnation().equals(incarnation)) {
            return;
        }
        if (record instanceof Fanout.ForGroup ofGroup) {
            onTail.add(() -> groups.fanout(ofGroup));
        } else if (record instanceof Fanout.ForClient ofClient && members.containsKey(ofClient.clientId())) {
            Member member = members.get(ofClient.clientId());
            onLoop.add(() -> member.fanout(ofClient));
        }
    }

    /** It learns that it was declared lost: it is another incarnation, and its connections end. */
    public void declaredLost(String another) {
        closeAll();
        incarnation = another;
        lease++;
        beats.clear();
        beats.add(world.now());
        world.beat(another);
    }

    /** Closes all connections. */
    public void closeAll() {
        List.copyOf(members.values()).forEach(Member::end);
    }

    /** Closes the sockets as the death of the process does. */
    public void die() {
        dead = true;
        members.values().forEach(member -> member.peer.closed());
        members.clear();
    }

    // --- clients

    /**
     * A client connects; the server's end of its connection.
     *
     * @param cleanStart whether an earlier session of a durable client ends
     */
    public Member connect(String clientId, boolean durable, boolean cleanStart, Qos qos, Peer peer) {
        Member earlier = members.get(clientId);
        if (earlier != null) {
            earlier.end();
        }
        Member member = new Member(clientId, durable, new SubscriptionOptions(qos, false, false, 0), peer);
        members.put(clientId, member);
        if (durable) {
            member.attach(cleanStart);
        } else {
            peer.connack(false);
        }
        return member;
    }

    private void append(Command command, byte[] key, LongConsumer durable) {
        appends.get(world.partitionOf(key)).add(new Append(command, durable, null));
    }

    /** The server's end of a connection. */
    public final class Member implements GroupClient, AssignedOutbound.Link {
        private final String clientId;
        private final boolean durable;
        private final SubscriptionOptions options;
        private final Peer peer;
        private final AssignedOutbound assigned = new AssignedOutbound(RANGES, this);
        private final Map<Integer, SharedDelivery> clean = new HashMap<>();
        private int cleanIds;
        private long request;
        private long epoch = -1;
        private long sessionId;
        private int turn;
        private boolean attached;
        private boolean ended;
        private int undurable;

        private Member(String clientId, boolean durable, SubscriptionOptions options, Peer peer) {
            this.clientId = clientId;
            this.durable = durable;
            this.options = options;
            this.peer = peer;
        }

        private byte[] key() {
            return clientId.getBytes(StandardCharsets.UTF_8);
        }

        private void command(Command command, LongConsumer then) {
            append(
                    command,
                    key(),
                    offset -> onLoop.add(() -> {
                        if (!ended) {
                            then.accept(offset);
                        }
                    }));
        }

        private void attach(boolean cleanStart) {
            request = ++requests;
            append(
                    new ClientCommand.Attach(
                            clientId,
                            incarnation,
                            slot,
                            request,
                            world.now(),
                            cleanStart,
                            ClientCommand.Attach.FOREVER,
                            5,
                            0,
                            "model",
                            null),
                    key(),
                    offset -> onLoop.add(() -> {
                        epoch = offset;
                        if (ended) {
                            detach();
                        }
                    }));
        }

        private void detach() {
            append(
                    new ClientCommand.Detach(clientId, epoch, -1, ClientCommand.WillAction.FORGET, null, ""),
                    key(),
                    offset -> {});
        }

        private void fanout(Fanout.ForClient record) {
            if (ended) {
                return;
            }
            if (record instanceof Fanout.Page page && page.request() == request && !attached) {
                attached = true;
                epoch = page.epoch();
                sessionId = page.sessionId();
                peer.connack(!page.shared().isEmpty());
                page.assigned().forEach(assigned::resume);
                page.assignedReceived().forEach(assigned::resumeReceived);
                assigned.send();
                if (!page.shared().isEmpty()) {
                    GroupHolder holder = holder();
                    onTail.add(() -> groups.rejoin(this, holder, page.shared()));
                }
            } else if (record instanceof Fanout.Refused refused && refused.request() == request) {
                end();
            } else if (record instanceof Fanout.Evict evict && evict.epoch() == epoch) {
                end();
            }
        }

        private GroupHolder holder() {
            turn++;
            return new GroupHolder(clientId, sessionId, epoch, turn);
        }

        /** SUBSCRIBE. */
        public void subscribe() {
            List<Fanout.Shared> wanted = List.of(new Fanout.Shared(GROUP, options));
            onLoop.add(() -> {
                GroupHolder holder = durable ? holder() : null;
                onTail.add(() -> groups.expect(this, holder, wanted, tail.clone(), () -> {
                    groups.add(this, wanted);
                    long[] at = tail.clone();
                    change(
                            new ClientCommand.Subscribe(
                                    clientId,
                                    epoch,
                                    at,
                                    List.of(new ClientCommand.Subscribe.Requested(
                                            new TopicFilter(GROUP.text()), options))),
                            peer::suback);
                }));
            });
        }

        /** UNSUBSCRIBE. */
        public void unsubscribe() {
            onLoop.add(() -> onTail.add(() -> groups.leave(
                    this,
                    List.of(GROUP),
                    () -> change(
                            new ClientCommand.Unsubscribe(
                                    clientId, epoch, tail.clone(), turn, List.of(new TopicFilter(GROUP.text()))),
                            peer::unsuback))));
        }

        private void change(ClientCommand command, Runnable then) {
            onLoop.add(() -> {
                if (!ended && durable) {
                    undurable++;
                    command(command, offset -> {
                        undurable--;
                        then.run();
                        assigned.send();
                    });
                } else if (!ended) {
                    then.run();
                }
            });
        }

        /** The connection is over. */
        public void end() {
            if (ended) {
                return;
            }
            ended = true;
            members.remove(clientId, this);
            peer.closed();
            if (dead) {
                return;
            }
            if (durable && epoch >= 0) {
                detach();
            }
            onTail.add(() -> groups.remove(this));
        }

        /** PUBACK, or PUBREC and PUBCOMP at once for a client without a session. */
        public void ack(int packetId) {
            onLoop.add(() -> {
                if (ended) {
                    return;
                }
                if (durable) {
                    assigned.puback(packetId);
                } else {
                    clean.remove(packetId).done();
                }
            });
        }

        /** PUBREC. */
        public void pubrec(int packetId) {
            onLoop.add(() -> {
                if (!ended && !assigned.pubrec(packetId, true)) {
                    pubrel(packetId);
                }
            });
        }

        /** PUBCOMP. */
        public void pubcomp(int packetId) {
            onLoop.add(() -> {
                if (!ended) {
                    assigned.pubcomp(packetId);
                }
            });
        }

        // --- as the group sees it

        @Override
        public int lane() {
            return 0;
        }

        @Override
        public boolean isDurable() {
            return durable;
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }

        @Override
        public int window() {
            return 3;
        }

        @Override
        public void deliverShared(SharedDelivery delivery) {
            if (ended) {
                return;
            }
            if (delivery.qos() == Qos.AT_MOST_ONCE) {
                peer.publish(delivery.message(), delivery.qos(), 0);
                delivery.done();
            } else if (durable) {
                assigned.offer(delivery);
            } else {
                clean.put(++cleanIds, delivery);
                peer.publish(delivery.message(), delivery.qos(), cleanIds);
            }
        }

        @Override
        public void resync() {
            end();
        }

        @Override
        public void execute(Runnable task) {
            onLoop.add(task);
        }

        // --- as its assigned side sees it

        @Override
        public boolean mayPublish() {
            return undurable == 0 && !ended;
        }

        @Override
        public void inFlight(int change) {}

        @Override
        public void bind(AssignedDelivery delivery, Runnable then) {
            throw new AssertionError("nothing is retained here");
        }

        @Override
        public void bind(SharedDelivery shared, AssignedDelivery delivery, Runnable then, Runnable refused) {
            shared.bind(clientId, sessionId, epoch, delivery, ifLiving(then), ifLiving(refused));
        }

        private Runnable ifLiving(Runnable action) {
            return () -> {
                if (!ended) {
                    action.run();
                }
            };
        }

        @Override
        public void settledId(AssignedId id, Runnable then) {
            progress(List.of(id), List.of(), then);
        }

        @Override
        public void receivedId(AssignedId id, Runnable then) {
            progress(List.of(), List.of(id), then);
        }

        private void progress(List<AssignedId> settled, List<AssignedId> received, Runnable then) {
            command(
                    new Command.Progress(List.of(
                            new Command.Progress.Session(clientId, epoch, List.of(), List.of(), settled, received))),
                    offset -> then.run());
        }

        @Override
        public DurableConnection.Fate publish(AssignedDelivery delivery, boolean again) {
            peer.publish(delivery.message(), delivery.qos(), delivery.packetId());
            return DurableConnection.Fate.SENT;
        }

        @Override
        public void pubrel(int packetId) {
            peer.pubrel(packetId);
        }
    }

    // --- the groups' view

    @Override
    public Heartbeat identity() {
        return new Heartbeat(incarnation, slot);
    }

    @Override
    public long lease() {
        return world.now() - confirmedBeat < leaseMillis ? lease + DISORDER * journal.disorders() : -1;
    }

    @Override
    public long now() {
        return world.now();
    }

    @Override
    public long[] passed() {
        return tail;
    }

    @Override
    public void ends(Consumer<long[]> then) {
        long[] ends = new long[tail.length];
        for (int p = 0; p < ends.length; p++) {
            ends[p] = world.log(p).size();
        }
        onTail.add(() -> then.accept(ends));
    }

    @Override
    public void append(GroupCommand command, LongConsumer durable) {
        journal.append(command, durable);
    }

    @Override
    public boolean isWritten(GroupId group) {
        return journal.isTaken(group);
    }

    @Override
    public void send(SharedDelivery delivery) {
        onLoop.add(() -> delivery.client().deliverShared(delivery));
    }

    @Override
    public void read(GroupId group, int partition, long from, int most, Consumer<Found> found) {
        onTail.add(() -> {
            List<PublishRecord> log = world.log(partition);
            long to = Math.min(log.size(), from + 1 + random.nextInt(most));
            if (from >= log.size()) {
                found.accept(new Found(List.of(), from));
            } else {
                found.accept(new Found(List.copyOf(log.subList((int) from, (int) to)), to));
            }
        });
    }

    @Override
    public void execute(Runnable task) {
        onTail.add(task);
    }

    @Override
    public void dropped() {}
}
