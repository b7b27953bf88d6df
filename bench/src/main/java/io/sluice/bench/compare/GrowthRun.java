package io.sluice.bench.compare;

import io.sluice.bench.compare.Curve.Point;
import io.sluice.bench.compare.Curve.Sample;
import io.sluice.bench.compare.Generator.Measurement;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One gateway while one kind of work grows and everything else stays the same: pairs of clients at QoS 1, first in a closed
 * loop with 1,000 messages in flight in all, then at a fixed rate.
 */
final class GrowthRun {

    /** Room for a million subscriptions; fixed, so that all points have the same heap. */
    private static final List<String> GATEWAY = List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-Xms2g", "-Xmx2g");

    private static final int PAIRS = 100;
    private static final int IN_FLIGHT = 1_000;
    private static final int RATE = 2_000;
    private static final int RATE_OF_LARGE = 200;
    /** Before each measurement, for the generator's new JVM. */
    private static final int PRACTICE = 50_000;

    private static final int PRACTICE_BYTES = 100_000_000;
    private static final double MICROS_PER_MS = 1_000;
    private static final int MOST_SUBSCRIPTIONS_OF_A_CLIENT = 1_000;
    private static final String SOURCES = "127.0.0.1,127.0.0.2,127.0.0.3";
    /** As much as a new gateway needs until its code is compiled: else its first size would be slow for its youth. */
    private static final List<String> REHEARSAL = List.of("one-to-one", "--qos", "1", "--practice", "500000");

    /** More than a gateway remembers the targets of, so that each message is matched. */
    private static final int TOPICS_TO_MATCH = 100_000;

    private final Plan plan;
    private final Path folder;
    private final PrintWriter progress;
    private final Generator generator;
    private Cluster cluster;

    GrowthRun(Plan plan, Path folder, PrintWriter progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.generator = new Generator(folder, plan.warmUp(), plan.duration(), Duration.ZERO);
    }

    /**
     * How much of it.
     *
     * @param warmUp of each run
     * @param duration of each run
     * @param samples runs of each kind for each size
     * @param only curves whose name this finds
     * @param most the largest size of anything but payloads; larger ones are left out
     */
    record Plan(Duration warmUp, Duration duration, int samples, Pattern only, int most) {

        private List<Integer> sizes(Integer... all) {
            return List.of(all).stream().filter(size -> size <= most).toList();
        }
    }

    /** Measures one size. */
    private interface Measure {
        Point at(Cluster.Gateway gateway, int size);
    }

    List<Curve> run() {
        List<Curve> curves = new ArrayList<>();
        try (Cluster started = Cluster.start(Cluster.Build.present(), folder, List.of(), List.of())) {
            cluster = started;
            curves.add(payload());
            curves.add(topics());
            curves.add(subscriptions());
            curves.add(connections());
        }
        curves.removeIf(curve -> curve.series().isEmpty());
        return curves;
    }

    private Curve payload() {
        Curve curve = new Curve("payload", "bytes of payload", RATE_OF_LARGE);
        return grow(curve, "QoS 1", List.of(10, 100, 1_000, 10_000, 100_000), (gateway, size) -> {
            List<String> shape = List.of("--payload", Integer.toString(size));
            int practice = Math.min(PRACTICE, PRACTICE_BYTES / size);
            return point(curve, gateway, size, PAIRS, practice, shape);
        });
    }

    private Curve topics() {
        Curve curve = new Curve("topics", "topics published to in turn", RATE);
        List<Integer> sizes = plan.sizes(1, 100, 1_000, 10_000, 100_000, 1_000_000);
        return grow(curve, "QoS 1", sizes, (gateway, size) -> {
            int pairs = Math.min(size, PAIRS);
            List<String> shape = List.of("--topics-per-publisher", Integer.toString(size / pairs));
            // Each topic once before anything is measured: what is new about a topic is not what it costs later.
            return point(curve, gateway, size, pairs, Math.max(size, PRACTICE), shape);
        });
    }

    private Curve subscriptions() {
        Curve curve = new Curve("subscriptions", "subscriptions of other clients", RATE);
        List<Integer> sizes = plan.sizes(10, 1_000, 10_000, 100_000, 1_000_000);
        grow(curve, "exact", sizes, (gateway, size) -> beside(curve, gateway, size, List.of()));
        return grow(curve, "wildcard", sizes, (gateway, size) -> beside(curve, gateway, size, List.of("--wildcards")));
    }

    /** While others hold subscriptions that nothing is published to, and each topic has to be looked up among them. */
    private Point beside(Curve curve, Cluster.Gateway gateway, int size, List<String> form) {
        int clients = Math.max(10, size / MOST_SUBSCRIPTIONS_OF_A_CLIENT);
        List<String> arguments = new ArrayList<>(form);
        arguments.addAll(List.of(
                "--connections", Integer.toString(clients), "--subscriptions", Integer.toString(size / clients)));
        long start = System.nanoTime();
        try (IdleClients idle = IdleClients.start(generator, gateway, folder, 0, SOURCES, arguments)) {
            idle.awaitUp();
            say(String.format(Locale.ROOT, "%,d subscriptions stand after %.1f s", size, seconds(start)));
            List<String> shape = List.of("--topics-per-publisher", Integer.toString(TOPICS_TO_MATCH / PAIRS));
            return point(curve, gateway, size, PAIRS, TOPICS_TO_MATCH, shape);
        }
    }

    private static double seconds(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3;
    }

    private Curve connections() {
        Curve curve = new Curve("connections", "connections, half of them publish", RATE);
        List<Integer> sizes = plan.sizes(100, 1_000, 5_000, 18_000);
        return grow(
                curve,
                "QoS 1",
                sizes,
                (gateway, size) -> point(curve, gateway, size, size / 2, PRACTICE, List.of("--source", SOURCES)));
    }

    /** All sizes on one gateway. */
    private Curve grow(Curve curve, String series, List<Integer> sizes, Measure measure) {
        if (plan.only().matcher(curve.name()).find()) {
            say("Cost against " + curve.name() + ", " + series);
            Cluster.Gateway gateway = cluster.startGateway(GATEWAY);
            try {
                IntStream.range(0, 2).forEach(i -> once(gateway, REHEARSAL));
                sizes.forEach(size -> curve.add(series, measure.at(gateway, size)));
            } finally {
                cluster.stop(gateway);
            }
        }
        return curve;
    }

    /**
     * Measures one size as often as planned, throughput and latency in turn.
     *
     * @param practice messages that go at full speed before each measurement
     */
    private Point point(Curve curve, Cluster.Gateway gateway, int size, int pairs, int practice, List<String> shape) {
        List<String> arguments =
                new ArrayList<>(List.of("one-to-one", "--qos", "1", "--pairs", Integer.toString(pairs)));
        arguments.addAll(List.of("--practice", Integer.toString(practice)));
        arguments.addAll(shape);
        List<String> closed = new ArrayList<>(arguments);
        closed.addAll(List.of("--window", Integer.toString(Math.max(1, IN_FLIGHT / pairs))));
        List<String> paced = new ArrayList<>(arguments);
        paced.addAll(List.of("--rate", Integer.toString(curve.rate())));

        List<Measurement> throughput = new ArrayList<>();
        List<Measurement> latency = new ArrayList<>();
        for (int sample = 0; sample < plan.samples(); sample++) {
            throughput.add(once(gateway, closed));
            latency.add(once(gateway, paced));
        }
        String sizeInWords = String.format(Locale.ROOT, "%,d %s", size, curve.unit());
        List<Measurement> all =
                Stream.concat(throughput.stream(), latency.stream()).toList();
        all.forEach(one -> say(sizeInWords + ": " + Summary.of(one)));
        return new Point(
                size,
                sample(throughput, "/deliveryRate", 1),
                sample(throughput, "/megabytesRate", 1),
                sample(latency, "/delivery/p50", MICROS_PER_MS),
                sample(latency, "/delivery/p99", MICROS_PER_MS),
                all.size(),
                all.stream().filter(Measurement::isClean).count(),
                all.stream().filter(Measurement::isDisturbed).count());
    }

    private static Sample sample(List<Measurement> measurements, String path, double divisor) {
        return new Sample(measurements.stream()
                .map(measurement -> measurement.result().at(path).asDouble() / divisor)
                .toList());
    }

    private Measurement once(Cluster.Gateway gateway, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--target", gateway.address()));
        return generator.once(all, cluster.processes());
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
