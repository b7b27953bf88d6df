package io.sluice.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Throughput and latency as one kind of work grows.
 *
 * @param name of the files and the table
 * @param unit of what grows
 * @param rate of the latency measurements, messages in a second
 * @param series one or more, each by ascending size
 */
record Curve(String name, String unit, int rate, Map<String, List<Point>> series) {

    private static final double MICROS_PER_MS = 1_000;

    Curve(String name, String unit, int rate) {
        this(name, unit, rate, new LinkedHashMap<>());
    }

    /**
     * One size of the work.
     *
     * @param size in the curve's unit
     * @param throughput deliveries in a second, in a closed loop
     * @param megabytes payload delivered in a second, then
     * @param p50 of the latency at the fixed rate, microseconds
     * @param p99 of the same
     */
    record Point(double size, double throughput, double megabytes, double p50, double p99) {}

    void add(String name, Point point) {
        series.computeIfAbsent(name, unused -> new ArrayList<>()).add(point);
    }

    /** The table, as Markdown. */
    List<String> table() {
        List<String> lines = new ArrayList<>(RatioTables.heading(
                "Cost against " + name,
                List.of(
                        unit,
                        "series",
                        "msg/s in a closed loop",
                        "MB/s",
                        String.format(Locale.ROOT, "p50 ms at %,d msg/s", rate),
                        "p99 ms")));
        series.forEach((of, points) -> points.forEach(point -> lines.add(RatioTables.line(List.of(
                String.format(Locale.ROOT, "%,.0f", point.size),
                of,
                String.format(Locale.ROOT, "%,.0f", point.throughput),
                String.format(Locale.ROOT, "%.1f", point.megabytes),
                String.format(Locale.ROOT, "%.2f", point.p50 / MICROS_PER_MS),
                String.format(Locale.ROOT, "%.2f", point.p99 / MICROS_PER_MS))))));
        return lines;
    }

    /** The plot, as SVG: throughput on the left, latency on the right. */
    String plot() {
        Map<String, Map<Double, Double>> throughput = new LinkedHashMap<>();
        Map<String, Map<Double, Double>> latency = new LinkedHashMap<>();
        series.forEach((of, points) -> {
            for (Point point : points) {
                throughput.computeIfAbsent(of, unused -> new LinkedHashMap<>()).put(point.size, point.throughput);
                latency.computeIfAbsent(of + ", p50", unused -> new LinkedHashMap<>())
                        .put(point.size, point.p50 / MICROS_PER_MS);
                latency.computeIfAbsent(of + ", p99", unused -> new LinkedHashMap<>())
                        .put(point.size, point.p99 / MICROS_PER_MS);
            }
        });
        return Plot.svg(
                unit,
                List.of(
                        new Plot.Panel("msg/s in a closed loop", throughput),
                        new Plot.Panel(String.format(Locale.ROOT, "latency at %,d msg/s, ms", rate), latency)));
    }
}
