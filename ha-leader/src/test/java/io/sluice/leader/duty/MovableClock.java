package io.sluice.leader.duty;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that a test moves. */
final class MovableClock implements LongSupplier {

    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    void advance(Duration time) {
        // Like System.nanoTime, it may wrap.
        nanos += time.toNanos();
    }

    @Override
    public long getAsLong() {
        return nanos;
    }
}
