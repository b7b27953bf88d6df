package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.bench.BenchException;
import io.sluice.bench.compare.Generator.Measurement;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The order of things: rounds, in each of which every scenario meets every system, one right after the other. */
final class Comparison {

    static final String IDLE = "idle";

    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final int MOST_GATEWAYS = 3;
    private static final int STOPPED_SUBSCRIBERS = 100;
    /** A Mosquitto that saves on every change writes all that waits each time, which takes for ever when it is much. */
    private static final int LESS_TO_SAVE = 10;

    private final Plan plan;
    private final Path folder;
    private final PrintWriter progress;
    private final Generator generator;
    private final Board board = new Board();

    Comparison(Plan plan, Path folder, PrintWriter progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.generator = new Generator(folder, plan.warmUp(), plan.duration(), plan.patience());
    }

    /**
     * How much of it.
     *
     * @param rounds 1 or more
     * @param warmUp of each run
     * @param duration of each run
     * @param patience how long each run may wait for other processes to leave the machine alone
     * @param idleConnections 0 for none
     * @param idleWatch how long the idle cluster is watched
     * @param drainMessages that wait for durable sessions
     * @param only scenarios whose name this finds
     * @param gatewayOptions further options of the gateways' JVMs
     * @param against folder of the distribution of an older build that clean sessions are held against; null for none
     */
    record Plan(
            int rounds,
            Duration warmUp,
            Duration duration,
            Duration patience,
            int idleConnections,
            Duration idleWatch,
            int drainMessages,
            Pattern only,
            List<String> gatewayOptions,
            Path against) {

        boolean wants(String name) {
            return only.matcher(name).find();
        }
    }

    Board board() {
        return board;
    }

    /** All that runs: what is measured, and what the gateways need. */
    private record Servers(
            Mosquitto mosquitto, Mosquitto saving, Cluster cluster, Cluster.Gateway gateway, Optional<Cluster> before) {

        List<ManagedProcess> processes() {
            List<ManagedProcess> all = new ArrayList<>(cluster.processes());
            before.ifPresent(cluster -> all.addAll(cluster.processes()));
            all.add(mosquitto.process());
            all.add(saving.process());
            return all;
        }
    }

    /** Runs it all and gives the tables. */
    String run() {
        say("Starting Mosquitto, Kafka, ZooKeeper, a leader, a router and a gateway in " + folder);
        try (Mosquitto mosquitto = Mosquitto.start(folder, Mosquitto.Saving.NOTHING);
                Mosquitto saving = Mosquitto.start(folder, Mosquitto.Saving.EVERY_CHANGE);
                Cluster cluster = Cluster.start(Cluster.Build.present(), folder, plan.gatewayOptions(), List.of());
                Cluster before = startBefore()) {
            Servers servers = new Servers(
                    mosquitto, saving, cluster, cluster.startGateway(List.of()), Optional.ofNullable(before));
            rehearse(servers, List.of(servers.gateway()));
            servers.before().ifPresent(older -> rehearse(servers, older.gateways()));
            for (int round = 0; round < plan.rounds(); round++) {
                say("Round " + (round + 1) + " of " + plan.rounds());
                throughput(servers, round);
                idle(servers);
                latency(servers, round);
                durable(servers, round);
                drain(servers, round);
                stopped(servers, round);
                scaling(servers, round);
            }
            return RatioTables.of(board, memory(servers));
        }
    }

    /** The older build with one gateway, beside everything else; null if there is none to compare with. */
    private Cluster startBefore() {
        if (plan.against() == null) {
            return null;
        }
        say("Starting the build of " + plan.against() + " beside them");
        Path own = folder.resolve("before");
        try {
            Files.createDirectories(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Cluster cluster = Cluster.start(Cluster.Build.before(plan.against()), own, plan.gatewayOptions(), List.of());
        try {
            cluster.startGateway(List.of());
            return cluster;
        } catch (BenchException e) {
            cluster.close();
            throw e;
        }
    }

    private void throughput(Servers servers, int round) {
        List<Scenario> clean = new ArrayList<>(Scenario.throughput());
        clean.add(Scenario.connects());
        for (Scenario scenario : clean) {
            String name = scenario.name();
            if (plan.wants(name)) {
                inTurn(
                        round,
                        () -> mosquitto(servers, name, scenario.arguments()),
                        () -> builds(servers, round, name, scenario.arguments()));
            }
        }
        Scenario shared = Scenario.shared();
        if (plan.wants(shared.name())) {
            inTurn(
                    round,
                    () -> mosquitto(servers, shared.name(), shared.arguments()),
                    () -> sluice(servers, shared.name(), List.of(servers.gateway()), shared.arguments()));
        }
    }

    /** This build, and the one before it right before or after. */
    private void builds(Servers servers, int round, String name, List<String> arguments) {
        inTurn(
                round,
                () -> servers.before()
                        .ifPresent(older ->
                                measure(servers, name, RatioTables.BEFORE, targets(older.gateways(), arguments))),
                () -> sluice(servers, name, List.of(servers.gateway()), arguments));
    }

    private void latency(Servers servers, int round) {
        for (int rate : Scenario.rates()) {
            String name = RatioTables.rate(rate);
            if (plan.wants(name)) {
                inTurn(
                        round,
                        () -> hop(servers, name, rate),
                        () -> builds(servers, round, name, Scenario.latency(rate)));
                mosquitto(servers, name, Scenario.latency(rate));
            }
        }
    }

    /** What keeps sessions meets what keeps them in memory only, what saves them, and its own clean ones. */
    private void durable(Servers servers, int round) {
        List<Cluster.Gateway> gateway = List.of(servers.gateway());
        for (Scenario scenario : Scenario.durable()) {
            String name = scenario.name();
            if (plan.wants(name)) {
                mosquitto(servers, name, scenario.arguments());
                inTurn(
                        round,
                        () -> saving(servers, name, scenario.arguments()),
                        () -> sluice(servers, name, gateway, scenario.arguments()));
            }
        }
        for (int rate : Scenario.durableRates()) {
            String clean = RatioTables.cleanRate(rate);
            String durable = RatioTables.durableRate(rate);
            if (plan.wants(durable)) {
                inTurn(
                        round,
                        () -> sluice(servers, clean, gateway, Scenario.latency(rate)),
                        () -> sluice(servers, durable, gateway, Scenario.durableLatency(rate)));
            }
        }
    }

    private void drain(Servers servers, int round) {
        if (!plan.wants(Scenario.DRAIN)) {
            return;
        }
        int messages = plan.drainMessages();
        String kafka = servers.cluster().bootstrapServers();
        List<String> bare = new ArrayList<>(Scenario.kafkaDrain(messages));
        bare.addAll(List.of("--bootstrap", kafka));
        drain(servers, RatioTables.MOSQUITTO, target(servers.mosquitto(), Scenario.drain(messages)));
        drain(servers, RatioTables.KAFKA_CONSUMER, bare);
        inTurn(
                round,
                () -> drain(
                        servers,
                        RatioTables.MOSQUITTO_SAVING,
                        target(servers.saving(), Scenario.drain(Math.max(1, messages / LESS_TO_SAVE)))),
                () -> drain(
                        servers,
                        RatioTables.ONE_GATEWAY,
                        targets(List.of(servers.gateway()), Scenario.drain(messages))));
    }

    private void drain(Servers servers, String system, List<String> arguments) {
        Measurement measurement = generator.whole(arguments, servers.processes());
        board.add(Scenario.DRAIN, system, measurement);
        say(Scenario.DRAIN + " · " + system + ": " + Summary.of(measurement));
        Generator.sleep(SETTLE);
    }

    private void stopped(Servers servers, int round) {
        if (plan.wants(Scenario.STOPPED)) {
            List<Cluster.Gateway> gateway = List.of(servers.gateway());
            inTurn(
                    round,
                    () -> sluice(servers, Scenario.NONE_STOPPED, gateway, Scenario.stopped(0)),
                    () -> sluice(servers, Scenario.STOPPED, gateway, Scenario.stopped(STOPPED_SUBSCRIBERS)));
        }
    }

    /**
     * One gateway alone, with one more, with two more, and alone again: so that what several do meets what one does right
     * before or after. In every other round two and three change places.
     */
    private void scaling(Servers servers, int round) {
        if (!plan.wants("gateways")) {
            return;
        }
        int first = round % 2 == 0 ? 2 : MOST_GATEWAYS;
        int second = round % 2 == 0 ? MOST_GATEWAYS : 2;
        List<Cluster.Gateway> gateways = new ArrayList<>(List.of(servers.gateway()));
        scale(servers, gateways, RatioTables.beside(first));
        for (int size : List.of(first, second)) {
            resize(servers, gateways, size);
            scale(servers, gateways, RatioTables.gateways(size));
            if (size == 2) {
                tailing(servers, gateways.get(1));
            }
        }
        resize(servers, gateways, 1);
        scale(servers, gateways, RatioTables.beside(second));
    }

    private void scale(Servers servers, List<Cluster.Gateway> gateways, String system) {
        for (Scenario scenario : Scenario.scaling()) {
            measure(servers, scenario.name(), system, targets(gateways, scenario.arguments()));
        }
    }

    /** Starts gateways, which then rehearse, or ends those that are too many. */
    private void resize(Servers servers, List<Cluster.Gateway> gateways, int size) {
        while (gateways.size() > size) {
            servers.cluster().stop(gateways.remove(gateways.size() - 1));
        }
        if (gateways.size() < size) {
            while (gateways.size() < size) {
                gateways.add(servers.cluster().startGateway(List.of()));
            }
            rehearse(servers, gateways);
        }
    }

    /** All clients are on the first gateway: what it costs the other one to read the whole log. */
    private void tailing(Servers servers, Cluster.Gateway other) {
        Scenario scenario = Scenario.scaling().get(0);
        Measurement measurement =
                generator.run(targets(List.of(servers.gateway()), scenario.arguments()), servers.processes());
        board.add(
                RatioTables.TAILING,
                RatioTables.ONE_GATEWAY,
                measurement.of(other.process().name(), RatioTables.TAILING));
        say(RatioTables.TAILING + ": " + Summary.of(measurement));
        Generator.sleep(SETTLE);
    }

    /** What a new JVM has still to learn is not what is measured. */
    private void rehearse(Servers servers, List<Cluster.Gateway> gateways) {
        for (Scenario scenario : Scenario.scaling()) {
            generator.once(targets(gateways, scenario.arguments()), servers.processes());
        }
    }

    private void idle(Servers servers) {
        if (plan.wants(IDLE)) {
            Generator.sleep(SETTLE);
            Machine.Use use = Machine.watch(servers.processes(), plan.idleWatch());
            Measurement idle = new Measurement(
                    JsonNodeFactory.instance.objectNode().put("clean", true), use.watched(), use.others());
            board.add(IDLE, RatioTables.ONE_GATEWAY, idle);
        }
    }

    private List<String> memory(Servers servers) {
        if (plan.idleConnections() == 0 || !plan.wants("memory")) {
            return List.of();
        }
        say("Memory of idle connections");
        servers.cluster().stop(servers.gateway());
        return new IdleMemory(folder, servers.cluster(), generator).table(plan.idleConnections());
    }

    /** Who goes first changes from round to round. */
    private static void inTurn(int round, Runnable one, Runnable other) {
        if (round % 2 == 0) {
            one.run();
            other.run();
        } else {
            other.run();
            one.run();
        }
    }

    private void mosquitto(Servers servers, String name, List<String> arguments) {
        measure(servers, name, RatioTables.MOSQUITTO, target(servers.mosquitto(), arguments));
    }

    private void saving(Servers servers, String name, List<String> arguments) {
        measure(servers, name, RatioTables.MOSQUITTO_SAVING, target(servers.saving(), arguments));
    }

    private static List<String> target(Mosquitto mosquitto, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--target", mosquitto.address()));
        return all;
    }

    private void hop(Servers servers, String name, int rate) {
        String kafka = servers.cluster().bootstrapServers();
        List<String> arguments = List.of("kafka-hop", "--rate", Integer.toString(rate), "--bootstrap", kafka);
        measure(servers, name, RatioTables.KAFKA_HOP, arguments);
    }

    private void sluice(Servers servers, String name, List<Cluster.Gateway> gateways, List<String> arguments) {
        measure(servers, name, RatioTables.gateways(gateways.size()), targets(gateways, arguments));
    }

    private static List<String> targets(List<Cluster.Gateway> gateways, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--target");
        all.add(String.join(",", gateways.stream().map(Cluster.Gateway::address).toList()));
        return all;
    }

    private void measure(Servers servers, String name, String system, List<String> arguments) {
        Measurement measurement = generator.run(arguments, servers.processes());
        board.add(name, system, measurement);
        say(name + " · " + system + ": " + Summary.of(measurement));
        Generator.sleep(SETTLE);
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
