package io.sluice.it.model;

import io.sluice.gateway.session.ModelGateway;
import io.sluice.router.queue.ModelQueue;
import io.sluice.router.queue.QueueLimits;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.Inbox;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.StoredWill;
import io.sluice.wire.SubscriptionsRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A cluster in one thread: the log, the commands, match and queue tasks, gateways and clients, each of which does one thing
 * when the scheduler chooses it. Matching, gateways' threads and Kafka are modelled; what decides about sessions is the
 * product's own.
 */
final class SessionWorld {

    static final int PARTITIONS = 3;
    private static final int CLIENT_PARTITIONS = 2;
    private static final int GATEWAYS = 3;
    private static final int CLIENTS = 4;
    private static final int GUESTS = 2;
    private static final int TOPICS = 5;
    private static final int PAGE_MESSAGES = 5;
    private static final long TAKE_OVER_MILLIS = 50;

    private static final long QUEUE_MESSAGES = 8;
    private static final long QUEUE_AGE_MILLIS = 2_000;
    static final QueueLimits UNLIMITED = new QueueLimits(
            Long.MAX_VALUE, Long.MAX_VALUE, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST);

    private final Random random;
    private final List<List<PublishRecord>> log = lists(PARTITIONS);
    private final List<List<Keyed<Command>>> commands = lists(CLIENT_PARTITIONS);
    private final List<List<Inbox>> inbox = lists(CLIENT_PARTITIONS);
    /** Without a value they are tombstones. */
    private final List<List<Keyed<SubscriptionsRecord>>> subscriptions = lists(CLIENT_PARTITIONS);

    private final List<List<Fanout>> fanout = lists(GATEWAYS);
    private final List<MatchTask> matchTasks = new ArrayList<>();
    private final List<ModelQueue> queues = new ArrayList<>();
    private final ModelGateway[] gateways = new ModelGateway[GATEWAYS];
    private final boolean[] paused = new boolean[GATEWAYS];
    /** Producers of dead gateways that still write, and incarnations to be declared lost. */
    private final List<ModelGateway> zombies = new ArrayList<>();

    private final List<String> toDeclareLost = new ArrayList<>();
    final List<ModelClient> clients = new ArrayList<>();
    final List<ModelGuest> guests = new ArrayList<>();
    /** By the number that each has as its payload, whose wills they are. */
    final List<ModelGateway.Visit> expectedWills = new ArrayList<>();

    /** The unique ids of wills in the log, as often as they stand there. */
    private final List<String> wills = new ArrayList<>();

    private long term = 1;
    private int published;
    private int lives;
    private long now = 1_000;
    final List<String> history = new ArrayList<>();

    record Keyed<T>(String key, T value) {}

    SessionWorld(long seed) {
        random = new Random(seed);
        for (int p = 0; p < PARTITIONS; p++) {
            matchTasks.add(new MatchTask(p));
        }
        for (int q = 0; q < CLIENT_PARTITIONS; q++) {
            queues.add(new ModelQueue(
                    PARTITIONS, PAGE_MESSAGES, TAKE_OVER_MILLIS, queueLimits(seed), new QueueOutputs(q)));
        }
        for (int slot = 0; slot < GATEWAYS; slot++) {
            startGateway(slot);
        }
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new ModelClient("client-" + i, random, this));
        }
        for (int i = 0; i < GUESTS; i++) {
            guests.add(new ModelGuest("guest-" + i, random, this));
        }
    }

    /** Half of all worlds have no limits, so that nothing may be missing. */
    private static QueueLimits queueLimits(long seed) {
        return switch ((int) (seed % 6)) {
            case 0 -> limited(QueueLimits.WhenFull.DROP_OLDEST, QueueLimits.UNLIMITED_AGE);
            case 1 -> limited(QueueLimits.WhenFull.DROP_NEWEST, QueueLimits.UNLIMITED_AGE);
            case 2 -> limited(QueueLimits.WhenFull.DISCONNECT, QUEUE_AGE_MILLIS);
            default -> UNLIMITED;
        };
    }

    private static QueueLimits limited(QueueLimits.WhenFull whenFull, long ageMillis) {
        return new QueueLimits(QUEUE_MESSAGES, Long.MAX_VALUE, ageMillis, whenFull);
    }

    private static <T> List<List<T>> lists(int count) {
        List<List<T>> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    long[] logEnds() {
        return log.stream().mapToLong(List::size).toArray();
    }

    List<PublishRecord> log(int partition) {
        return log.get(partition);
    }

    void tell(String what) {
        history.add(what);
    }

    private void startGateway(int slot) {
        // Few identifiers, so that messages want the same one.
        PacketIdRanges ranges = new PacketIdRanges(PARTITIONS, 0xFFFF - PARTITIONS * 8);
        gateways[slot] = new ModelGateway(
                "gateway-" + slot + "-" + ++lives, slot, PARTITIONS, ranges, 4, 6, new GatewayView(), random);
        paused[slot] = false;
    }

    ModelGateway anyGateway() {
        List<ModelGateway> running = new ArrayList<>();
        for (int slot = 0; slot < GATEWAYS; slot++) {
            if (gateways[slot] != null && !paused[slot]) {
                running.add(gateways[slot]);
            }
        }
        return running.isEmpty() ? null : running.get(random.nextInt(running.size()));
    }

    // --- what happens

    /** One random step, faults included. */
    void chaos() {
        now += random.nextInt(3);
        int dice = random.nextInt(1_000);
        if (dice < 150) {
            publish();
        } else if (dice < 380) {
            clients.get(random.nextInt(CLIENTS)).step();
        } else if (dice < 400) {
            guests.get(random.nextInt(GUESTS)).step();
        } else if (dice < 650) {
            stepGateway();
        } else if (dice < 790) {
            matchTasks.get(random.nextInt(PARTITIONS)).step();
        } else if (dice < 950) {
            stepQueue(random.nextInt(CLIENT_PARTITIONS));
        } else if (dice < 958) {
            fault();
        } else if (dice < 970) {
            repair();
        } else if (dice < 985 && !zombies.isEmpty()) {
            zombies.get(random.nextInt(zombies.size())).produce();
        }
    }

    private void publish() {
        int topic = random.nextInt(TOPICS);
        int partition = topic % PARTITIONS;
        Qos qos = random.nextInt(3) == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE;
        long expirySeconds = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : -1;
        List<PublishRecord> to = log.get(partition);
        to.add(new PublishRecord(
                ("t/" + topic).getBytes(StandardCharsets.UTF_8),
                Integer.toString(++published).getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                null,
                new PublishProperties(-1, expirySeconds, null, null, null, List.of()),
                partition,
                to.size(),
                now));
    }

    private void stepGateway() {
        int slot = random.nextInt(GATEWAYS);
        if (gateways[slot] != null && !paused[slot]) {
            gateways[slot].step();
        }
    }

    private void stepQueue(int q) {
        ModelQueue queue = queues.get(q);
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                if (queue.commandsRead() < commands.get(q).size()) {
                    Keyed<Command> next = commands.get(q).get(queue.commandsRead());
                    queue.command(next.key(), next.value(), now);
                }
            }
            case 2, 3 -> {
                if (queue.inboxRead() < inbox.get(q).size()) {
                    queue.inbox(inbox.get(q).get(queue.inboxRead()), now);
                }
            }
            default -> {
                queue.tick(now);
                queue.commit();
            }
        }
    }

    private void fault() {
        int slot = random.nextInt(GATEWAYS);
        switch (random.nextInt(5)) {
            case 0 -> kill(slot);
            case 1 -> paused[slot] = gateways[slot] != null;
            case 2 -> matchTasks.get(random.nextInt(PARTITIONS)).restart();
            case 3 -> {
                int q = random.nextInt(CLIENT_PARTITIONS);
                tell("queue " + q + " restarts");
                queues.get(q).restart();
            }
            default -> clients.get(random.nextInt(CLIENTS)).breakConnection();
        }
    }

    private void kill(int slot) {
        if (gateways[slot] != null) {
            tell(gateways[slot].incarnation() + " dies");
            gateways[slot].die();
            zombies.add(gateways[slot]);
            toDeclareLost.add(gateways[slot].incarnation());
            gateways[slot] = null;
        }
    }

    private void repair() {
        int slot = random.nextInt(GATEWAYS);
        if (gateways[slot] == null) {
            startGateway(slot);
        } else if (paused[slot]) {
            tell(gateways[slot].incarnation() + " wakes");
            gateways[slot].closeAll();
            paused[slot] = false;
        }
        if (!toDeclareLost.isEmpty() && random.nextBoolean()) {
            declareLost(toDeclareLost.remove(0));
        }
    }

    /** By a leader that may die in the middle, so that the next one does it all again; what the first one still writes comes late. */
    private void declareLost(String incarnation) {
        boolean dies = random.nextInt(3) == 0;
        long earlier = term;
        for (int q = 0; q < CLIENT_PARTITIONS; q++) {
            if (!dies || random.nextBoolean()) {
                commands.get(q).add(new Keyed<>(null, new Command.GatewayLost(earlier, 0, incarnation)));
            }
        }
        if (dies) {
            term++;
            for (int q = 0; q < CLIENT_PARTITIONS; q++) {
                commands.get(q).add(new Keyed<>(null, new Command.GatewayLost(term, 0, incarnation)));
            }
            // A leader that was deposed and does not know it: it may hurt nobody.
            int slot = random.nextInt(GATEWAYS);
            if (gateways[slot] != null) {
                String innocent = gateways[slot].incarnation();
                commands.forEach(to -> to.add(new Keyed<>(null, new Command.GatewayLost(earlier, slot, innocent))));
            }
        }
    }

    /** Ends all faults and lets everything come to rest. */
    void settle() {
        for (int slot = 0; slot < GATEWAYS; slot++) {
            if (gateways[slot] == null) {
                startGateway(slot);
            } else if (paused[slot]) {
                gateways[slot].closeAll();
                paused[slot] = false;
            }
        }
        toDeclareLost.forEach(this::declareLost);
        toDeclareLost.clear();
        zombies.clear();
        clients.forEach(ModelClient::wantsConnection);
        guests.forEach(ModelGuest::goAway);
        for (int i = 0; i < 200_000; i++) {
            now++;
            switch (random.nextInt(5)) {
                case 0 -> clients.get(random.nextInt(CLIENTS)).work();
                case 1, 2 -> stepGateway();
                case 3 -> matchTasks.get(random.nextInt(PARTITIONS)).step();
                default -> stepQueue(random.nextInt(CLIENT_PARTITIONS));
            }
            if (i % 500 == 0 && isAtRest()) {
                return;
            }
        }
    }

    private boolean isAtRest() {
        boolean busy = Arrays.stream(gateways).anyMatch(ModelGateway::isBusy)
                || clients.stream().anyMatch(ModelClient::isBusy)
                || matchTasks.stream().anyMatch(MatchTask::isBusy);
        for (int q = 0; q < CLIENT_PARTITIONS; q++) {
            busy |= queues.get(q).commandsRead() < commands.get(q).size();
            busy |= queues.get(q).inboxRead() < inbox.get(q).size()
                    || queues.get(q).isBusy();
        }
        for (ModelClient client : clients) {
            busy |= entries(client.id()) > 0;
        }
        return !busy;
    }

    /** What is wrong with who is connected where, and with wills, when everything is at rest. */
    List<String> presenceFaults() {
        List<String> faults = new ArrayList<>();
        for (ModelClient client : clients) {
            List<String> serving = Arrays.stream(gateways)
                    .filter(gateway -> gateway.serves(client.id()))
                    .map(ModelGateway::incarnation)
                    .toList();
            String owner = queues.get(partitionOf(client.id())).owner(client.id());
            if (!serving.equals(owner == null ? List.of() : List.of(owner))) {
                faults.add(client.id() + " is served by " + serving + " and owned by " + owner);
            }
        }
        for (ModelGuest guest : guests) {
            if (queues.get(partitionOf(guest.id())).knows(guest.id())) {
                faults.add(guest.id() + " is gone and known: " + describe(guest.id()));
            }
        }
        for (List<Keyed<Command>> partition : commands) {
            for (int offset = 0; offset < partition.size(); offset++) {
                if (partition.get(offset).value() instanceof ClientCommand.Attach attach && attach.will() != null) {
                    checkWill(attach, offset, partition, faults);
                }
            }
        }
        return faults;
    }

    private void checkWill(
            ClientCommand.Attach attach, long epoch, List<Keyed<Command>> partition, List<String> faults) {
        String number = new String(attach.will().message().payload(), StandardCharsets.UTF_8);
        ModelGateway.Visit visit = expectedWills.get(Integer.parseInt(number));
        boolean published = wills.contains(StoredWill.uniqueId(attach.clientId(), epoch));
        if (visit.wasConnected() && !visit.hasLeft() && !published) {
            faults.add("will " + number + " of " + attach.clientId() + " was lost");
        }
        if (visit.hasLeft() && hasToldInTime(attach, epoch, partition) && published) {
            faults.add("will " + number + " of " + attach.clientId() + " was published though it had left");
        }
    }

    /** Whether the end of a connection was told before something else could end it. */
    private static boolean hasToldInTime(ClientCommand.Attach attach, long epoch, List<Keyed<Command>> partition) {
        for (Keyed<Command> before : partition.subList(0, (int) epoch)) {
            if (before.value() instanceof ClientCommand.Attach other
                    && other.clientId().equals(attach.clientId())
                    && other.connectedAt() > attach.connectedAt()) {
                return false; // It was over when it began.
            }
        }
        for (Keyed<Command> next : partition.subList((int) epoch + 1, partition.size())) {
            if (next.value() instanceof ClientCommand.Detach detach
                    && detach.clientId().equals(attach.clientId())
                    && detach.epoch() == epoch) {
                return true;
            }
            boolean isLater = next.value() instanceof ClientCommand.Attach other
                    && other.clientId().equals(attach.clientId());
            boolean isLoss = next.value() instanceof Command.GatewayLost lost
                    && lost.incarnation().equals(attach.incarnation());
            if (isLater || isLoss) {
                return false;
            }
        }
        return false;
    }

    int entries(String clientId) {
        return queues.get(partitionOf(clientId)).entries(clientId);
    }

    /** How many messages the index has dropped that had not expired. */
    int drops(String clientId) {
        return queues.get(partitionOf(clientId)).drops(clientId);
    }

    /** What the index must not have done. */
    List<String> faults() {
        return queues.stream().flatMap(queue -> queue.faults().stream()).toList();
    }

    String describe(String clientId) {
        return queues.get(partitionOf(clientId)).describe(clientId);
    }

    private static int partitionOf(String clientId) {
        return Math.floorMod(clientId.hashCode(), CLIENT_PARTITIONS);
    }

    private static String short0(Command command) {
        if (command instanceof ClientCommand.Attach attach) {
            return "Attach of " + attach.incarnation();
        } else if (command instanceof ClientCommand.Detach detach) {
            return "Detach of epoch " + detach.epoch();
        } else if (command instanceof ClientCommand.Subscribe subscribe) {
            return "Subscribe of epoch " + subscribe.epoch() + " to "
                    + subscribe.filters().get(0).filter() + " at " + Arrays.toString(subscribe.at());
        } else if (command instanceof ClientCommand.Pull pull) {
            return "Pull of epoch " + pull.epoch() + " from " + Arrays.toString(pull.from());
        }
        return command.toString();
    }

    private final class GatewayView implements ModelGateway.World {
        @Override
        public List<PublishRecord> log(int partition) {
            return log.get(partition);
        }

        @Override
        public long append(int partition, String clientId, Command command) {
            commands.get(partition).add(new Keyed<>(clientId, command));
            tell(partition + "@" + (commands.get(partition).size() - 1) + " " + clientId + " " + short0(command));
            return commands.get(partition).size() - 1L;
        }

        @Override
        public List<Fanout> fanout(int slot) {
            return fanout.get(slot);
        }

        @Override
        public void publishWill(PublishRecord will) {
            wills.add(will.uniqueId());
        }

        @Override
        public long now() {
            return ++now;
        }

        @Override
        public int partitionOf(String clientId) {
            return SessionWorld.partitionOf(clientId);
        }
    }

    private final class QueueOutputs implements ModelQueue.Outputs {
        private final int q;

        QueueOutputs(int q) {
            this.q = q;
        }

        @Override
        public void command(Command command) {
            throw new AssertionError("nobody shares here: " + command);
        }

        @Override
        public void fanout(int slot, Fanout message) {
            fanout.get(slot).add(message);
        }

        @Override
        public void filters(SubscriptionsRecord filters) {
            subscriptions.get(q).add(new Keyed<>(filters.clientId(), filters));
        }

        @Override
        public void filtersGone(String clientId) {
            subscriptions.get(q).add(new Keyed<>(clientId, null));
        }

        @Override
        public void will(PublishRecord will) {
            wills.add(will.uniqueId());
        }

        @Override
        public void due(ClientCommand.Due due) {
            commands.get(q).add(new Keyed<>(due.clientId(), due));
        }
    }

    /** A match task: at least once, with a table of filters that may lag, and looks back for what it learns late. */
    private final class MatchTask {
        private final int partition;
        private long position;
        private final int[] tableRead = new int[CLIENT_PARTITIONS];
        private final long[] applied = new long[CLIENT_PARTITIONS];
        /** What the last marks said. */
        private final long[] markedApplied = minusOnes();

        private final Map<String, SubscriptionsRecord> table = new TreeMap<>();
        private boolean moved;
        // What a restart finds.
        private long committedPosition;
        private long[] committedApplied = minusOnes();

        MatchTask(int partition) {
            this.partition = partition;
            Arrays.fill(applied, -1);
        }

        private static long[] minusOnes() {
            long[] offsets = new long[CLIENT_PARTITIONS];
            Arrays.fill(offsets, -1);
            return offsets;
        }

        boolean isBusy() {
            boolean behind = moved || position < log.get(partition).size();
            for (int q = 0; q < CLIENT_PARTITIONS; q++) {
                behind |= tableRead[q] < subscriptions.get(q).size();
            }
            return behind;
        }

        void step() {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (position < log.get(partition).size()) {
                        PublishRecord message = log.get(partition).get((int) position);
                        List<Inbox.Match> matches = new ArrayList<>();
                        for (Map.Entry<String, SubscriptionsRecord> session : table.entrySet()) {
                            match(session.getValue(), session.getValue().versions(), message, matches::add);
                        }
                        sendInOrder(matches);
                        position++;
                        moved = true;
                    }
                }
                case 2 -> learn(random.nextInt(CLIENT_PARTITIONS));
                case 3 -> mark();
                default -> {
                    if (!moved) {
                        committedPosition = position;
                        committedApplied = applied.clone();
                    }
                }
            }
        }

        /** The last one in each partition of clients is also a mark. */
        private void sendInOrder(List<Inbox.Match> matches) {
            boolean[] isTold = new boolean[CLIENT_PARTITIONS];
            List<Runnable> backwards = new ArrayList<>();
            for (int i = matches.size() - 1; i >= 0; i--) {
                Inbox.Match match = matches.get(i);
                int q = partitionOf(match.clientId());
                long told = isTold[q] ? -1 : markedApplied[q];
                isTold[q] = true;
                backwards.add(() ->
                        inbox.get(q).add(new Inbox.Match(match.clientId(), match.sessionId(), told, match.message())));
            }
            for (int i = backwards.size() - 1; i >= 0; i--) {
                backwards.get(i).run();
            }
        }

        private void match(
                SubscriptionsRecord session,
                List<FilterVersion> versions,
                PublishRecord message,
                Consumer<Inbox.Match> matches) {
            SessionFilters filters = new SessionFilters(session.clientId().getBytes(StandardCharsets.UTF_8), versions);
            SessionFilters.Delivery delivery = filters.delivery(message);
            if (delivery != null && delivery.qos() != Qos.AT_MOST_ONCE) {
                matches.accept(new Inbox.Match(session.clientId(), session.sessionId(), -1, message));
            }
        }

        private void learn(int q) {
            if (tableRead[q] == subscriptions.get(q).size()) {
                return;
            }
            learn(q, subscriptions.get(q).get(tableRead[q]++));
        }

        private void learn(int q, Keyed<SubscriptionsRecord> keyed) {
            SubscriptionsRecord record = keyed.value();
            if (record == null) {
                table.remove(keyed.key());
                return;
            }
            SubscriptionsRecord known = table.put(record.clientId(), record);
            for (FilterVersion version : record.versions()) {
                boolean isKnown = known != null
                        && known.sessionId() == record.sessionId()
                        && known.versions().stream()
                                .anyMatch(other -> other.since() == version.since()
                                        && other.filter().equals(version.filter()));
                if (!isKnown) {
                    long from = version.since() <= committedApplied[q]
                            ? Math.max(version.from()[partition], committedPosition)
                            : version.from()[partition];
                    for (long offset = from; offset < position; offset++) {
                        PublishRecord message = log.get(partition).get((int) offset);
                        match(record, List.of(version), message, inbox.get(q)::add);
                    }
                }
            }
            applied[q] = Math.max(applied[q], record.commandsOffset());
            moved = true;
        }

        private void mark() {
            if (moved) {
                moved = false;
                for (int q = 0; q < CLIENT_PARTITIONS; q++) {
                    inbox.get(q).add(new Inbox.Mark(partition, position, applied[q]));
                    markedApplied[q] = applied[q];
                }
            }
        }

        void restart() {
            tell("match " + partition + " restarts at " + committedPosition);
            position = committedPosition;
            Arrays.fill(tableRead, 0);
            Arrays.fill(applied, -1);
            Arrays.fill(markedApplied, -1);
            table.clear();
            moved = true;
            if (random.nextBoolean()) {
                // It has read what compaction has left before it begins.
                for (int q = 0; q < CLIENT_PARTITIONS; q++) {
                    Map<String, Keyed<SubscriptionsRecord>> left = new LinkedHashMap<>();
                    for (Keyed<SubscriptionsRecord> record : subscriptions.get(q)) {
                        left.remove(record.key());
                        if (record.value() != null) {
                            left.put(record.key(), record);
                        }
                    }
                    tableRead[q] = subscriptions.get(q).size();
                    for (Keyed<SubscriptionsRecord> record : left.values()) {
                        learn(q, record);
                    }
                }
            }
        }
    }
}
