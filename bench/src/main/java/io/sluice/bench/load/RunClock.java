package io.sluice.bench.load;

/** The time of a run in microseconds: {@link System#nanoTime} from an origin on. Any thread. */
public final class RunClock {

    private static final int NANOS_PER_MICRO = 1_000;

    private final long origin = System.nanoTime();

    /** Microseconds since this clock was made. */
    public long micros() {
        return (System.nanoTime() - origin) / NANOS_PER_MICRO;
    }
}
