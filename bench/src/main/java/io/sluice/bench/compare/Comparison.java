package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.bench.compare.Generator.Measurement;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The order of things: rounds, in each of which every scenario meets every system, one right after the other. */
final class Comparison {

    static final String IDLE = "idle";

    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final int MOST_GATEWAYS = 3;

    private final Plan plan;
    private final Path folder;
    private final PrintWriter progress;
    private final Generator generator;
    private final Board board = new Board();

    Comparison(Plan plan, Path folder, PrintWriter progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.generator = new Generator(folder, plan.warmUp(), plan.duration());
    }

    /**
     * How much of it.
     *
     * @param rounds 1 or more
     * @param warmUp of each run
     * @param duration of each run
     * @param idleConnections 0 for none
     * @param idleWatch how long the idle cluster is watched
     * @param only scenarios whose name this finds
     * @param gatewayOptions further options of the gateways' JVMs
     */
    record Plan(
            int rounds,
            Duration warmUp,
            Duration duration,
            int idleConnections,
            Duration idleWatch,
            Pattern only,
            List<String> gatewayOptions) {

        boolean wants(String name) {
            return only.matcher(name).find();
        }
    }

    Board board() {
        return board;
    }

    /** Runs it all and gives the tables. */
    String run() {
        List<String> memory = List.of();
        say("Starting Mosquitto, Kafka, ZooKeeper, a leader, a router and a gateway in " + folder);
        try (Mosquitto mosquitto = Mosquitto.start(folder, false);
                Cluster cluster = Cluster.start(folder, plan.gatewayOptions())) {
            Cluster.Gateway first = cluster.startGateway(List.of());
            for (int round = 0; round < plan.rounds(); round++) {
                say("Round " + (round + 1) + " of " + plan.rounds());
                throughput(round, mosquitto, cluster, first);
                idle(cluster);
                latency(round, mosquitto, cluster, first);
                scaling(cluster, first);
            }
            if (plan.idleConnections() > 0 && plan.wants("memory")) {
                say("Memory of idle connections");
                cluster.stop(first);
                memory = new IdleMemory(folder, cluster, generator).table(plan.idleConnections());
            }
        }
        return RatioTables.of(board, memory);
    }

    private void throughput(int round, Mosquitto mosquitto, Cluster cluster, Cluster.Gateway gateway) {
        for (Scenario scenario : Scenario.throughput()) {
            if (plan.wants(scenario.name())) {
                inTurn(
                        round,
                        () -> mosquitto(scenario.name(), mosquitto, scenario.arguments()),
                        () -> sluice(scenario.name(), cluster, List.of(gateway), scenario.arguments()));
            }
        }
    }

    private void latency(int round, Mosquitto mosquitto, Cluster cluster, Cluster.Gateway gateway) {
        for (int rate : Scenario.rates()) {
            String name = RatioTables.rate(rate);
            if (plan.wants(name)) {
                List<String> hop = List.of(
                        "kafka-hop", "--rate", Integer.toString(rate), "--bootstrap", cluster.bootstrapServers());
                inTurn(
                        round,
                        () -> measure(name, RatioTables.KAFKA_HOP, hop, cluster.processes()),
                        () -> sluice(name, cluster, List.of(gateway), Scenario.latency(rate)));
                mosquitto(name, mosquitto, Scenario.latency(rate));
            }
        }
    }

    /** Adds gateways one by one, and takes them away again. */
    private void scaling(Cluster cluster, Cluster.Gateway first) {
        if (!plan.wants("gateways")) {
            return;
        }
        List<Cluster.Gateway> gateways = new ArrayList<>(List.of(first));
        for (Scenario scenario : Scenario.scaling()) {
            if (!plan.wants(scenario.name())) {
                sluice(scenario.name(), cluster, gateways, scenario.arguments());
            }
        }
        while (gateways.size() < MOST_GATEWAYS) {
            gateways.add(cluster.startGateway(List.of()));
            // What a new JVM has still to learn is not what is measured.
            generator.run(targets(gateways, Scenario.scaling().get(0).arguments()), List.of());
            for (Scenario scenario : Scenario.scaling()) {
                sluice(scenario.name(), cluster, gateways, scenario.arguments());
            }
        }
        gateways.subList(1, gateways.size()).forEach(cluster::stop);
    }

    private void idle(Cluster cluster) {
        if (plan.wants(IDLE)) {
            Generator.sleep(SETTLE);
            Measurement idle = new Measurement(
                    JsonNodeFactory.instance.objectNode(), Generator.watch(cluster.processes(), plan.idleWatch()));
            board.add(IDLE, RatioTables.ONE_GATEWAY, idle);
        }
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

    private void mosquitto(String name, Mosquitto mosquitto, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--target", mosquitto.address()));
        measure(name, RatioTables.MOSQUITTO, all, List.of(mosquitto.process()));
    }

    private void sluice(String name, Cluster cluster, List<Cluster.Gateway> gateways, List<String> arguments) {
        measure(name, RatioTables.gateways(gateways.size()), targets(gateways, arguments), cluster.processes());
    }

    private static List<String> targets(List<Cluster.Gateway> gateways, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--target");
        all.add(String.join(",", gateways.stream().map(Cluster.Gateway::address).toList()));
        return all;
    }

    private void measure(String name, String system, List<String> arguments, List<ManagedProcess> watched) {
        Measurement measurement = generator.run(arguments, watched);
        board.add(name, system, measurement);
        say(name + " · " + system + ": " + Summary.of(measurement.result()));
        Generator.sleep(SETTLE);
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
