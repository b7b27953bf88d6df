package io.sluice.bench.compare;

import io.sluice.bench.compare.Generator.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** All measurements of a comparison: scenario → system → one for each round. */
final class Board {

    private final Map<String, Map<String, List<Measurement>>> measurements = new LinkedHashMap<>();

    void add(String scenario, String system, Measurement measurement) {
        measurements
                .computeIfAbsent(scenario, key -> new LinkedHashMap<>())
                .computeIfAbsent(system, key -> new ArrayList<>())
                .add(measurement);
    }

    /** For the JSON file. */
    Map<String, Map<String, List<Measurement>>> all() {
        return measurements;
    }

    private List<Measurement> of(String scenario, String system) {
        return measurements.getOrDefault(scenario, Map.of()).getOrDefault(system, List.of());
    }

    boolean has(String scenario, String system) {
        return !of(scenario, system).isEmpty();
    }

    /** The middle of all rounds; 0 when there is none. */
    double median(String scenario, String system, String path) {
        return median(
                of(scenario, system).stream().map(value(path)::applyAsDouble).toList());
    }

    /** How many processors a process kept busy, in the middle of all rounds. */
    double cpu(String scenario, String system, String process) {
        return median(of(scenario, system).stream()
                .map(measurement -> measurement.cpu().getOrDefault(process, 0.0))
                .toList());
    }

    /** How two systems relate: for each round its ratio. */
    Ratios ratios(String scenario, String system, String baseScenario, String baseSystem, String path) {
        List<Measurement> measured = of(scenario, system);
        List<Measurement> base = of(baseScenario, baseSystem);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(measured.size(), base.size()); round++) {
            ratios.add(
                    value(path).applyAsDouble(measured.get(round)) / value(path).applyAsDouble(base.get(round)));
        }
        return new Ratios(ratios, isClean(scenario, system) && isClean(baseScenario, baseSystem));
    }

    /** Whether no run of it lost, repeated, reordered or refused something, or lost a connection. */
    boolean isClean(String scenario, String system) {
        return of(scenario, system).stream().allMatch(Measurement::isClean);
    }

    private static ToDoubleFunction<Measurement> value(String path) {
        return measurement -> measurement.result().at("/" + path).asDouble();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return size == 0 ? 0 : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    /**
     * The ratios of all rounds.
     *
     * @param clean whether all runs were on both sides
     */
    record Ratios(List<Double> values, boolean clean) {

        /** Clean only if the others are too. */
        Ratios with(Ratios others) {
            return new Ratios(values, clean && others.clean);
        }

        double middle() {
            return median(values);
        }

        @Override
        public String toString() {
            if (values.isEmpty()) {
                return "–";
            }
            String middle = String.format(Locale.ROOT, "%.2f", middle());
            double min = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
            double max = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
            return values.size() == 1 ? middle : String.format(Locale.ROOT, "%s (%.2f–%.2f)", middle, min, max);
        }
    }
}
