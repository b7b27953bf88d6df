package io.sluice.gateway.group;

import io.sluice.wire.Fanout;
import io.sluice.wire.FilterTrie;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.PublishRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The groups of shared subscriptions that this gateway has members of. Belongs to the tail's thread, but for {@link #has},
 * {@link #size} and {@link #figures}.
 */
public final class LocalGroups {

    /** How often it is written how far groups have come for which there was nothing, in milliseconds. */
    private static final long IDLE_MILLIS = 5_000;

    private final GroupLimits limits;
    private final GroupLink link;
    private final HeldBytes held;
    private final Map<GroupId, LocalGroup> groups = new ConcurrentHashMap<>();
    private final FilterTrie<GroupId, LocalGroup> byFilter = new FilterTrie<>();
    private final Map<GroupClient, Set<GroupId>> ofClient = new HashMap<>();
    /** Clients that are about to be members as their sessions have it, and what they want of groups meanwhile. */
    private final Map<GroupClient, Queue<Runnable>> rejoining = new HashMap<>();
    /** Those to which something has happened since they were served. */
    private final Set<LocalGroup> touched = new LinkedHashSet<>();

    private volatile Figures figures = new Figures(0, 0, 0, 0, Long.MAX_VALUE);
    private long idleWrittenAt;

    /** No groups yet. */
    public LocalGroups(GroupLimits limits, GroupLink link) {
        this.limits = limits;
        this.link = link;
        this.held = new HeldBytes(limits.bytes());
        this.idleWrittenAt = link.now();
    }

    // --- any thread

    /** Whether the gateway has members of a group. */
    public boolean has(GroupId id) {
        return groups.containsKey(id);
    }

    /** How many groups the gateway has members of. */
    public int size() {
        return groups.size();
    }

    // --- members

    /**
     * A client wants to be a member; {@link #add} follows.
     *
     * @param holder the client's session, null if it ends with its connection
     * @param at where in the log a group begins if there is none
     * @param then run when it is durable that the gateway, and the session, have members of the groups
     */
    public void expect(GroupClient client, GroupHolder holder, List<Fanout.Shared> wanted, long[] at, Runnable then) {
        afterRejoining(client, () -> expect(holder, wanted, at, then));
    }

    private void expect(GroupHolder holder, List<Fanout.Shared> wanted, long[] at, Runnable then) {
        Runnable arrived = afterAll(wanted.size(), then);
        for (Fanout.Shared shared : wanted) {
            groups.computeIfAbsent(shared.group(), this::begin).expect(at, () -> {
                if (holder == null) {
                    arrived.run();
                } else {
                    link.append(
                            new GroupCommand.Hold(
                                    shared.group(),
                                    holder.clientId(),
                                    holder.sessionId(),
                                    holder.epoch(),
                                    holder.turn(),
                                    at),
                            offset -> arrived.run());
                }
            });
        }
    }

    private static Runnable afterAll(int count, Runnable then) {
        int[] missing = {count};
        return () -> {
            missing[0]--;
            if (missing[0] == 0) {
                then.run();
            }
        };
    }

    /**
     * A durable session was resumed: its client is a member of groups from now on. What the client wants of groups before that is
     * so comes after it: an UNSUBSCRIBE that overtook it would be undone.
     */
    public void rejoin(GroupClient client, GroupHolder holder, List<Fanout.Shared> shared) {
        Queue<Runnable> later = new ArrayDeque<>();
        rejoining.put(client, later);
        link.ends(ends -> expect(holder, shared, ends, () -> {
            add(client, shared);
            rejoining.remove(client);
            later.forEach(Runnable::run);
        }));
    }

    private void afterRejoining(GroupClient client, Runnable task) {
        Queue<Runnable> later = rejoining.get(client);
        if (later == null) {
            task.run();
        } else {
            later.add(task);
        }
    }

    private LocalGroup begin(GroupId id) {
        LocalGroup group = new LocalGroup(id, limits, held, link, touched::add);
        byFilter.put(id.filter(), id, group);
        return group;
    }

    /** What was expected is there, unless the client's connection is over. */
    public void add(GroupClient client, List<Fanout.Shared> wanted) {
        for (Fanout.Shared shared : wanted) {
            LocalGroup group = groups.get(shared.group());
            if (client.hasEnded()) {
                group.cancel();
            } else {
                ofClient.computeIfAbsent(client, unused -> new HashSet<>(2)).add(shared.group());
                group.add(client, shared.options());
                touched.add(group);
            }
        }
    }

    /**
     * A client has unsubscribed.
     *
     * @param then run when nothing of the groups is being bound to its session any more
     */
    public void leave(GroupClient client, Collection<GroupId> left, Runnable then) {
        afterRejoining(client, () -> {
            Runnable done = afterAll(left.size(), then);
            for (GroupId id : left) {
                LocalGroup group = groups.get(id);
                if (group == null) {
                    done.run();
                } else {
                    group.leave(client, done);
                    touched.add(group);
                }
            }
        });
    }

    /** A client's connection is over: what it has and has not acknowledged is for others. */
    public void remove(GroupClient client) {
        Set<GroupId> of = ofClient.remove(client);
        if (of != null) {
            for (GroupId id : of) {
                LocalGroup group = groups.get(id);
                if (group != null) {
                    group.remove(client);
                    touched.add(group);
                }
            }
        }
    }

    // --- what happens

    /** A message of the tail, with its topic as text. */
    public void offer(PublishRecord message) {
        String topic = new String(message.topic(), StandardCharsets.UTF_8);
        byFilter.match(topic, (id, group) -> {
            group.offer(message);
            touched.add(group);
        });
    }

    /** The queue stage tells something. */
    public void fanout(Fanout.ForGroup message) {
        LocalGroup group = groups.get(message.group());
        if (group != null) {
            if (message instanceof Fanout.Assignment assignment) {
                group.assigned(assignment);
            } else if (message instanceof Fanout.Returned returned) {
                group.returned(returned.epoch(), returned.origin());
            }
            touched.add(group);
        } else if (message instanceof Fanout.Assignment assignment) {
            // A Join that Kafka took only at a later try, behind the Leave that followed it: nobody would serve what it
            // was given.
            link.append(new GroupCommand.Leave(assignment.group(), assignment.incarnation()), offset -> {});
        }
    }

    /** Gives messages to members that have room, where something has happened. */
    public void serve() {
        if (!touched.isEmpty()) {
            List<LocalGroup> now = List.copyOf(touched);
            touched.clear();
            now.forEach(LocalGroup::serve);
        }
    }

    /** What time brings about; to be called about as often as settled messages are to be written. */
    public void tick() {
        long now = link.now();
        boolean all = now - idleWrittenAt >= IDLE_MILLIS;
        if (all) {
            idleWrittenAt = now;
        }
        for (LocalGroup group : List.copyOf(groups.values())) {
            group.tick(all);
            if (group.hasEnded()) {
                groups.remove(group.id());
                byFilter.remove(group.id().filter(), group.id());
                touched.remove(group);
            }
        }
        figures = count();
    }

    /** The gateway shuts down. */
    public void leaveAll() {
        groups.values().forEach(LocalGroup::leave);
        groups.clear();
    }

    // --- figures

    /**
     * How the groups fare.
     *
     * @param lanes partitions of the log that the gateway serves, counted for each group
     * @param waiting messages that are read ahead of the members
     * @param given messages that members have not acknowledged
     * @param behind messages of the log that the gateway has read and that its groups have not come to
     * @param oldest when the oldest message that waits was published, in milliseconds since the epoch; the far future if none
     *     waits
     */
    public record Figures(long lanes, long waiting, long given, long behind, long oldest) {}

    /** As of the last {@link #tick}; any thread. */
    public Figures figures() {
        return figures;
    }

    private Figures count() {
        long[] passed = link.passed();
        long lanes = 0;
        long waiting = 0;
        long given = 0;
        long behind = 0;
        long oldest = Long.MAX_VALUE;
        for (LocalGroup group : groups.values()) {
            for (GroupLane lane : group.lanes()) {
                lanes++;
                waiting += lane.waiting();
                given += lane.given();
                oldest = Math.min(oldest, lane.oldest());
                behind += lane.isLive() ? 0 : Math.max(0, passed[lane.partition()] - lane.next());
            }
        }
        return new Figures(lanes, waiting, given, behind, oldest);
    }

    /** For each group for which a message waits, when the oldest one was published, in milliseconds since the epoch. */
    public Map<GroupId, Long> oldestWaiting() {
        Map<GroupId, Long> oldest = new HashMap<>();
        for (LocalGroup group : groups.values()) {
            for (GroupLane lane : group.lanes()) {
                if (lane.waiting() > 0) {
                    oldest.merge(group.id(), lane.oldest(), Math::min);
                }
            }
        }
        return oldest;
    }

    @Override
    public String toString() {
        return groups.values().toString();
    }
}
