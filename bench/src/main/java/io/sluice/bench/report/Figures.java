package io.sluice.bench.report;

import io.sluice.bench.kafka.HopResult;
import io.sluice.bench.kafka.KafkaDrainResult;
import io.sluice.bench.load.ConnectResult;
import io.sluice.bench.load.DrainResult;
import io.sluice.bench.load.IdleResult;
import io.sluice.bench.load.Latency;
import io.sluice.bench.load.Totals;
import io.sluice.bench.load.TrafficResult;
import java.util.Locale;

/** The table at the end of a run. */
public final class Figures {

    private static final double MICROS_PER_MS = 1_000;

    private final StringBuilder text = new StringBuilder();

    private Figures() {}

    /** The figures of a run of messages. */
    public static String of(TrafficResult result) {
        Figures figures = new Figures();
        Totals totals = result.totals();
        figures.line("measured", "%.1f s, generator %.2f processors", result.seconds(), result.generatorCpu());
        figures.line("published", "%,.0f msg/s", result.publishRate());
        figures.line("delivered", "%,.0f msg/s, %.1f MB/s", result.deliveryRate(), result.megabytesRate());
        figures.latency("delivery", result.delivery());
        figures.latency("acknowledge", result.acknowledgement());
        figures.line("sent", "%,d, expected deliveries %,d", totals.sent(), result.expected());
        figures.line(
                "lost",
                "%,d; duplicates %,d; reordered %,d; unacknowledged %,d; refused %,d",
                result.lost(),
                totals.duplicates(),
                totals.late(),
                result.unacknowledged(),
                totals.refused());
        if (result.unsent() > 0) {
            figures.line("unsent", "%,d messages that were due and that the broker did not take", result.unsent());
        }
        if (totals.foreign() > 0) {
            figures.line("foreign", "%,d messages that should not have come", totals.foreign());
        }
        if (totals.writtenOff() > 0) {
            figures.line("written off", "%,d messages that the closed loop gave up on", totals.writtenOff());
        }
        if (result.connectionsLost() > 0) {
            figures.line("connections", "%,d lost; first: %s", result.connectionsLost(), result.firstConnectionLoss());
        }
        return figures.text.toString();
    }

    /** The figures of a run of connects. */
    public static String of(ConnectResult result) {
        Figures figures = new Figures();
        figures.line("measured", "%.1f s, generator %.2f processors", result.seconds(), result.generatorCpu());
        figures.line("connected", "%,.0f clients/s, %,d in all", result.connectRate(), result.connected());
        figures.latency("connect", result.connect());
        figures.line(
                "failed", "%,d%s", result.failed(), result.failed() == 0 ? "" : "; first: " + result.firstFailure());
        return figures.text.toString();
    }

    /** The figures of a run of idle connections. */
    public static String of(IdleResult result) {
        Figures figures = new Figures();
        figures.line(
                "connected",
                "%,d in %.1f s, %,.0f clients/s",
                result.connections(),
                result.connectSeconds(),
                result.connectRate());
        figures.line(
                "held",
                "%.1f s; lost %,d%s",
                result.heldSeconds(),
                result.connectionsLost(),
                result.connectionsLost() == 0 ? "" : "; first: " + result.firstConnectionLoss());
        return figures.text.toString();
    }

    /** The figures of messages that waited. */
    public static String of(DrainResult result) {
        Figures figures = new Figures();
        figures.line("queued", "%,.0f msg/s, %.1f s", result.queueRate(), result.queueSeconds());
        figures.line(
                "drained",
                "%,.0f msg/s, %.1f s, generator %.2f processors",
                result.drainRate(),
                result.drainSeconds(),
                result.generatorCpu());
        figures.line(
                "lost",
                "%,d; duplicates %,d; reordered %,d; unacknowledged %,d; refused %,d",
                result.lost(),
                result.totals().duplicates(),
                result.totals().late(),
                result.unacknowledged(),
                result.totals().refused());
        if (result.connectionsLost() > 0) {
            figures.line("connections", "%,d lost; first: %s", result.connectionsLost(), result.firstConnectionLoss());
        }
        return figures.text.toString();
    }

    /** The figures of records that waited in Kafka. */
    public static String of(KafkaDrainResult result) {
        Figures figures = new Figures();
        figures.line("queued", "%,.0f records/s", result.queueRate());
        figures.line(
                "drained",
                "%,.0f records/s, %.1f s, consumer %.2f processors",
                result.drainRate(),
                result.drainSeconds(),
                result.generatorCpu());
        figures.line("sent", "%,d, received %,d", result.sent(), result.received());
        return figures.text.toString();
    }

    /** The figures of a bare hop through Kafka. */
    public static String of(HopResult result) {
        Figures figures = new Figures();
        figures.line("measured", "%.1f s, generator %.2f processors", result.seconds(), result.generatorCpu());
        figures.line("sent", "%,d, received %,d", result.sent(), result.received());
        figures.latency("delivery", result.delivery());
        return figures.text.toString();
    }

    private void latency(String name, Latency latency) {
        if (latency.count() > 0) {
            line(
                    name + " ms",
                    "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f",
                    latency.p50() / MICROS_PER_MS,
                    latency.p90() / MICROS_PER_MS,
                    latency.p99() / MICROS_PER_MS,
                    latency.p999() / MICROS_PER_MS,
                    latency.max() / MICROS_PER_MS);
        }
    }

    private void line(String name, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-16s", name))
                .append(String.format(Locale.ROOT, format, values))
                .append(System.lineSeparator());
    }
}
