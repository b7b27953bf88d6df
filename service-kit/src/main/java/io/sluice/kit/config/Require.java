package io.sluice.kit.config;

import java.time.Duration;

/**
 * The checks that configuration records make in their compact constructors. Each throws an
 * {@link IllegalArgumentException} whose message begins with the name of the component: {@link Configs} makes the full
 * key of it.
 */
public final class Require {

    private Require() {}

    /** Both bounds are allowed. */
    public static void range(String component, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(component + " must be " + least + " to " + most + ", was " + value);
        }
    }

    /** The bound is allowed. */
    public static void atLeast(String component, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(component + " must be at least " + least + ", was " + value);
        }
    }

    /** Something must stand there. */
    public static void notBlank(String component, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(component + " must not be empty");
        }
    }

    /** Longer than no time at all. */
    public static void positive(String component, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(component + " must be more than 0, was " + value);
        }
    }

    /** A time from {@code least} to {@code most}. */
    public static void between(String component, Duration value, Duration least, Duration most) {
        that(
                component,
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                "must be " + least.toMillis() + "ms to " + most.toMillis() + "ms, was " + value.toMillis() + "ms");
    }

    /** None or some time. */
    public static void notNegative(String component, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(component + " must not be negative, was " + value);
        }
    }

    /**
     * Any condition.
     *
     * @param component the one that is wrong
     * @param holds whether all is well
     * @param expectation what follows the component's name in the message, such as {@code must begin with a slash}
     */
    public static void that(String component, boolean holds, String expectation) {
        if (!holds) {
            throw new IllegalArgumentException(component + " " + expectation);
        }
    }
}
