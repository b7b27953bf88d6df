package io.sluice.router.queue;

import io.sluice.router.queue.GroupState.Gateway;
import io.sluice.router.queue.GroupState.Part;
import io.sluice.router.queue.GroupStates.Hold;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupCommand.Advance;
import io.sluice.wire.GroupCommand.Advance.Binding;
import io.sluice.wire.GroupId;
import io.sluice.wire.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The queue stage for the groups of one partition: which gateway serves which partition of the log for each of them, and how
 * far that has come. A state machine that is given commands in the order of their partition; it knows neither Kafka nor a clock,
 * and belongs to one thread.
 *
 * <p>A partition of the log is nobody's, or a gateway serves it in an epoch: the offset of the command that gave it to the
 * gateway. What a gateway writes about a partition that it does not have in that epoch is refused, so that the order of commands
 * is all the fencing that there is. A partition goes from one gateway to another when the first has released it, has no members
 * any more, or was declared lost.
 */
final class GroupQueue {

    private final int partitions;
    private final long keepMillis;
    private final GroupStates states;
    private final GroupEffects effects;
    private final LostGateways lost;
    /** When a group ends for which nobody is connected. */
    private final Timers timers = new Timers();
    /** The groups that each gateway has members of. */
    private final Map<String, Set<GroupId>> joined = new HashMap<>();

    /**
     * @param keepMillis how long a group that durable sessions are members of remains while none is connected
     * @param lost the gateways that were declared lost
     */
    GroupQueue(int partitions, long keepMillis, LostGateways lost, GroupStates states, GroupEffects effects) {
        this.partitions = partitions;
        this.keepMillis = keepMillis;
        this.states = states;
        this.effects = effects;
        this.lost = lost;
        for (GroupState group : states.all()) {
            timers.set(group.id().text(), group.expireAt());
            group.gateways().keySet().forEach(incarnation -> noteJoined(incarnation, group.id()));
        }
    }

    private void noteJoined(String incarnation, GroupId id) {
        joined.computeIfAbsent(incarnation, unused -> new HashSet<>()).add(id);
    }

    private void noteLeft(String incarnation, GroupId id) {
        Set<GroupId> groups = joined.get(incarnation);
        if (groups != null && groups.remove(id) && groups.isEmpty()) {
            joined.remove(incarnation);
        }
    }

    private void keep(GroupState group) {
        states.put(group);
        timers.set(group.id().text(), group.expireAt());
    }

    private void end(GroupState group) {
        states.remove(group.id());
        timers.set(group.id().text(), ClientState.NEVER);
    }

    /**
     * A command.
     *
     * @param offset of the record in its partition of {@code mqtt.commands}
     * @param now milliseconds since the epoch
     */
    void command(long offset, GroupCommand command, long now) {
        if (command instanceof GroupCommand.Join join) {
            join(offset, join);
        } else if (command instanceof GroupCommand.Hold hold) {
            hold(offset, hold, now);
        } else if (command instanceof GroupCommand.Drop drop) {
            drop(drop);
        } else if (command instanceof GroupCommand.Fence fence) {
            fence(fence);
        } else {
            ofGroup(offset, command, now);
        }
    }

    private void ofGroup(long offset, GroupCommand command, long now) {
        GroupState group = states.group(command.group());
        if (group == null) {
            effects.refused();
        } else if (command instanceof GroupCommand.Leave leave) {
            leave(group, leave.incarnation(), false, offset, now);
        } else if (command instanceof Advance advance) {
            advance(group, offset, advance);
        } else if (command instanceof GroupCommand.Expire expire && group.abandonedBy() == expire.since()) {
            end(group);
        }
    }

    // --- who is there

    private GroupState groupOrNew(GroupId id, long[] at) {
        GroupState known = states.group(id);
        return known == null ? new GroupState(id, at) : known;
    }

    private void join(long offset, GroupCommand.Join join) {
        if (lost.contains(join.incarnation())) {
            effects.refused();
            return;
        }
        GroupState group = groupOrNew(join.group(), join.at());
        group.taken();
        group.gateways().put(join.incarnation(), new Gateway(join.slot(), join.members()));
        noteJoined(join.incarnation(), group.id());
        share(group, offset, Set.of(join.incarnation()));
    }

    private void leave(GroupState group, String incarnation, boolean isLost, long offset, long now) {
        if (group.gateways().remove(incarnation) == null) {
            return;
        }
        noteLeft(incarnation, group.id());
        for (Part part : group.parts()) {
            if (incarnation.equals(part.owner())) {
                part.free(isLost);
            }
        }
        if (group.gateways().isEmpty()) {
            abandoned(group, offset, now);
        } else {
            share(group, offset, Set.of());
        }
    }

    /** Nobody is connected: the group waits for its durable members, if it has any. */
    private void abandoned(GroupState group, long offset, long now) {
        if (group.holds() == 0) {
            end(group);
        } else {
            group.abandoned(offset, now + keepMillis);
            keep(group);
        }
    }

    /** A gateway was declared lost. */
    void gatewayLost(Command.GatewayLost gone, long offset, long now) {
        if (gone.term() < lost.term()) {
            return; // By a leader whose reign is over.
        }
        String incarnation = gone.incarnation();
        lost.add(incarnation, gone.term());
        for (GroupId id : List.copyOf(joined.getOrDefault(incarnation, Set.of()))) {
            leave(states.group(id), incarnation, true, offset, now);
        }
    }

    /** When {@link #tick} has something to do next, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long nextTimer() {
        return timers.next();
    }

    /** Puts timers that are due into the order of their groups, so that a Join that was written before goes before. */
    void tick(long now) {
        for (String text : timers.due(now)) {
            GroupId id = GroupId.of(text);
            effects.write(new GroupCommand.Expire(id, states.group(id).abandonedBy()));
        }
    }

    // --- durable members

    private void hold(long offset, GroupCommand.Hold wanted, long now) {
        GroupState group = groupOrNew(wanted.group(), wanted.at());
        Hold known = states.hold(group.id(), wanted.clientId());
        if (known != null && known.sessionId() > wanted.sessionId()) {
            effects.refused();
            return;
        }
        if (known == null) {
            group.holds(group.holds() + 1);
        }
        boolean isNew = known == null || known.sessionId() < wanted.sessionId();
        Hold hold = new Hold(wanted.sessionId(), wanted.epoch(), wanted.turn());
        if (isNew || !known.isLaterThan(hold.fence(), hold.turn())) {
            states.putHold(group.id(), wanted.clientId(), hold);
        }
        if (isNew) {
            effects.write(held(group.id(), wanted.clientId(), hold));
        }
        if (group.gateways().isEmpty()) {
            abandoned(group, offset, now);
        } else {
            keep(group);
        }
    }

    private static ClientCommand.Held held(GroupId group, String clientId, Hold hold) {
        return new ClientCommand.Held(clientId, hold.sessionId(), group, hold.fence());
    }

    /** A session that has subscribed again meanwhile is a member: what is bound to it may have been sent. */
    private void drop(GroupCommand.Drop drop) {
        effects.write(new ClientCommand.Fenced(drop.clientId(), drop.sessionId(), drop.group(), 0));
        GroupState group = states.group(drop.group());
        Hold hold = group == null ? null : states.hold(drop.group(), drop.clientId());
        if (hold == null || hold.sessionId() > drop.sessionId()) {
            return;
        }
        if (hold.sessionId() == drop.sessionId() && hold.isLaterThan(drop.epoch(), drop.turn())) {
            effects.write(held(group.id(), drop.clientId(), hold));
        } else {
            states.putHold(group.id(), drop.clientId(), null);
            group.holds(group.holds() - 1);
            if (group.gateways().isEmpty() && group.holds() == 0) {
                end(group);
            } else {
                keep(group);
            }
        }
    }

    private void fence(GroupCommand.Fence fence) {
        Hold hold = states.group(fence.group()) == null ? null : states.hold(fence.group(), fence.clientId());
        if (hold != null && hold.sessionId() == fence.sessionId() && hold.fence() < fence.epoch()) {
            states.putHold(fence.group(), fence.clientId(), new Hold(hold.sessionId(), fence.epoch(), 0));
        }
        effects.write(new ClientCommand.Fenced(fence.clientId(), fence.sessionId(), fence.group(), fence.epoch()));
    }

    // --- what is settled

    private void advance(GroupState group, long offset, Advance advance) {
        boolean released = false;
        for (Advance.Part part : advance.parts()) {
            Part own = group.parts()[part.partition()];
            if (!own.isOf(advance.incarnation(), part.epoch())) {
                effects.refused();
                continue;
            }
            part.settled().forEach(own.settled()::add);
            own.doubtful(part.doubtful());
        }
        for (Binding binding : advance.bindings()) {
            bind(group, advance.incarnation(), binding);
        }
        for (Advance.Part part : advance.parts()) {
            Part own = group.parts()[part.partition()];
            if (part.released() && own.isOf(advance.incarnation(), part.epoch())) {
                own.free(false);
                released = true;
            }
        }
        if (released) {
            share(group, offset, Set.of(advance.incarnation()));
        } else {
            keep(group);
        }
    }

    private void bind(GroupState group, String incarnation, Binding binding) {
        Origin origin = binding.delivery().message().origin();
        Part part = group.parts()[origin.partition()];
        if (!part.isOf(incarnation, binding.epoch()) || part.settled().contains(origin.offset())) {
            effects.refused();
            return;
        }
        Hold hold = states.hold(group.id(), binding.clientId());
        boolean isMember =
                hold != null && hold.sessionId() == binding.sessionId() && hold.fence() <= binding.connection();
        if (isMember) {
            part.settled().add(origin.offset(), origin.offset() + 1);
            effects.write(new ClientCommand.Bound(binding.clientId(), binding.sessionId(), binding.delivery()));
        } else {
            effects.refused();
            Gateway gateway = group.gateways().get(incarnation);
            effects.send(gateway.slot(), new Fanout.Returned(group.id(), incarnation, binding.epoch(), origin));
        }
    }

    // --- who serves what

    /**
     * Gives away what nobody has, asks for what somebody has beyond its share, and tells those whose part is another than
     * before.
     *
     * @param answer who is told in any case
     */
    private void share(GroupState group, long offset, Set<String> answer) {
        Set<String> changed = new HashSet<>(answer);
        Part[] parts = group.parts();
        SortedMap<String, Integer> members = new TreeMap<>();
        group.gateways().forEach((incarnation, gateway) -> members.put(incarnation, gateway.members()));
        String[] wanted = GroupShares.of(Arrays.stream(parts).map(Part::owner).toArray(String[]::new), members);
        for (int p = 0; p < partitions; p++) {
            if (parts[p].owner() == null) {
                parts[p].give(wanted[p], offset);
                changed.add(wanted[p]);
            } else if (parts[p].release() == parts[p].owner().equals(wanted[p])) {
                parts[p].release(!parts[p].release());
                changed.add(parts[p].owner());
            }
        }
        keep(group);
        for (String incarnation : new TreeSet<>(changed)) {
            Gateway gateway = group.gateways().get(incarnation);
            if (gateway != null) {
                effects.send(gateway.slot(), assignment(group, incarnation, offset));
            }
        }
    }

    private static Fanout.Assignment assignment(GroupState group, String incarnation, long version) {
        List<Fanout.Assignment.Part> own = new ArrayList<>();
        Part[] parts = group.parts();
        for (int p = 0; p < parts.length; p++) {
            if (incarnation.equals(parts[p].owner())) {
                own.add(new Fanout.Assignment.Part(
                        p, parts[p].epoch(), parts[p].settled().copy(), parts[p].doubtful(), parts[p].release()));
            }
        }
        return new Fanout.Assignment(group.id(), incarnation, version, own);
    }
}
