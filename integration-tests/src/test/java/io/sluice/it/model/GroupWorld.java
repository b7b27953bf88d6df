package io.sluice.it.model;

import io.sluice.gateway.session.GroupModelGateway;
import io.sluice.router.queue.ModelQueue;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionsRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A cluster in one thread with one group of shared subscriptions, like {@link SessionWorld}. */
final class GroupWorld {

    static final int PARTITIONS = 3;
    private static final int COMMAND_PARTITIONS = 2;
    private static final int GATEWAYS = 3;
    private static final int MEMBERS = 5;
    private static final long LEASE = 60;
    private static final long LOST_AFTER = 200;
    private static final long LATE = 150;

    private final Random random;
    private final List<List<PublishRecord>> log = lists(PARTITIONS);
    private final List<List<Command>> commands = lists(COMMAND_PARTITIONS);
    private final List<List<Fanout>> fanout = lists(GATEWAYS);
    private final List<ModelQueue> queues = new ArrayList<>();
    private final GroupModelGateway[] gateways = new GroupModelGateway[GATEWAYS];
    private final long[] lateUntil = new long[COMMAND_PARTITIONS];
    private final boolean[] paused = new boolean[GATEWAYS];
    private final List<GroupModelGateway> zombies = new ArrayList<>();
    private final Map<String, Long> lastBeats = new HashMap<>();
    private final List<String> gone = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    final List<GroupModelMember> members = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    private long now = 1_000;
    private int lives;
    private int published;
    private boolean publishing;

    /** Who is in the group. */
    enum Members {
        /** Durable ones at QoS 2, others at QoS 1. One of the durable ones never unsubscribes, so that the group never ends. */
        MIXED,
        /** Without sessions, at QoS 2. */
        CLEAN,
        /** Durable ones at QoS 2 that now and then begin anew. */
        FORGETFUL
    }

    GroupWorld(long seed, Members kind) {
        random = new Random(seed);
        publishing = kind != Members.MIXED;
        for (int q = 0; q < COMMAND_PARTITIONS; q++) {
            queues.add(new ModelQueue(PARTITIONS, 5, 50, SessionWorld.UNLIMITED, new Outputs()));
        }
        for (int slot = 0; slot < GATEWAYS; slot++) {
            start(slot);
        }
        for (int i = 0; i < MEMBERS; i++) {
            boolean durable = kind == Members.FORGETFUL || (kind == Members.MIXED && i < 3);
            Qos qos = durable || kind == Members.CLEAN ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE;
            boolean forgetful = kind == Members.FORGETFUL;
            members.add(new GroupModelMember("member-" + i, durable, i == 0, forgetful, qos, this, random));
        }
    }

    private static <T> List<List<T>> lists(int count) {
        List<List<T>> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    void tell(String what) {
        history.add(now + " " + what);
    }

    List<PublishRecord> log(int partition) {
        return log.get(partition);
    }

    private void start(int slot) {
        gateways[slot] = new GroupModelGateway(
                newIncarnation(slot), slot, PARTITIONS, COMMAND_PARTITIONS, LEASE, new View(), random);
        paused[slot] = false;
    }

    private String newIncarnation(int slot) {
        return "gateway-" + slot + "-" + ++lives;
    }

    GroupModelGateway anyGateway() {
        List<GroupModelGateway> running = new ArrayList<>();
        for (int slot = 0; slot < GATEWAYS; slot++) {
            if (gateways[slot] != null && !paused[slot]) {
                running.add(gateways[slot]);
            }
        }
        return running.isEmpty() ? null : running.get(random.nextInt(running.size()));
    }

    /** One random step, faults included. */
    void chaos() {
        now += random.nextInt(2);
        int dice = random.nextInt(1_000);
        if (dice < 60) {
            publish();
        } else if (dice < 300) {
            members.get(random.nextInt(MEMBERS)).step();
        } else if (dice < 800) {
            stepGateway();
        } else if (dice < 970) {
            stepQueue(random.nextInt(COMMAND_PARTITIONS));
        } else if (dice < 976) {
            fault();
        } else if (dice < 985) {
            repair();
        } else if (dice < 992 && !zombies.isEmpty()) {
            zombies.get(random.nextInt(zombies.size())).produce();
        } else {
            watch();
        }
    }

    /** What is published before the first member is acknowledged is nobody's. */
    private void publish() {
        publishing |= members.get(0).wasSubscribed();
        if (!publishing) {
            return;
        }
        int partition = random.nextInt(PARTITIONS);
        List<PublishRecord> to = log.get(partition);
        Qos qos = Qos.of(random.nextInt(3));
        to.add(new PublishRecord(
                "t".getBytes(StandardCharsets.UTF_8),
                Integer.toString(++published).getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                null,
                PublishProperties.NONE,
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
        if (now < lateUntil[q]) {
            return;
        }
        if (random.nextInt(4) > 0) {
            if (queue.commandsRead() < commands.get(q).size()) {
                Command next = commands.get(q).get(queue.commandsRead());
                queue.command(next instanceof ClientCommand client ? client.clientId() : null, next, now);
            }
        } else {
            queue.tick(now);
            queue.commit();
        }
    }

    private void fault() {
        int slot = random.nextInt(GATEWAYS);
        switch (random.nextInt(5)) {
            case 0 -> kill(slot);
            case 3 -> {
                int q = random.nextInt(COMMAND_PARTITIONS);
                tell("queue " + q + " is late");
                lateUntil[q] = now + LATE;
            }
            case 1 -> {
                paused[slot] = gateways[slot] != null;
                tell("gateway " + slot + " pauses");
            }
            case 2 -> {
                int q = random.nextInt(COMMAND_PARTITIONS);
                tell("queue " + q + " restarts");
                queues.get(q).restart();
            }
            default -> members.get(random.nextInt(MEMBERS)).breakConnection();
        }
    }

    private void kill(int slot) {
        if (gateways[slot] != null) {
            tell(gateways[slot].incarnation() + " dies");
            gateways[slot].die();
            zombies.add(gateways[slot]);
            gone.add(gateways[slot].incarnation());
            gateways[slot] = null;
        }
    }

    private void repair() {
        int slot = random.nextInt(GATEWAYS);
        if (gateways[slot] == null) {
            start(slot);
        } else if (paused[slot]) {
            tell(gateways[slot].incarnation() + " wakes");
            paused[slot] = false;
        } else if (lost.contains(gateways[slot].incarnation())) {
            String another = newIncarnation(slot);
            tell(gateways[slot].incarnation() + " learns that it was lost, and is " + another);
            gateways[slot].declaredLost(another);
        }
    }

    /** The leader declares lost whose heartbeats have stopped. */
    private void watch() {
        List<String> known = new ArrayList<>(gone);
        for (int slot = 0; slot < GATEWAYS; slot++) {
            if (gateways[slot] != null && paused[slot]) {
                known.add(gateways[slot].incarnation());
            }
        }
        for (String incarnation : known) {
            if (!lost.contains(incarnation) && now - lastBeats.get(incarnation) >= LOST_AFTER) {
                tell(incarnation + " is declared lost");
                lost.add(incarnation);
                gone.remove(incarnation);
                commands.forEach(all -> all.add(new Command.GatewayLost(1, 0, incarnation)));
            }
        }
    }

    /** Ends all faults and lets everything come to rest. */
    void settle() {
        tell("settling");
        for (int slot = 0; slot < GATEWAYS; slot++) {
            if (gateways[slot] == null) {
                start(slot);
            }
            paused[slot] = false;
            gateways[slot].calm();
            if (lost.contains(gateways[slot].incarnation())) {
                gateways[slot].declaredLost(newIncarnation(slot));
            }
        }
        zombies.clear();
        now += LOST_AFTER;
        for (int i = 0; i < 300_000; i++) {
            now += random.nextInt(8) == 0 ? 1 : 0;
            switch (random.nextInt(6)) {
                case 0 -> members.get(random.nextInt(MEMBERS)).work();
                case 1, 2, 3 -> stepGateway();
                case 4 -> stepQueue(random.nextInt(COMMAND_PARTITIONS));
                default -> {
                    if (random.nextInt(100) == 0) {
                        watch();
                    }
                }
            }
            if (i % 10 == 0 && isAtRest()) {
                return;
            }
        }
    }

    /** Whether all is settled, in the group and in its members' sessions. */
    boolean isAtRest() {
        long[] settled = queues.get(0).settledBelow(GroupModelGateway.GROUP);
        if (settled == null) {
            return false;
        }
        for (int p = 0; p < PARTITIONS; p++) {
            boolean isBehind = !log.get(p).isEmpty() && settled[p] < log.get(p).size();
            if (isBehind) {
                return false;
            }
        }
        for (int q = 0; q < COMMAND_PARTITIONS; q++) {
            boolean isBehind = queues.get(q).commandsRead() < commands.get(q).size();
            if (isBehind || queues.get(q).hasUncommitted()) {
                return false;
            }
        }
        for (GroupModelGateway gateway : gateways) {
            if (gateway.isBusy()) {
                return false;
            }
        }
        for (GroupModelMember member : members) {
            if (member.isBusy() || queues.get(partitionOf(member.key())).assigned(member.id()) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Sessions by which the group is held though they have ended, or know nothing of it. */
    List<String> forgottenHolds() {
        List<String> forgotten = new ArrayList<>();
        queues.get(0).holds(GroupModelGateway.GROUP).forEach((clientId, sessionId) -> {
            ModelQueue own = queues.get(partitionOf(clientId.getBytes(StandardCharsets.UTF_8)));
            if (!own.holds(clientId, sessionId, GroupModelGateway.GROUP)) {
                forgotten.add("the group is held by session " + sessionId + " of " + clientId);
            }
        });
        return forgotten;
    }

    String describe() {
        StringBuilder text = new StringBuilder(queues.get(0).describe(GroupModelGateway.GROUP));
        for (GroupModelGateway gateway : gateways) {
            text.append("\n").append(gateway.describe());
        }
        members.forEach(member -> text.append("\n").append(member));
        return text.toString();
    }

    /** The group has the first partition; clients have any. */
    private static int partitionOf(byte[] key) {
        return key[0] == (byte) 0xFF ? 0 : Math.floorMod(key[key.length - 1], COMMAND_PARTITIONS);
    }

    private final class View implements GroupModelGateway.World {
        @Override
        public List<PublishRecord> log(int partition) {
            return log.get(partition);
        }

        @Override
        public long append(int partition, Command command) {
            if (command instanceof GroupCommand) {
                tell("append " + commands.get(partition).size() + " " + short0(command));
            }
            commands.get(partition).add(command);
            return commands.get(partition).size() - 1L;
        }

        @Override
        public List<Fanout> fanout(int slot) {
            return fanout.get(slot);
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public int partitionOf(byte[] key) {
            return GroupWorld.partitionOf(key);
        }

        @Override
        public void beat(String incarnation) {
            lastBeats.put(incarnation, now);
        }
    }

    private static String short0(Command command) {
        if (command instanceof GroupCommand.Advance advance) {
            return "Advance of " + advance.incarnation() + " " + advance.parts() + " bindings "
                    + advance.bindings().stream()
                            .map(binding -> binding.clientId() + " " + binding.connection() + " "
                                    + binding.delivery().id())
                            .toList();
        }
        return command.toString();
    }

    private final class Outputs implements ModelQueue.Outputs {
        @Override
        public void filtersGone(String clientId) {}

        @Override
        public void fanout(int slot, Fanout message) {
            if (message instanceof Fanout.ForGroup) {
                tell("to slot " + slot + " " + message);
            }
            fanout.get(slot).add(message);
        }

        @Override
        public void filters(SubscriptionsRecord filters) {}

        @Override
        public void will(PublishRecord will) {}

        @Override
        public void due(ClientCommand.Due due) {
            command(due);
        }

        @Override
        public void command(Command command) {
            commands.get(partitionOf(command.key())).add(command);
        }
    }
}
