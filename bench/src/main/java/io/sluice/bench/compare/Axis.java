package io.sluice.bench.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A logarithmic axis from one round number to another. Round are 1, 2 and 5 and their products with powers of ten.
 *
 * @param from more than 0
 * @param to more than {@code from}
 */
record Axis(double from, double to) {

    private static final int[] ROUND = {1, 2, 5};
    private static final double ALMOST = 1e-9;

    /** The smallest axis on which all values have room. */
    static Axis of(Collection<Double> values) {
        double min = values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double max = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double from = Double.NaN;
        double to = Double.NaN;
        for (int power = (int) Math.floor(Math.log10(min)) - 1; Double.isNaN(to); power++) {
            for (int round : ROUND) {
                double value = round * Math.pow(10, power);
                if (value <= min * (1 + ALMOST)) {
                    from = value;
                } else if (value >= max * (1 - ALMOST) && Double.isNaN(to)) {
                    to = value;
                }
            }
        }
        return new Axis(from, to);
    }

    /** Where a value stands: 0 is the beginning of the axis, 1 its end. */
    double position(double value) {
        return Math.log(value / from) / Math.log(to / from);
    }

    /** The round numbers on the axis, both ends included. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(from)); Math.pow(10, power) <= to * (1 + ALMOST); power++) {
            for (int round : ROUND) {
                double value = round * Math.pow(10, power);
                if (value >= from * (1 - ALMOST) && value <= to * (1 + ALMOST)) {
                    ticks.add(value);
                }
            }
        }
        return ticks;
    }

    /** How a tick is labelled: 0.5, 20, 5k, 1M. */
    static String label(double value) {
        if (value >= 1e6 * (1 - ALMOST)) {
            return String.format(Locale.ROOT, "%.0fM", value / 1e6);
        }
        if (value >= 1e3 * (1 - ALMOST)) {
            return String.format(Locale.ROOT, "%.0fk", value / 1e3);
        }
        return value >= 1 - ALMOST ? String.format(Locale.ROOT, "%.0f", value) : Float.toString((float) value);
    }
}
