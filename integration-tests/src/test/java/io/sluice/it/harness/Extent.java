package io.sluice.it.harness;

/**
 * How much a test does that has two forms: a short one, which every change has to pass, and a full one, which takes its time.
 * {@code ./sluice soak} asks for the full forms; it runs the tests that are {@link Soaked}.
 */
public final class Extent {

    private static final boolean FULL = Boolean.getBoolean("sluice.soak");

    private Extent() {}

    /** What the form that runs is to use: rounds, cases, durations. */
    public static <T> T of(T inShort, T inFull) {
        return FULL ? inFull : inShort;
    }
}
