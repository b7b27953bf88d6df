package io.sluice.router.queue;

import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.Inbox;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SubscriptionsRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A queue task with its state in memory: what it does between two commits becomes visible with the second, or not at all.
 */
public final class ModelQueue {

    /** Where what is committed goes. */
    public interface Outputs {
        /** To a gateway. */
        void fanout(int slot, Fanout message);

        /** To the match stage. */
        void filters(SubscriptionsRecord filters);

        /** A tombstone to the match stage. */
        void filtersGone(String clientId);

        /** To the log. */
        void will(PublishRecord will);

        /** To the queue's own commands. */
        void due(ClientCommand.Due due);

        /** To a partition of the commands. */
        void command(Command command);
    }

    private static final long KEEP_MILLIS = Long.MAX_VALUE / 4;

    private final int partitions;
    private final ClientQueue.Limits limits;
    private final Outputs outputs;
    private MemoryState committed;
    private MemoryState working;
    private ClientQueue queue;
    private GroupQueue groups;
    private final List<Runnable> uncommitted = new ArrayList<>();
    private final Map<String, Integer> drops = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private long time;
    private int commandsRead;
    private int inboxRead;
    private int commandsCommitted;
    private int inboxCommitted;

    /** A task that has read nothing. */
    public ModelQueue(int partitions, int pageMessages, long takeOverMillis, QueueLimits queueLimits, Outputs outputs) {
        this.partitions = partitions;
        this.limits = new ClientQueue.Limits(
                takeOverMillis, 0, new PageBuilder.Limits(pageMessages, 1 << 20), queueLimits, 1_000);
        this.outputs = outputs;
        this.committed = new MemoryState();
        restart();
    }

    /** Loses what was not committed, as a router that is killed. */
    public void restart() {
        working = committed.copy();
        uncommitted.clear();
        commandsRead = commandsCommitted;
        inboxRead = inboxCommitted;
        queue = new ClientQueue(partitions, limits, working, new QueueEffects() {
            @Override
            public void send(int slot, Fanout message) {
                if (message instanceof Fanout.Page page) {
                    check(page);
                }
                uncommitted.add(() -> outputs.fanout(slot, message));
            }

            @Override
            public void filters(SubscriptionsRecord filters) {
                uncommitted.add(() -> outputs.filters(filters));
            }

            @Override
            public void filtersGone(String clientId) {
                uncommitted.add(() -> outputs.filtersGone(clientId));
            }

            @Override
            public void publishWill(PublishRecord will) {
                uncommitted.add(() -> outputs.will(will));
            }

            @Override
            public void due(ClientCommand.Due due) {
                uncommitted.add(() -> outputs.due(due));
            }

            @Override
            public void told(String clientId, SessionEvent event, ClientState client) {}

            @Override
            public void toGroup(GroupCommand command) {
                uncommitted.add(() -> outputs.command(command));
            }

            @Override
            public void changed(String clientId, ClientState client) {}

            @Override
            public void gone(String clientId, ClientState last) {}

            @Override
            public void lossRefused(Command.GatewayLost loss, long newestTerm) {}

            @Override
            public void lagChanged(String clientId, ClientState client) {
                queue.tellLag(clientId, client, time);
            }

            @Override
            public void dropped(String clientId, DropReason reason) {
                if (reason != DropReason.EXPIRED) {
                    uncommitted.add(() -> drops.merge(clientId, 1, Integer::sum));
                }
            }

            @Override
            public void passedOver(PassedOver reason) {}
        });
        groups = new GroupQueue(partitions, KEEP_MILLIS, working.lost(), working, new GroupEffects() {
            @Override
            public void send(int slot, Fanout message) {
                uncommitted.add(() -> outputs.fanout(slot, message));
            }

            @Override
            public void write(Command command) {
                uncommitted.add(() -> outputs.command(command));
            }

            @Override
            public void refused() {}
        });
    }

    private void check(Fanout.Page page) {
        for (Fanout.Entry entry : page.entries()) {
            if (entry instanceof Fanout.Queued queued && queued.message().isExpired(time)) {
                faults.add(page.clientId() + " is given " + entry.origin() + ", which has expired");
            }
        }
    }

    /** How many messages of a client were dropped that had not expired. */
    public int drops(String clientId) {
        return drops.getOrDefault(clientId, 0);
    }

    /** What must not have happened. */
    public List<String> faults() {
        return faults;
    }

    /** Whether something that was done is not visible yet. */
    public boolean hasUncommitted() {
        return !uncommitted.isEmpty();
    }

    /** How many commands were read. */
    public int commandsRead() {
        return commandsRead;
    }

    /** How many records of the inbox were read. */
    public int inboxRead() {
        return inboxRead;
    }

    /** The next command. */
    public void command(String clientId, Command command, long now) {
        time = now;
        long offset = commandsRead++;
        if (command instanceof GroupCommand ofGroup) {
            groups.command(offset, ofGroup, now);
            return;
        }
        if (command instanceof Command.GatewayLost lost) {
            groups.gatewayLost(lost, offset, now);
        }
        queue.command(clientId, offset, command, now);
    }

    /** The next record of the inbox. */
    public void inbox(Inbox record, long now) {
        inboxRead++;
        time = now;
        if (record instanceof Inbox.Match match) {
            queue.match(match, now);
            if (working.tally(match.clientId()).messages() > limits.queue().messages()) {
                faults.add(match.clientId() + " has more queued than it may have");
            }
        } else {
            queue.mark((Inbox.Mark) record);
        }
    }

    /** The clock. */
    public void tick(long now) {
        time = now;
        queue.tick(now);
        groups.tick(now);
    }

    /** All of it at once. */
    public void commit() {
        committed = working.copy();
        commandsCommitted = commandsRead;
        inboxCommitted = inboxRead;
        List<Runnable> visible = List.copyOf(uncommitted);
        uncommitted.clear();
        visible.forEach(Runnable::run);
    }

    /** Whether something is not committed yet, or somebody's end is still to be told. */
    public boolean isBusy() {
        return !uncommitted.isEmpty()
                || working.clients.keySet().stream()
                        .map(working::client)
                        .anyMatch(client ->
                                client.waiting() != null || !client.endings().isEmpty());
    }

    /** The incarnation of the gateway that serves a client, null if none does. */
    public String owner(String clientId) {
        ClientState client = working.client(clientId);
        return client == null || client.owner() == null ? null : client.owner().incarnation();
    }

    /** Whether anything is known of a client. */
    public boolean knows(String clientId) {
        return working.client(clientId) != null;
    }

    /** How many entries a client has. */
    public int entries(String clientId) {
        return working.entriesOf(clientId).values().stream().mapToInt(Map::size).sum();
    }

    /** For each log partition, up to where a group is settled; null if there is no such group. */
    public long[] settledBelow(GroupId id) {
        GroupState group = working.group(id);
        return group == null
                ? null
                : Arrays.stream(group.parts())
                        .mapToLong(part -> part.settled().below())
                        .toArray();
    }

    /** What is known of a group, for messages of failures. */
    public String describe(GroupId id) {
        GroupState group = working.group(id);
        StringBuilder text = new StringBuilder(String.valueOf(group == null ? null : group.gateways()));
        if (group != null) {
            for (GroupState.Part part : group.parts()) {
                text.append(" " + part.owner() + "@" + part.epoch() + (part.release() ? " releasing " : " ")
                        + part.settled());
            }
        }
        return text + " " + working.holds;
    }

    /** The sessions that hold a group, by client. */
    public Map<String, Long> holds(GroupId id) {
        Map<String, Long> sessions = new HashMap<>();
        working.holds.getOrDefault(id, Map.of()).forEach((clientId, hold) -> sessions.put(clientId, hold.sessionId()));
        return sessions;
    }

    /** Whether a client has that session, and will let go of a group when it ends. */
    public boolean holds(String clientId, long sessionId, GroupId id) {
        ClientState client = working.client(clientId);
        return client != null
                && client.sessionId() == sessionId
                && client.shares().holding().contains(id);
    }

    /** Deliveries that are bound to a client and not settled. */
    public int assigned(String clientId) {
        ClientState client = working.client(clientId);
        return client == null ? 0 : client.assigned().size();
    }

    /** What is known of a client, for messages of failures. */
    public String describe(String clientId) {
        ClientState client = working.client(clientId);
        if (client == null) {
            return "none";
        }
        StringBuilder text = new StringBuilder("session " + client.sessionId() + " owner " + client.owner());
        client.filters()
                .versions()
                .forEach(version -> text.append(" " + version.filter().text() + " since "
                        + version.since() + " from " + Arrays.toString(version.from()) + " to "
                        + Arrays.toString(version.to())));
        working.entriesOf(clientId)
                .forEach((partition, byOffset) -> byOffset.forEach(
                        (offset, entry) -> text.append(" " + partition + ":" + offset + " " + entry.state())));
        return text + " " + working.marks;
    }

    private static final class MemoryState implements QueueState, GroupStates {
        private final Map<String, Supplier<ClientState>> clients = new HashMap<>();
        /** By session; also of those that have ended, until they are removed. */
        private final Map<Long, Map<Integer, NavigableMap<Long, Entry>>> entries = new HashMap<>();

        private final Set<Long> remains = new TreeSet<>();
        private final Map<Integer, Mark> marks = new HashMap<>();
        private final Map<GroupId, byte[]> groups = new HashMap<>();
        private final Map<GroupId, Map<String, Hold>> holds = new HashMap<>();
        private LostGateways lost = new LostGateways();
        private final Map<String, Supplier<Tally>> tallies = new HashMap<>();
        private String withoutFilters;

        MemoryState copy() {
            MemoryState copy = new MemoryState();
            copy.clients.putAll(clients);
            entries.forEach((session, byPartition) -> {
                Map<Integer, NavigableMap<Long, Entry>> of = new HashMap<>();
                byPartition.forEach((partition, byOffset) -> of.put(partition, new TreeMap<>(byOffset)));
                copy.entries.put(session, of);
            });
            copy.remains.addAll(remains);
            copy.marks.putAll(marks);
            copy.lost = copyOf(lost);
            copy.groups.putAll(groups);
            holds.forEach((id, of) -> copy.holds.put(id, new HashMap<>(of)));
            copy.tallies.putAll(tallies);
            copy.withoutFilters = withoutFilters;
            return copy;
        }

        @Override
        public GroupState group(GroupId id) {
            byte[] bytes = groups.get(id);
            return bytes == null ? null : GroupState.of(bytes);
        }

        @Override
        public void put(GroupState group) {
            groups.put(group.id(), group.toBytes());
        }

        @Override
        public void remove(GroupId id) {
            groups.remove(id);
            holds.remove(id);
        }

        @Override
        public List<GroupState> all() {
            return groups.values().stream().map(GroupState::of).toList();
        }

        @Override
        public Hold hold(GroupId id, String clientId) {
            return holds.getOrDefault(id, Map.of()).get(clientId);
        }

        @Override
        public void putHold(GroupId id, String clientId, Hold hold) {
            Map<String, Hold> of = holds.computeIfAbsent(id, unused -> new HashMap<>());
            if (hold == null) {
                of.remove(clientId);
            } else {
                of.put(clientId, hold);
            }
        }

        @Override
        public ClientState client(String clientId) {
            Supplier<ClientState> kept = clients.get(clientId);
            return kept == null ? null : kept.get();
        }

        @Override
        public void put(String clientId, ClientState client) {
            byte[] bytes = client.toBytes();
            clients.put(clientId, () -> ClientState.of(bytes));
        }

        @Override
        public void remove(String clientId) {
            clients.remove(clientId);
            tallies.remove(clientId);
        }

        @Override
        public void eachClient(BiConsumer<String, ClientState> visitor) {
            clients.forEach((clientId, client) -> visitor.accept(clientId, client.get()));
        }

        /** What was kept, with the entries counted anew. */
        @Override
        public Tally tally(String clientId) {
            Supplier<Tally> kept = tallies.get(clientId);
            Tally tally = kept == null ? new Tally() : kept.get();
            entriesOf(clientId)
                    .values()
                    .forEach(byOffset -> byOffset.values().forEach(entry -> {
                        switch (entry.state()) {
                            case QUEUED ->
                                tally.queued(
                                        entry.message().timestamp(),
                                        entry.message().weight());
                            case RECEIVED -> tally.received(1);
                            case SETTLED -> {}
                        }
                    }));
            return tally;
        }

        @Override
        public void putTally(String clientId, Tally tally) {
            Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
            for (DropReason reason : DropReason.values()) {
                dropped.put(reason, tally.dropped(reason));
            }
            boolean told = tally.isTold();
            tallies.put(clientId, () -> {
                Tally kept = new Tally();
                kept.told(told);
                dropped.forEach((reason, count) -> {
                    for (long i = 0; i < count; i++) {
                        kept.drop(reason);
                    }
                });
                return kept;
            });
        }

        @Override
        public void eachTally(BiConsumer<String, Tally> visitor) {
            clients.keySet().forEach(clientId -> visitor.accept(clientId, tally(clientId)));
        }

        private Map<Integer, NavigableMap<Long, Entry>> entriesOf(String clientId) {
            ClientState client = client(clientId);
            return client == null ? Map.of() : entries.getOrDefault(client.sessionId(), Map.of());
        }

        private List<Place> places() {
            List<Place> places = new ArrayList<>();
            clients.keySet()
                    .forEach(clientId -> entriesOf(clientId)
                            .forEach((partition, byOffset) -> byOffset.forEach((offset, entry) -> places.add(
                                    new Place(clientId, client(clientId).sessionId(), partition, offset)))));
            return places;
        }

        @Override
        public long firstExpiry() {
            return places().stream()
                    .map(place -> entry(place.session(), place.partition(), place.offset()))
                    .filter(entry -> entry.message() != null
                            && entry.message().properties().messageExpirySeconds() >= 0)
                    .mapToLong(entry -> entry.message().timestamp()
                            + 1_000 * entry.message().properties().messageExpirySeconds())
                    .min()
                    .orElse(ClientState.NEVER);
        }

        @Override
        public void expired(long now, int most, Consumer<Place> visitor) {
            places().stream()
                    .filter(place -> {
                        PublishRecord message = entry(place.session(), place.partition(), place.offset())
                                .message();
                        return message != null && message.isExpired(now);
                    })
                    .limit(most)
                    .forEach(visitor);
        }

        private NavigableMap<Long, Entry> of(long session, int partition) {
            return entries.computeIfAbsent(session, unused -> new HashMap<>())
                    .computeIfAbsent(partition, unused -> new TreeMap<>());
        }

        @Override
        public Entry entry(long session, int partition, long offset) {
            return of(session, partition).get(offset);
        }

        @Override
        public void putEntry(String clientId, long session, int partition, long offset, Entry entry) {
            of(session, partition).put(offset, entry);
        }

        @Override
        public void removeEntry(String clientId, long session, int partition, long offset) {
            of(session, partition).remove(offset);
        }

        @Override
        public void sessionEnded(String clientId, long session) {
            tallies.remove(clientId);
            remains.add(session);
        }

        @Override
        public boolean hasRemains() {
            return !remains.isEmpty();
        }

        @Override
        public void removeRemains() {
            long session = remains.iterator().next();
            entries.remove(session);
            remains.remove(session);
        }

        @Override
        public Cursor entries(long session, int partition, long from) {
            // Entries may be changed meanwhile.
            var iterator = new TreeMap<>(of(session, partition).tailMap(from, true))
                    .entrySet()
                    .iterator();
            return new Cursor() {
                private Map.Entry<Long, Entry> present;

                @Override
                public boolean next() {
                    present = iterator.hasNext() ? iterator.next() : null;
                    return present != null;
                }

                @Override
                public long offset() {
                    return present.getKey();
                }

                @Override
                public Entry entry() {
                    return present.getValue();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Mark mark(int partition) {
            return marks.getOrDefault(partition, Mark.NONE);
        }

        @Override
        public void putMark(int partition, Mark mark) {
            marks.put(partition, mark);
        }

        @Override
        public LostGateways lost() {
            return copyOf(lost);
        }

        @Override
        public String withoutFilters() {
            return withoutFilters;
        }

        @Override
        public void putWithoutFilters(String clientId) {
            withoutFilters = clientId;
        }

        @Override
        public void putLost(LostGateways known) {
            lost = copyOf(known);
        }

        private static LostGateways copyOf(LostGateways known) {
            return new LostGateways(known.term(), known.all());
        }

        @Override
        public void settledBelow(int partition, long offset, SettledVisitor visitor) {
            places().stream()
                    .filter(place -> place.partition() == partition && place.offset() < offset)
                    .filter(place ->
                            entry(place.session(), partition, place.offset()).state() == Entry.State.SETTLED)
                    .forEach(place -> visitor.visit(place.clientId(), place.offset()));
        }
    }
}
