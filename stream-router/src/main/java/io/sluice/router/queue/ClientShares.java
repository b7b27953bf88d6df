package io.sluice.router.queue;

import io.sluice.wire.AssignedId;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupId;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shared subscriptions of a durable session, and what is on its way between its queue and those of its groups, which may be
 * other tasks. Valid for the session.
 */
final class ClientShares {

    private static final long NOT_FENCING = -1;

    /** The groups that the session is a member of, in the order in which it has joined them. */
    private final Map<GroupId, SubscriptionOptions> groups = new LinkedHashMap<>();
    /** Groups that the session has left and that have not answered; how many answers are missing. */
    private final Map<GroupId, Integer> leaving = new LinkedHashMap<>();
    /** Groups that hold the session though it has not subscribed to them, or not yet. */
    private final Set<GroupId> held = new LinkedHashSet<>();
    /** Groups that have to answer before the client gets its session. */
    private final Set<GroupId> fencing = new LinkedHashSet<>();
    /** The request of the attach that is answered then. */
    private long fencedRequest = NOT_FENCING;
    /**
     * Deliveries that the client has acknowledged before the group's word of them has come: whether it is done with them, or
     * has sent PUBREC.
     */
    private final Map<AssignedId, Boolean> early = new HashMap<>();

    ClientShares() {}

    Map<GroupId, SubscriptionOptions> groups() {
        return groups;
    }

    List<Fanout.Shared> list() {
        List<Fanout.Shared> list = new ArrayList<>(groups.size());
        groups.forEach((group, options) -> list.add(new Fanout.Shared(group, options)));
        return list;
    }

    /** Whether nothing can be on its way from a group. */
    boolean isEmpty() {
        return groups.isEmpty() && leaving.isEmpty() && held.isEmpty();
    }

    /** The session has joined a group; whether that changes anything. */
    boolean join(GroupId group, SubscriptionOptions options) {
        held.remove(group);
        return !options.equals(groups.put(group, options));
    }

    /** The session has left a group; whether the group has to be told. */
    boolean leave(GroupId group) {
        boolean wasHeld = held.remove(group);
        boolean wasMember = groups.remove(group) != null || wasHeld;
        if (wasMember) {
            leaving.merge(group, 1, Integer::sum);
        }
        return wasMember;
    }

    /** A group that the session has left has answered. */
    void left(GroupId group) {
        leaving.computeIfPresent(group, (unused, answers) -> answers == 1 ? null : answers - 1);
        held.remove(group);
    }

    /** A group holds the session; whether that is news, and the group has not been asked what it has bound. */
    boolean held(GroupId group) {
        return !groups.containsKey(group) && held.add(group) && !fencing.contains(group);
    }

    /** The groups that have to know when the session ends. */
    Set<GroupId> holding() {
        Set<GroupId> holding = new LinkedHashSet<>(groups.keySet());
        holding.addAll(held);
        return holding;
    }

    /** A connection begins: the groups that have to be asked. */
    Set<GroupId> beginFencing(long request) {
        fencing.clear();
        fencing.addAll(holding());
        fencing.addAll(leaving.keySet());
        fencedRequest = request;
        return Set.copyOf(fencing);
    }

    /** A group has answered; the request that can be answered now, or -1. */
    long fenced(GroupId group) {
        if (!fencing.remove(group) || !fencing.isEmpty()) {
            return NOT_FENCING;
        }
        early.clear(); // All that was bound over earlier connections has come.
        long request = fencedRequest;
        fencedRequest = NOT_FENCING;
        return request;
    }

    /** The client has acknowledged a delivery that is not known yet. */
    void acknowledgedEarly(AssignedId id, boolean done) {
        early.merge(id, done, Boolean::logicalOr);
    }

    /** The group's word of a delivery has come; null if the client has not acknowledged it, else whether it is done. */
    Boolean takeEarly(AssignedId id) {
        return early.remove(id);
    }

    void write(WireWriter out) {
        out.list(list(), (shared, to) -> {
            shared.group().write(to);
            shared.options().write(to);
        });
        out.list(List.copyOf(leaving.entrySet()), (entry, to) -> {
            entry.getKey().write(to);
            to.number(entry.getValue());
        });
        out.list(List.copyOf(held), GroupId::write);
        out.list(List.copyOf(fencing), GroupId::write).numberOrNone(fencedRequest);
        out.list(List.copyOf(early.entrySet()), (entry, to) -> {
            entry.getKey().write(to);
            to.flag(entry.getValue());
        });
    }

    static ClientShares read(WireReader in) throws DamagedRecordException {
        ClientShares shares = new ClientShares();
        in.list(from -> shares.groups.put(GroupId.read(from), SubscriptionOptions.read(from)));
        in.list(from -> shares.leaving.put(GroupId.read(from), from.integer(1, Integer.MAX_VALUE)));
        shares.held.addAll(in.list(GroupId::read));
        shares.fencing.addAll(in.list(GroupId::read));
        shares.fencedRequest = in.numberOrNone();
        in.list(from -> shares.early.put(AssignedId.read(from), from.flag()));
        return shares;
    }
}
