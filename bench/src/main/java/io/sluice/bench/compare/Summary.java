package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** One line that tells what a run showed, while others still go on. */
final class Summary {

    private static final double MICROS_PER_MS = 1_000;

    private Summary() {}

    static String of(Generator.Measurement measurement) {
        double others = measurement.othersCpu();
        return of(measurement.result())
                + (measurement.isClean() ? "" : ", NOT CLEAN")
                + (measurement.isDisturbed()
                        ? String.format(Locale.ROOT, ", DISTURBED: others took %.2f processors", others)
                        : "");
    }

    private static String of(JsonNode result) {
        if (result.has("connectRate")) {
            return String.format(
                    Locale.ROOT, "%,.0f connects/s", result.path("connectRate").asDouble());
        }
        if (result.has("drainRate")) {
            return String.format(
                    Locale.ROOT,
                    "%,.0f queued/s, %,.0f fetched/s in %.1f s",
                    result.path("queueRate").asDouble(),
                    result.path("drainRate").asDouble(),
                    result.path("drainSeconds").asDouble());
        }
        JsonNode times = result.path("delivery");
        String latency = String.format(
                Locale.ROOT,
                "p50 %.2f p99 %.2f ms",
                times.path("p50").asDouble() / MICROS_PER_MS,
                times.path("p99").asDouble() / MICROS_PER_MS);
        if (!result.has("deliveryRate")) {
            return latency;
        }
        return String.format(
                Locale.ROOT,
                "%,.0f publishes/s, %,.0f deliveries/s, %s",
                result.path("publishRate").asDouble(),
                result.path("deliveryRate").asDouble(),
                latency);
    }
}
