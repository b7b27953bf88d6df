package io.sluice.bench.load;

import java.time.Duration;

/** The processor time of this process over a stretch of time. */
public final class Cpu {

    private final long startNanos = System.nanoTime();
    private final Duration start = used();

    private static Duration used() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** How many processors were busy for it on the mean, since this was made. */
    public double busy() {
        return used().minus(start).toNanos() / (double) Math.max(1, System.nanoTime() - startNanos);
    }
}
