package io.sluice.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Throughput and latency as one kind of work grows; the plot shows the middle of several runs, the table their range too.
 *
 * @param name of the files and the table
 * @param unit of what grows
 * @param rate of the latency measurements, messages in a second
 * @param series one or more, each by ascending size
 */
record Curve(String name, String unit, int rate, Map<String, List<Point>> series) {

    Curve(String name, String unit, int rate) {
        this(name, unit, rate, new LinkedHashMap<>());
    }

    /**
     * One size of the work.
     *
     * @param size in the curve's unit
     * @param throughput deliveries in a second, in a closed loop
     * @param megabytes payload delivered in a second, then
     * @param p50 of the latency at the fixed rate, ms
     * @param p99 of the same
     * @param runs how many there were
     * @param clean of them, in which nothing was lost, repeated, reordered, refused or disconnected
     * @param disturbed of them, by other processes of this machine
     */
    record Point(
            double size,
            Sample throughput,
            Sample megabytes,
            Sample p50,
            Sample p99,
            int runs,
            long clean,
            long disturbed) {}

    /** What several runs of the same showed; one or more, more than 0 each. */
    record Sample(List<Double> values) {

        Sample {
            values = values.stream().sorted().toList();
        }

        double median() {
            int size = values.size();
            return (values.get((size - 1) / 2) + values.get(size / 2)) / 2;
        }

        /** The middle and, if there are several, the range. */
        String toString(String format) {
            String middle = String.format(Locale.ROOT, format, median());
            return values.size() == 1
                    ? middle
                    : String.format(
                            Locale.ROOT,
                            "%s (" + format + "–" + format + ")",
                            middle,
                            values.get(0),
                            values.get(values.size() - 1));
        }
    }

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
                        "p99 ms",
                        "clean runs",
                        "disturbed")));
        series.forEach((of, points) -> points.forEach(point -> lines.add(RatioTables.line(List.of(
                String.format(Locale.ROOT, "%,.0f", point.size),
                of,
                point.throughput.toString("%,.0f"),
                point.megabytes.toString("%.1f"),
                point.p50.toString("%.2f"),
                point.p99.toString("%.2f"),
                point.clean + " of " + point.runs,
                Long.toString(point.disturbed))))));
        return lines;
    }

    /** The plot, as SVG: throughput on the left, latency on the right. */
    String plot() {
        Map<String, Map<Double, Double>> throughput = new LinkedHashMap<>();
        Map<String, Map<Double, Double>> latency = new LinkedHashMap<>();
        series.forEach((of, points) -> {
            for (Point point : points) {
                throughput
                        .computeIfAbsent(of, unused -> new LinkedHashMap<>())
                        .put(point.size, point.throughput.median());
                latency.computeIfAbsent(of + ", p50", unused -> new LinkedHashMap<>())
                        .put(point.size, point.p50.median());
                latency.computeIfAbsent(of + ", p99", unused -> new LinkedHashMap<>())
                        .put(point.size, point.p99.median());
            }
        });
        return Plot.svg(
                unit,
                List.of(
                        new Plot.Panel("msg/s in a closed loop", throughput),
                        new Plot.Panel(String.format(Locale.ROOT, "latency at %,d msg/s, ms", rate), latency)));
    }
}
