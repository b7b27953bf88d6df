package io.sluice.bench.compare;

import io.sluice.bench.compare.Board.Ratios;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The end of a comparison, as Markdown. */
final class RatioTables {

    static final String MOSQUITTO = "Mosquitto";
    static final String MOSQUITTO_SAVING = "Mosquitto that saves every change";
    static final String KAFKA_CONSUMER = "Kafka consumer";
    static final String ONE_GATEWAY = "Sluice, 1 gateway";
    static final String BEFORE = "Sluice before";
    static final String KAFKA_HOP = "Kafka hop";
    /** A scenario, and the name in it of the gateway that has no clients. */
    static final String TAILING = "gateway without clients";

    static final double LATENCY_TARGET = 2.0;
    private static final double SCALING_TARGET = 0.65;
    private static final double MICROS_PER_MS = 1_000;
    private static final double PERCENT = 100;
    /** Of its event loops, from which on the generator counts as what limits a rate. */
    private static final double GENERATOR_BUSY = 0.85;

    private static final String GENERATOR_BOUND = " †";
    private static final double MICROS_PER_SECOND = 1e6;
    private static final String TITLE = "### ";
    static final String NONE = "–";
    private static final int HEADING_LINES = 5;

    private final Board board;
    private final List<String> lines = new ArrayList<>();
    private boolean generatorBound;

    private RatioTables(Board board) {
        this.board = board;
    }

    static String gateways(int count) {
        return count == 1 ? ONE_GATEWAY : "Sluice, " + count + " gateways";
    }

    /** One gateway, measured again to compare with several. */
    static String beside(int gateways) {
        return ONE_GATEWAY + ", beside " + gateways;
    }

    static String rate(int rate) {
        return String.format(Locale.ROOT, "%,d msg/s, QoS 1", rate);
    }

    static String durableRate(int rate) {
        return "durable " + rate(rate);
    }

    /** The same rate with clean sessions, measured beside the durable ones. */
    static String cleanRate(int rate) {
        return rate(rate) + ", beside durable";
    }

    /** All tables for which there are measurements. */
    static String of(Board board, List<String> idleTable) {
        RatioTables tables = new RatioTables(board);
        tables.throughput();
        tables.connects();
        tables.latency();
        new DurableTables(board, tables).add();
        new AgainstTable(board, tables).add();
        tables.stopped();
        tables.scaling();
        tables.tailing();
        tables.cpu();
        tables.dropEmptyTable();
        tables.lines.addAll(idleTable);
        tables.generatorBound();
        tables.unclean();
        tables.disturbed();
        return String.join(System.lineSeparator(), tables.lines);
    }

    private void throughput() {
        heading(
                "Throughput: deliveries/s",
                "scenario",
                MOSQUITTO,
                "Sluice",
                "ratio",
                "target",
                "processors: gateway, Kafka, generator");
        List<Scenario> scenarios = new ArrayList<>(Scenario.throughput());
        scenarios.add(Scenario.shared());
        for (Scenario scenario : scenarios) {
            String name = scenario.name();
            if (board.has(name, ONE_GATEWAY)) {
                Ratios ratios = board.ratios(name, ONE_GATEWAY, name, MOSQUITTO, scenario.metric());
                row(
                        name,
                        limited(scenario, MOSQUITTO),
                        limited(scenario, ONE_GATEWAY),
                        ratios.toString(),
                        against(MOSQUITTO, scenario, ratios, scenario.target()),
                        String.format(
                                Locale.ROOT,
                                "%.2f, %.2f, %.2f",
                                board.cpu(name, ONE_GATEWAY, "gateway-1"),
                                board.cpu(name, ONE_GATEWAY, "kafka"),
                                board.median(name, ONE_GATEWAY, "generatorCpu")));
            }
        }
    }

    /** What a connect costs the servers says more than the rate where the generator, or the machine, bounds both. */
    private void connects() {
        heading(
                "Connects/s",
                MOSQUITTO,
                "Sluice",
                "ratio",
                "target",
                "µs of processor a connect: Mosquitto",
                "gateway",
                "all of Sluice",
                "generator, processors: Mosquitto, Sluice");
        Scenario scenario = Scenario.connects();
        String name = scenario.name();
        if (board.has(name, ONE_GATEWAY)) {
            Ratios ratios = board.ratios(name, ONE_GATEWAY, name, MOSQUITTO, scenario.metric());
            row(
                    limited(scenario, MOSQUITTO),
                    limited(scenario, ONE_GATEWAY),
                    ratios.toString(),
                    against(MOSQUITTO, scenario, ratios, scenario.target()),
                    cost(scenario, MOSQUITTO, List.of("mosquitto")),
                    cost(scenario, ONE_GATEWAY, List.of("gateway-1")),
                    cost(scenario, ONE_GATEWAY, List.of("gateway-1", "kafka", "zookeeper", "leader", "router")),
                    String.format(
                            Locale.ROOT,
                            "%.2f, %.2f",
                            board.median(name, MOSQUITTO, "generatorCpu"),
                            board.median(name, ONE_GATEWAY, "generatorCpu")));
        }
    }

    /** Microseconds of processor time for each connect. */
    private String cost(Scenario scenario, String system, List<String> processes) {
        double busy = processes.stream()
                .mapToDouble(process -> board.cpu(scenario.name(), system, process))
                .sum();
        double rate = board.median(scenario.name(), system, scenario.metric());
        return String.format(Locale.ROOT, "%.1f", MICROS_PER_SECOND * busy / rate);
    }

    private boolean isGeneratorBound(Scenario scenario, String system) {
        return board.median(scenario.name(), system, "generatorCpu") >= GENERATOR_BUSY * scenario.eventLoops();
    }

    /** Whether the ratio to another system reaches a target: not shown where that one could do more than the generator. */
    String against(String other, Scenario scenario, Ratios ratios, double target) {
        String verdict = atLeast(ratios, target);
        return isGeneratorBound(scenario, other) ? verdict.replace("✓", "not shown" + GENERATOR_BOUND) : verdict;
    }

    /** A rate, marked when the generator could do no more. */
    String limited(Scenario scenario, String system) {
        String mark = isGeneratorBound(scenario, system) ? GENERATOR_BOUND : "";
        generatorBound |= !mark.isEmpty();
        return number(board.median(scenario.name(), system, scenario.metric())) + mark;
    }

    private void latency() {
        heading(
                "Latency from the intended sending to the receipt, p50 / p99 ms",
                "rate",
                KAFKA_HOP,
                "Sluice",
                "ratio p50",
                "ratio p99",
                "target",
                MOSQUITTO);
        for (int rate : Scenario.rates()) {
            String name = rate(rate);
            if (board.has(name, ONE_GATEWAY)) {
                Ratios p50 = board.ratios(name, ONE_GATEWAY, name, KAFKA_HOP, "delivery/p50");
                Ratios p99 = board.ratios(name, ONE_GATEWAY, name, KAFKA_HOP, "delivery/p99");
                boolean reached = Math.max(p50.middle(), p99.middle()) <= LATENCY_TARGET;
                row(
                        name,
                        times(name, KAFKA_HOP),
                        times(name, ONE_GATEWAY),
                        p50.toString(),
                        p99.toString(),
                        verdict(p50.with(p99), reached, "≤ " + LATENCY_TARGET),
                        times(name, MOSQUITTO));
            }
        }
    }

    private void stopped() {
        heading(
                "Subscribers that stop reading, 5,000 msg/s at QoS 0: p50 / p99 ms of those that read",
                "without",
                Scenario.STOPPED,
                "ratio p99",
                "target");
        if (board.has(Scenario.STOPPED, ONE_GATEWAY)) {
            Ratios p99 =
                    board.ratios(Scenario.STOPPED, ONE_GATEWAY, Scenario.NONE_STOPPED, ONE_GATEWAY, "delivery/p99");
            row(
                    times(Scenario.NONE_STOPPED, ONE_GATEWAY),
                    times(Scenario.STOPPED, ONE_GATEWAY),
                    p99.toString(),
                    verdict(p99, p99.middle() <= LATENCY_TARGET, "≤ " + LATENCY_TARGET));
        }
    }

    String times(String scenario, String system) {
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f",
                board.median(scenario, system, "delivery/p50") / MICROS_PER_MS,
                board.median(scenario, system, "delivery/p99") / MICROS_PER_MS);
    }

    private void scaling() {
        heading(
                "Several gateways: deliveries/s of all together, and of one alone right before or after",
                "scenario",
                "1",
                "2",
                "2 to 1",
                "target",
                "1",
                "3",
                "3 to 1");
        for (Scenario scenario : Scenario.scaling()) {
            String name = scenario.name();
            if (board.has(name, gateways(2))) {
                Ratios two = board.ratios(name, gateways(2), name, beside(2), scenario.metric());
                Ratios three = board.ratios(name, gateways(3), name, beside(3), scenario.metric());
                row(
                        name,
                        number(board.median(name, beside(2), scenario.metric())),
                        number(board.median(name, gateways(2), scenario.metric())),
                        two.toString(),
                        atLeast(two, SCALING_TARGET),
                        number(board.median(name, beside(3), scenario.metric())),
                        number(board.median(name, gateways(3), scenario.metric())),
                        three.toString());
            }
        }
    }

    private void tailing() {
        heading(
                "What a second gateway pays for reading the whole log, QoS 1, without clients of its own",
                "log, msg/s",
                "processors: the gateway with the clients",
                "the one without",
                "µs a message: with",
                "without");
        if (board.has(TAILING, ONE_GATEWAY)) {
            double rate = board.median(TAILING, ONE_GATEWAY, "publishRate");
            double serving = board.cpu(TAILING, ONE_GATEWAY, "gateway-1");
            double reading = board.cpu(TAILING, ONE_GATEWAY, TAILING);
            row(
                    number(rate),
                    String.format(Locale.ROOT, "%.2f", serving),
                    String.format(Locale.ROOT, "%.2f", reading),
                    String.format(Locale.ROOT, "%.2f", MICROS_PER_SECOND * serving / rate),
                    String.format(Locale.ROOT, "%.2f", MICROS_PER_SECOND * reading / rate));
        }
    }

    private void cpu() {
        heading(
                "Processors kept busy, by process (% of one)",
                "load", "gateway", "Kafka", "ZooKeeper", "leader", "router");
        List<String> loads = new ArrayList<>(List.of(Comparison.IDLE));
        Scenario.rates().forEach(rate -> loads.add(rate(rate)));
        for (String load : loads) {
            if (board.has(load, ONE_GATEWAY)) {
                List<String> cells = new ArrayList<>(List.of(load));
                for (String process : List.of("gateway-1", "kafka", "zookeeper", "leader", "router")) {
                    cells.add(String.format(Locale.ROOT, "%.1f", PERCENT * board.cpu(load, ONE_GATEWAY, process)));
                }
                row(cells.toArray(String[]::new));
            }
        }
    }

    private void generatorBound() {
        if (generatorBound) {
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%s The generator kept its event loops busy for %.0f %% of the time or more: the server could do more.",
                    GENERATOR_BOUND.trim(),
                    PERCENT * GENERATOR_BUSY));
        }
    }

    private void unclean() {
        for (Map.Entry<String, Map<String, List<Generator.Measurement>>> scenario :
                board.all().entrySet()) {
            for (Map.Entry<String, List<Generator.Measurement>> system :
                    scenario.getValue().entrySet()) {
                if (!board.isClean(scenario.getKey(), system.getKey())) {
                    lines.add("NOT CLEAN: " + scenario.getKey() + ", " + system.getKey() + ": "
                            + trouble(system.getValue()));
                }
            }
        }
    }

    private void disturbed() {
        long disturbed =
                measurements().filter(Generator.Measurement::isDisturbed).count();
        if (disturbed > 0) {
            double most = measurements()
                    .mapToDouble(Generator.Measurement::othersCpu)
                    .max()
                    .orElse(0);
            lines.add(String.format(
                    Locale.ROOT,
                    "DISTURBED: in %d of %d runs other processes took more than %.2f processors, up to %.2f.",
                    disturbed,
                    measurements().count(),
                    Generator.DISTURBED,
                    most));
        }
    }

    private Stream<Generator.Measurement> measurements() {
        return board.all().values().stream()
                .flatMap(systems -> systems.values().stream())
                .flatMap(List::stream);
    }

    private static String trouble(List<Generator.Measurement> measurements) {
        List<String> each = new ArrayList<>();
        for (Generator.Measurement measurement : measurements) {
            var result = measurement.result();
            each.add("lost " + result.path("lost").asLong()
                    + ", duplicates " + result.at("/totals/duplicates").asLong()
                    + ", reordered " + result.at("/totals/late").asLong()
                    + ", unacknowledged " + result.path("unacknowledged").asLong()
                    + ", refused " + result.at("/totals/refused").asLong()
                    + ", connections " + result.path("connectionsLost").asLong()
                    + ", failed " + result.path("failed").asLong()
                    + " " + result.path("firstConnectionLoss").asText("")
                    + result.path("firstFailure").asText(""));
        }
        return String.join("; ", each);
    }

    void heading(String title, String... columns) {
        dropEmptyTable();
        lines.addAll(heading(title, List.of(columns)));
    }

    /** The last table, when nothing of it was measured. */
    private void dropEmptyTable() {
        int size = lines.size();
        if (size >= HEADING_LINES && lines.get(size - HEADING_LINES + 1).startsWith(TITLE)) {
            lines.subList(size - HEADING_LINES, size).clear();
        }
    }

    /** The beginning of a table. */
    static List<String> heading(String title, List<String> columns) {
        return List.of(
                "",
                "### " + title,
                "",
                line(columns),
                line(columns.stream().map(column -> "---").toList()));
    }

    void row(String... cells) {
        lines.add(line(List.of(cells)));
    }

    /** A row of a table. */
    static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    static String atLeast(Ratios ratios, double target) {
        return verdict(ratios, ratios.middle() >= target, "≥ " + target);
    }

    /** Whether the target is reached; it is not by a run that lost something, nor against one. */
    static String verdict(Ratios ratios, boolean reached, String target) {
        if (ratios.values().isEmpty()) {
            return target;
        }
        return target + (ratios.clean() ? reached ? " ✓" : " ✗" : " ✗ (not clean)");
    }

    static String number(double value) {
        return value == 0 ? NONE : String.format(Locale.ROOT, "%,.0f", value);
    }
}
