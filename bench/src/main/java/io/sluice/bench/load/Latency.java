package io.sluice.bench.load;

import org.HdrHistogram.Histogram;

/**
 * A distribution of times in microseconds.
 *
 * @param count of measurements
 * @param mean 0 when there are none, as all others
 * @param p50 half of all are not higher
 * @param p90 nine of ten
 * @param p99 99 of 100
 * @param p999 999 of 1,000
 * @param max the highest
 */
public record Latency(long count, double mean, long p50, long p90, long p99, long p999, long max) {

    /** Sums up a histogram of microseconds. */
    public static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getMean(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /** An empty histogram of the form that all measurements use: three digits, any height. */
    public static Histogram histogram() {
        return new Histogram(3);
    }
}
