package io.sluice.bench.compare;

import io.sluice.bench.compare.Generator.Measurement;
import io.sluice.bench.kafka.TopicContents;
import io.sluice.bench.kafka.TopicContents.Content;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Looks at all topics of Kafka, its own too, before and after a run, and divides what has come by the messages that were
 * acknowledged. Whatever the run causes counts: connecting, warming up and the end as well as the measurement.
 */
final class StoreCostRun {

    private static final double TARGET = 2.5;
    private static final int RATE = 2_000;
    private static final double PERCENT = 100;
    /** Shares below this are told by the sum alone. */
    private static final double LEAST = 0.001;
    /** Longer than anything is held back before it is written. */
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private final Path folder;
    private final Generator generator;

    StoreCostRun(Path folder, Duration duration) {
        this.folder = folder;
        generator = new Generator(folder, duration, duration, Duration.ZERO);
    }

    /** Runs it and gives the tables. */
    List<String> run() {
        List<String> lines = new ArrayList<>();
        try (Cluster cluster = Cluster.start(Cluster.Build.present(), folder, List.of(), List.of());
                TopicContents contents = new TopicContents(cluster.bootstrapServers())) {
            String gateway = cluster.startGateway(List.of()).address();
            List<String> fullSpeed = Scenario.durable().get(0).arguments();
            measure(cluster, gateway, fullSpeed);
            lines.addAll(table(cluster, contents, gateway, "2,000 msg/s", Scenario.durableAt(RATE)));
            lines.addAll(table(cluster, contents, gateway, "full speed", fullSpeed));
            return lines;
        }
    }

    private Measurement measure(Cluster cluster, String gateway, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--target", gateway));
        Measurement measurement = generator.once(all, cluster.processes());
        Generator.sleep(SETTLE);
        return measurement;
    }

    private List<String> table(
            Cluster cluster, TopicContents contents, String gateway, String title, List<String> arguments) {
        Map<String, Content> before = contents.look();
        Measurement measurement = measure(cluster, gateway, arguments);
        Map<String, Content> after = contents.look();
        double messages = measurement.result().at("/totals/acknowledged").asDouble();
        List<String> lines = new ArrayList<>(RatioTables.heading(
                "Durable sessions that keep up, QoS 1, " + title + ": what a message costs",
                List.of("topic", "records and markers", "bytes on disk")));
        Content sum = Content.NONE;
        for (Map.Entry<String, Content> topic : after.entrySet()) {
            Content came = topic.getValue().since(before.getOrDefault(topic.getKey(), Content.NONE));
            sum = sum.plus(came);
            if (came.entries() / messages >= LEAST) {
                lines.add(row(topic.getKey(), came, messages, ""));
            }
        }
        String verdict = ", ≤ " + TARGET + (sum.entries() / messages <= TARGET ? " ✓" : " ✗");
        lines.add(row("all", sum, messages, verdict));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%,.0f messages, %,.0f msg/s, %s; %% of a processor: router %.1f, gateway %.1f, Kafka %.1f; all else on"
                        + " this machine %.0f.",
                messages,
                measurement.result().path("deliveryRate").asDouble(),
                measurement.isClean() ? "clean" : "NOT CLEAN",
                PERCENT * measurement.cpu().get("router"),
                PERCENT * measurement.cpu().get("gateway-1"),
                PERCENT * measurement.cpu().get("kafka"),
                PERCENT * measurement.othersCpu()));
        return lines;
    }

    private static String row(String topic, Content content, double messages, String verdict) {
        return RatioTables.line(List.of(
                topic,
                String.format(Locale.ROOT, "%.3f%s", content.entries() / messages, verdict),
                String.format(Locale.ROOT, "%.1f", content.bytes() / messages)));
    }
}
