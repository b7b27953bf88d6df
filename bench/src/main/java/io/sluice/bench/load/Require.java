package io.sluice.bench.load;

import io.sluice.bench.BenchException;

/** Checks of what was asked for. */
final class Require {

    private Require() {}

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new BenchException(message);
        }
    }

    static void range(String what, long value, long min, long max) {
        that(value >= min && value <= max, what + ": must be " + min + " to " + max + ", was " + value);
    }
}
