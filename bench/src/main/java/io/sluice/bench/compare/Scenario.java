package io.sluice.bench.compare;

import java.util.List;
import java.util.stream.Stream;

/**
 * Something that brokers are compared in.
 *
 * @param name in the table
 * @param arguments of the generator, but for targets and times
 * @param metric of the result that is compared
 * @param target what the ratio to Mosquitto should at least be
 * @param eventLoops of the generator
 */
record Scenario(String name, List<String> arguments, String metric, double target, int eventLoops) {

    Scenario {
        arguments = Stream.concat(arguments.stream(), Stream.of("--event-loops", Integer.toString(eventLoops)))
                .toList();
    }

    private static final String DELIVERIES = "deliveryRate";
    /** At a few hundred messages a second a new JVM would be cold for the whole of a run. */
    private static final String PRACTICE = "100000";

    private static final String PAIRS = "one-to-one 100 → 100, ";

    /**
     * Throughput in a closed loop. At QoS 0 one event loop of the generator would be slower than Mosquitto, whose figure
     * would then be the generator's.
     */
    static List<Scenario> throughput() {
        return List.of(
                closedLoop(PAIRS + "QoS 1", 2.0, "one-to-one", "--qos", "1"),
                new Scenario(PAIRS + "QoS 0", List.of("one-to-one", "--qos", "0"), DELIVERIES, 1.1, 2),
                closedLoop(PAIRS + "QoS 2", 1.5, "one-to-one", "--qos", "2"),
                closedLoop("fan-out 1 → 500, QoS 0", 3.0, "fan-out", "--qos", "0", "--window", "100"),
                closedLoop("fan-out 1 → 500, QoS 1", 3.0, "fan-out", "--qos", "1", "--window", "100"),
                closedLoop("fan-in 500 → 5, QoS 1", 3.0, "fan-in", "--qos", "1"));
    }

    /** Many publishers, and a group in which each message comes to one of five. */
    static Scenario shared() {
        return closedLoop(
                "shared group of 5 for 500 publishers, QoS 1", 1.0, "fan-in", "--shared", "--qos", "1", "--mqtt", "5");
    }

    /** Connects as fast as they are accepted. One event loop of the generator would be slower than either server. */
    static Scenario connects() {
        return new Scenario("connects", List.of("connect"), "connectRate", 0.8, 2);
    }

    private static Scenario closedLoop(String name, double target, String... arguments) {
        return new Scenario(name, List.of(arguments), DELIVERIES, target, 1);
    }

    private static final List<String> DURABLE = List.of("--durable", "--mqtt", "5");

    /** Pairs whose sessions, the publishers' too, outlive their connections. */
    static List<Scenario> durable() {
        return List.of(
                closedLoop("durable one-to-one 100 → 100, QoS 1", 0.75, durable("one-to-one", "--qos", "1")),
                closedLoop("durable one-to-one 100 → 100, QoS 2", 0.5, durable("one-to-one", "--qos", "2")));
    }

    /** Rates of the latency measurements with durable sessions, messages in a second. */
    static List<Integer> durableRates() {
        return List.of(500, 2_000);
    }

    static List<String> durableLatency(int rate) {
        return List.of(durable(latency(rate).toArray(String[]::new)));
    }

    /** The same without practice, which goes at full speed. */
    static List<String> durableAt(int rate) {
        return List.of(durable("one-to-one", "--qos", "1", "--rate", Integer.toString(rate)));
    }

    private static String[] durable(String... arguments) {
        return Stream.concat(Stream.of(arguments), DURABLE.stream()).toArray(String[]::new);
    }

    /** A hundred durable sessions, and what waited for them. */
    static final String DRAIN = "drain of durable sessions";

    static List<String> drain(int messages) {
        return List.of("drain", "--mqtt", "5", "--messages", Integer.toString(messages));
    }

    static List<String> kafkaDrain(int messages) {
        return List.of("kafka-drain", "--messages", Integer.toString(messages));
    }

    /** One-to-one with several gateways, each pair across two of them. */
    static List<Scenario> scaling() {
        return throughput().subList(0, 2);
    }

    /** Rates of the latency measurements, messages in a second. */
    static List<Integer> rates() {
        return List.of(500, 2_000, 10_000);
    }

    /** What others feel of subscribers that stop reading: the same with and without them. */
    static final String STOPPED = "100 stopped subscribers";

    /** The same without those who stop. */
    static final String NONE_STOPPED = "no stopped subscribers";

    /** One publisher and ten that read, at a fixed rate, beside so many that have stopped. */
    static List<String> stopped(int stopped) {
        List<String> arguments = List.of("fan-out", "--subscribers", "10", "--rate", "5000", "--practice", PRACTICE);
        return Stream.concat(arguments.stream(), Stream.of("--stopped", Integer.toString(stopped)))
                .toList();
    }

    static List<String> latency(int rate) {
        return List.of("one-to-one", "--qos", "1", "--rate", Integer.toString(rate), "--practice", PRACTICE);
    }
}
