package io.sluice.gateway;

import java.time.Duration;

/** Checks of settings. The message begins with the setting's name, which the loader makes a full key of. */
final class Checks {

    private Checks() {}

    static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
        }
    }

    static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be more than 0, was " + value);
        }
    }
}
