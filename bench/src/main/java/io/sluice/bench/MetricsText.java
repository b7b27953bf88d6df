package io.sluice.bench;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process tells of its metrics, in the text format of Prometheus.
 *
 * @param samples one line for each
 */
public record MetricsText(List<String> samples) {

    /** What was told. */
    public static MetricsText of(String told) {
        return new MetricsText(
                told.lines().filter(line -> !line.startsWith("#")).toList());
    }

    /** The names of all metrics. */
    public Set<String> names() {
        return samples.stream().map(MetricsText::name).collect(Collectors.toSet());
    }

    private static String name(String sample) {
        return sample.split("[{ ]", 2)[0];
    }

    /**
     * The sum of a metric over all its labels that have these in them, 0 if none has; nothing if the metric is not told.
     *
     * @param labels such as {@code qos="0"}
     */
    public OptionalDouble sum(String metric, String... labels) {
        List<String> told =
                samples.stream().filter(sample -> name(sample).equals(metric)).toList();
        return told.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(told.stream()
                        .filter(sample -> Stream.of(labels).allMatch(sample::contains))
                        .mapToDouble(sample -> Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1)))
                        .sum());
    }
}
