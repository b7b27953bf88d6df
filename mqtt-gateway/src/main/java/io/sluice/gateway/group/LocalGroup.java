package io.sluice.gateway.group;

import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupCommand.Advance;
import io.sluice.wire.GroupId;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * A group as this gateway has it: its members here, and the partitions of the log that the queue stage has given to the gateway.
 * Gives each message to a member that has room for it, in turn.
 *
 * <p>At QoS 1 a message is settled when its member has acknowledged it, and goes to another one if its member is gone before. At
 * QoS 2 it is settled, or bound to its member's durable session, in writing before it is sent, so that nobody else gets it
 * ([MQTT-4.8.2-4], [MQTT-4.8.2-5]); and it is sent only if no other gateway can have got the partition before that was written.
 *
 * <p>When the gateway may have been declared lost, nothing is sent until the queue stage has said anew what the gateway has.
 */
final class LocalGroup {

    /** Bindings of one record: with what is settled they find room beside the largest message, or one larger message goes alone. */
    private static final int MAX_BINDING_BYTES = 40 * 1024;
    /** What a binding takes beside its message and its client id, about. */
    private static final long BINDING_BYTES = 100;
    /** What a character of a client id takes at most. */
    private static final long MAX_UTF8_BYTES = 3;

    /**
     * Settled stretches of one record. They take up to 18 bytes each, and beside the largest message there is room for 128 KiB in a
     * record of Kafka.
     */
    private static final int MAX_STRETCHES = 4_000;

    private static final int NOT_LEAVING = -1;

    /** How often the queue stage is asked what the gateway has, in case that its word was lost. */
    private static final long ASK_MILLIS = 60_000;

    private final GroupId id;
    private final GroupLimits limits;
    private final HeldBytes held;
    private final GroupLink link;
    private final Consumer<LocalGroup> touched;
    private final Map<GroupClient, GroupMember> members = new LinkedHashMap<>();
    private final Deque<GroupMember> ready = new ArrayDeque<>();
    /** By partition. */
    private final TreeMap<Integer, GroupLane> lanes = new TreeMap<>();
    /** By partition, the epoch in which it was released last. */
    private final Map<Integer, Long> releasedEpochs = new HashMap<>();

    private final List<Advance.Binding> bindings = new ArrayList<>();
    private long bindingBytes;
    /** What is to be done when what comes to be written next is durable. */
    private List<Runnable> whenWritten = new ArrayList<>();
    /** Deliveries whose message was settled for them while it is not known whether that counts. */
    private final List<SharedDelivery> uncertain = new ArrayList<>();

    private final List<Runnable> whenJoined = new ArrayList<>();
    /** Under which the gateway has joined. */
    private String incarnation;

    private boolean joined;
    private boolean ended;
    /** SUBSCRIBEs that are about to bring a member. */
    private int expected;
    /** Members that do not leave. */
    private int active;
    /** As the queue stage was told. */
    private int announced;

    private long announcedAt;

    private long version = -1;
    /** The assignment that has to come before anything is sent; never if it is not known yet. */
    private long neededVersion = Long.MAX_VALUE;

    /** The lease under which the gateway has joined. */
    private long lease;

    private long leavingSince = NOT_LEAVING;

    /** @param touched is told when something has happened, so that the group is to be served */
    LocalGroup(GroupId id, GroupLimits limits, HeldBytes held, GroupLink link, Consumer<LocalGroup> touched) {
        this.id = id;
        this.limits = limits;
        this.held = held;
        this.link = link;
        this.touched = touched;
    }

    GroupId id() {
        return id;
    }

    /** Whether the gateway has left the group: a new member needs a new one. */
    boolean hasEnded() {
        return ended;
    }

    Collection<GroupLane> lanes() {
        return lanes.values();
    }

    /** Does something on the tail's thread, and then what follows from it. */
    void execute(Runnable task) {
        link.execute(() -> {
            task.run();
            touched.accept(this);
        });
    }

    // --- members

    /**
     * A member is about to come.
     *
     * @param at where in the log the group begins if there is none
     * @param then run when the gateway's membership of the group is durable
     */
    void expect(long[] at, Runnable then) {
        expected++;
        leavingSince = NOT_LEAVING;
        if (joined) {
            then.run();
            return;
        }
        whenJoined.add(then);
        if (incarnation == null) {
            join(at);
        }
    }

    private void join(long[] at) {
        Heartbeat self = link.identity();
        incarnation = self.incarnation();
        lease = link.lease();
        announced = Math.max(1, active);
        announcedAt = link.now();
        neededVersion = Long.MAX_VALUE;
        link.append(new GroupCommand.Join(id, incarnation, self.slot(), announced, at), offset -> {
            if (self.incarnation().equals(incarnation)) {
                neededVersion = offset;
                joined = true;
                List<Runnable> waiting = List.copyOf(whenJoined);
                whenJoined.clear();
                waiting.forEach(Runnable::run);
                touched.accept(this);
            }
        });
    }

    /** A member that was expected does not come. */
    void cancel() {
        expected--;
    }

    /** A member that was expected is there; one that was there already has other options from now on. */
    void add(GroupClient client, SubscriptionOptions options) {
        expected--;
        GroupMember member = members.get(client);
        if (member == null) {
            member = new GroupMember(client, options, Math.min(limits.window(), client.window()));
            members.put(client, member);
            active++;
        } else if (member.isLeaving()) {
            member.leaving(false);
            active++;
        }
        member.options(options);
        ready(member);
    }

    /**
     * A client has unsubscribed: it gets no further messages, and may acknowledge those that it has.
     *
     * @param then run when nothing is being bound to its session any more
     */
    void leave(GroupClient client, Runnable then) {
        GroupMember member = members.get(client);
        if (member == null || member.isLeaving()) {
            then.run();
            return;
        }
        member.leaving(true);
        active--;
        takeUnsent(member);
        if (member.binding() == 0) {
            then.run();
        } else {
            whenWritten.add(then); // Its bindings were written before, or are with what is written next.
        }
        forgetIfDone(member);
    }

    /** What waits for a packet identifier at a durable client is not its own yet. */
    private void takeUnsent(GroupMember member) {
        if (member.client().isDurable()) {
            lanes.values().forEach(lane -> lane.giveBackUnbound(member));
        }
    }

    private void forgetIfDone(GroupMember member) {
        if (member.isLeaving() && member.given() == 0) {
            members.remove(member.client(), member);
        }
    }

    /** A client's connection is over. */
    void remove(GroupClient client) {
        GroupMember member = members.remove(client);
        if (member != null) {
            member.gone();
            active -= member.isLeaving() ? 0 : 1;
            lanes.values().forEach(lane -> lane.giveBack(member));
        }
    }

    private void ready(GroupMember member) {
        if (!member.isReady() && member.hasRoom()) {
            member.ready(true);
            ready.add(member);
        }
    }

    // --- from the queue stage

    /** What the gateway has of the group from now on. */
    void assigned(Fanout.Assignment assignment) {
        if (!assignment.incarnation().equals(incarnation) || assignment.version() < version) {
            return;
        }
        version = assignment.version();
        TreeMap<Integer, GroupLane> before = new TreeMap<>(lanes);
        lanes.clear();
        for (Fanout.Assignment.Part part : assignment.parts()) {
            GroupLane lane = before.get(part.partition());
            boolean isSame = lane != null && lane.epoch() == part.epoch();
            if (isSame) {
                before.remove(part.partition());
            } else if (releasedEpochs.getOrDefault(part.partition(), -1L) < part.epoch()) {
                lane = lane(part);
            } else {
                continue; // The word that it was released is on its way.
            }
            lane.release(part.release(), link.now());
            lanes.put(part.partition(), lane);
        }
        before.values().forEach(GroupLane::drop);
        if (!isSuspended()) {
            List<SharedDelivery> settled = List.copyOf(uncertain);
            uncertain.clear();
            settled.forEach(this::sendSettled);
        }
    }

    private GroupLane lane(Fanout.Assignment.Part part) {
        GroupLane lane = new GroupLane(part.partition(), part.epoch(), part.settled(), limits, held);
        if (part.doubtful()) {
            lane.doubtBelow(Long.MAX_VALUE);
            link.ends(ends -> lane.doubtBelow(ends[part.partition()]));
        }
        return lane;
    }

    /** A message that was bound to a session is not the session's. */
    void returned(long epoch, Origin origin) {
        GroupLane lane = lanes.get(origin.partition());
        if (lane != null && lane.epoch() == epoch) {
            link.read(id, origin.partition(), origin.offset(), 1, found -> {
                if (found.reached() < origin.offset()) {
                    returned(epoch, origin); // The log is not to be had for the moment.
                } else if (isCurrent(lane)) {
                    found.messages().stream()
                            .filter(message -> message.offset() == origin.offset())
                            .findFirst()
                            .ifPresentOrElse(lane::giveBack, () -> lane.settleLost(origin.offset()));
                    touched.accept(this);
                }
            });
        }
    }

    private boolean isCurrent(GroupLane lane) {
        return lanes.get(lane.partition()) == lane;
    }

    // --- from the log

    /** A message of the tail that matches. */
    void offer(PublishRecord message) {
        GroupLane lane = lanes.get(message.partition());
        if (lane != null) {
            lane.offer(message);
        }
    }

    /** Reads what lanes have to take that are not at the tail. */
    private void readOn() {
        for (GroupLane lane : lanes.values()) {
            if (lane.wantsToRead()) {
                link.read(id, lane.partition(), lane.next(), limits.waitingMessages(), found -> take(lane, found));
            }
        }
    }

    private void take(GroupLane lane, GroupLink.Found found) {
        if (!isCurrent(lane)) {
            return;
        }
        boolean all = true;
        for (PublishRecord message : found.messages()) {
            all = all && lane.take(message);
        }
        if (all) {
            lane.passOver(found.reached());
        }
        lane.haveRead(all && lane.next() >= link.passed()[lane.partition()]);
        touched.accept(this);
    }

    // --- to members

    private boolean isSuspended() {
        return version < neededVersion;
    }

    /** Whether what the gateway has written as this incarnation counts. */
    private boolean isLeased() {
        return lease >= 0
                && link.lease() == lease
                && link.identity().incarnation().equals(incarnation);
    }

    /** Gives members what they have room for, then writes what has to be written at once. */
    void serve() {
        if (!isSuspended() && isLeased() && link.isWritten(id)) {
            boolean given = true;
            while (given && !ready.isEmpty()) {
                given = false;
                for (GroupLane lane : lanes.values()) {
                    given |= give(lane);
                }
            }
        }
        readOn();
        if (!bindings.isEmpty() || !whenWritten.isEmpty()) {
            write();
        }
    }

    /** Gives the next message of a lane to the member whose turn it is. */
    private boolean give(GroupLane lane) {
        GroupMember member = nextReady();
        PublishRecord message = member == null ? null : lane.poll();
        if (message == null) {
            return false;
        }
        SharedDelivery delivery = new SharedDelivery(this, lane, member, message);
        if (delivery.qos() == Qos.AT_MOST_ONCE && lane.isDoubtful(message)) {
            lane.settle(message); // A gateway that was lost may have sent it.
            return true;
        }
        member.take();
        ready.remove();
        member.ready(false);
        ready(member);
        if (delivery.qos() == Qos.AT_MOST_ONCE) {
            lane.settle(message);
            link.send(delivery);
        } else if (delivery.qos() == Qos.EXACTLY_ONCE && !member.client().isDurable()) {
            lane.settle(message);
            whenWritten.add(() -> sendSettled(delivery));
        } else {
            lane.give(delivery);
            link.send(delivery);
        }
        return true;
    }

    private GroupMember nextReady() {
        GroupMember member = ready.peek();
        while (member != null && !member.hasRoom()) {
            ready.remove().ready(false);
            member = ready.peek();
        }
        return member;
    }

    /** It is durable that nobody else gets the message, if what was written counts. */
    private void sendSettled(SharedDelivery delivery) {
        if (isSuspended() || !isLeased()) {
            uncertain.add(delivery);
        } else if (!isCurrent(delivery.lane()) && !delivery.lane().wasReleased(lease)) {
            link.dropped(); // Another gateway may have it.
        } else if (delivery.member().isGone()) {
            sendToAnother(delivery);
        } else {
            link.send(delivery);
        }
    }

    /** A message is settled, but was not sent to its member: whoever gets it now must not need a binding. */
    private void sendToAnother(SharedDelivery delivery) {
        for (GroupMember member : members.values()) {
            if (!member.isLeaving() && !member.client().isDurable()) {
                member.take();
                link.send(new SharedDelivery(this, delivery.lane(), member, delivery.message()));
                return;
            }
        }
        link.dropped(); // As if its session had ended in the middle of the delivery ([MQTT-4.8.2-5]).
    }

    /** The session has a packet identifier for a message. */
    void bind(SharedDelivery delivery, LongFunction<Advance.Binding> binding, Runnable bound, Runnable refused) {
        GroupMember member = delivery.member();
        GroupLane lane = delivery.lane();
        if (member.isGone() || !isCurrent(lane) || !lane.bind(delivery)) {
            giveBack(member);
            member.client().execute(refused);
            return;
        }
        member.binding(1);
        add(binding.apply(lane.epoch()));
        whenWritten.add(() -> {
            member.binding(-1);
            if (isSuspended() || !isLeased()) {
                member.client().execute(member.client()::resync);
            } else {
                member.client().execute(bound);
            }
        });
        if (bindingBytes >= MAX_BINDING_BYTES) {
            write();
        }
    }

    private void add(Advance.Binding binding) {
        long bytes = BINDING_BYTES
                + binding.delivery().message().weight()
                + MAX_UTF8_BYTES * binding.clientId().length();
        if (bindingBytes > 0 && bindingBytes + bytes > MAX_BINDING_BYTES) {
            append(List.of(), List.of());
        }
        bindings.add(binding);
        bindingBytes += bytes;
    }

    /** A member is done with a delivery. */
    void done(SharedDelivery delivery) {
        delivery.lane().done(delivery);
        giveBack(delivery.member());
    }

    private void giveBack(GroupMember member) {
        member.giveBack();
        ready(member);
        forgetIfDone(member);
    }

    // --- to the queue stage

    /**
     * Writes what has come about since the last time, in as many records as it takes. Bindings come first, since they count only
     * as long as their partition is not released.
     */
    void write() {
        if (bindingBytes > MAX_BINDING_BYTES) {
            append(
                    List.of(),
                    List.of()); // A large message goes alone: with more the record might be too large for Kafka.
        }
        List<Advance.Part> parts = new ArrayList<>();
        int left = MAX_STRETCHES;
        for (GroupLane lane : List.copyOf(lanes.values())) {
            boolean releases = lane.isReleased(link.now());
            while (releases || lane.hasAdvanced()) {
                if (left == 0) {
                    append(parts, List.of());
                    parts.clear();
                    left = MAX_STRETCHES;
                    releases = lane.isReleased(link.now());
                    continue;
                }
                Advance.Part part = lane.advance(left, releases);
                parts.add(part);
                left -= part.settled().size();
                if (part.released()) {
                    releases = false;
                    released(lane);
                }
            }
        }
        if (!parts.isEmpty() || !bindings.isEmpty() || !whenWritten.isEmpty()) {
            List<Runnable> then = whenWritten;
            whenWritten = new ArrayList<>();
            append(parts, then);
        }
    }

    private void append(List<Advance.Part> parts, List<Runnable> then) {
        List<GroupLane> told = parts.stream()
                .map(part -> lanes.get(part.partition()))
                .filter(Objects::nonNull)
                .toList();
        told.forEach(GroupLane::writing);
        link.append(new Advance(id, incarnation, List.copyOf(parts), List.copyOf(bindings)), offset -> {
            told.forEach(GroupLane::written);
            then.forEach(Runnable::run);
        });
        bindings.clear();
        bindingBytes = 0;
    }

    private void released(GroupLane lane) {
        releasedEpochs.put(lane.partition(), lane.epoch());
        lanes.remove(lane.partition());
        lane.released(lease);
    }

    /**
     * What time brings about.
     *
     * @param all whether it is also to be written how far lanes have come that have settled no message
     */
    void tick(boolean all) {
        checkLease();
        if (all) {
            long[] passed = link.passed();
            lanes.values().stream().filter(GroupLane::isLive).forEach(lane -> lane.passOver(passed[lane.partition()]));
        }
        boolean isDue = lanes.values().stream()
                .anyMatch(lane ->
                        lane.hasSettledMessages() || lane.isReleased(link.now()) || (all && lane.hasAdvanced()));
        if (isDue) {
            write();
        }
        serve();
        if (active == 0 && expected == 0 && joined) {
            leaveWhenDone();
        } else if (joined
                && isLeased()
                && (announced != Math.max(1, active) || link.now() - announcedAt >= ASK_MILLIS)) {
            announce();
        }
    }

    private void announce() {
        Heartbeat self = link.identity();
        announced = Math.max(1, active);
        announcedAt = link.now();
        if (self.incarnation().equals(incarnation)) {
            link.append(
                    new GroupCommand.Join(
                            id,
                            incarnation,
                            self.slot(),
                            announced,
                            link.passed().clone()),
                    offset -> {});
        }
    }

    /** When the gateway may have been declared lost, the queue stage is asked what the gateway has. */
    private void checkLease() {
        if (!joined || isLeased() || link.lease() < 0) {
            return;
        }
        if (!link.identity().incarnation().equals(incarnation)) {
            link.append(new GroupCommand.Leave(id, incarnation), offset -> {});
            lanes.values().forEach(GroupLane::drop);
            lanes.clear();
            version = -1;
            joined = false;
        }
        join(link.passed().clone());
    }

    private void leaveWhenDone() {
        long now = link.now();
        if (leavingSince == NOT_LEAVING) {
            leavingSince = now;
        }
        boolean isOut = lanes.values().stream().anyMatch(GroupLane::isOut);
        boolean isUnwritten = lanes.values().stream().anyMatch(GroupLane::isUnwritten);
        if (!isUnwritten && (!isOut || now - leavingSince >= limits.releaseMillis())) {
            leave();
        }
    }

    /** The gateway leaves the group. */
    void leave() {
        if (!ended && incarnation != null) {
            write();
            link.append(new GroupCommand.Leave(id, incarnation), offset -> {});
        }
        lanes.values().forEach(lane -> lane.released(lease));
        lanes.clear();
        ended = true;
    }

    @Override
    public String toString() {
        return id + " members " + members.size() + " version " + version + (isSuspended() ? " suspended" : "")
                + " lanes " + lanes.values();
    }
}
