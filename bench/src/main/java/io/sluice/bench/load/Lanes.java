package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.mqtt.ClientLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * All lanes of a run, and what they have counted together. Used by the thread that runs it; what belongs to a lane is read on
 * that lane's thread.
 */
final class Lanes {

    private static final long POLL_MS = 20;
    private static final long SHOW_MICROS = 1_000_000;
    /** When everything is there: for what should not come, but might. */
    private static final long SETTLED_MICROS = 200_000;

    private final List<Lane> all = new ArrayList<>();
    private final RunClock clock;
    private final Progress progress;

    Lanes(ClientLoops loops, RunClock clock, Progress progress) {
        this.clock = clock;
        this.progress = progress;
        for (EventLoop loop : loops.loops()) {
            all.add(new Lane(loop, clock));
        }
    }

    List<Lane> all() {
        return all;
    }

    /** Where a client lives; one-to-one pairs share a lane. */
    Lane of(int client) {
        return all.get(client % all.size());
    }

    Totals totals() throws ExecutionException, InterruptedException {
        Totals sum = Totals.NONE;
        for (Lane lane : all) {
            sum = sum.plus(on(lane, () -> lane.snapshot().totals()));
        }
        return sum;
    }

    /** Whether everything is there. */
    interface Condition {
        boolean holds(Totals totals) throws ExecutionException, InterruptedException;
    }

    /**
     * Waits until nothing has arrived for a while: a short one when everything is there, else the given one.
     *
     * @return when the last change was seen, in microseconds of the run's clock
     */
    long settle(Progress.Phase phase, Duration atMost, Condition complete)
            throws ExecutionException, InterruptedException {
        long lastChange = clock.micros();
        long lastShown = lastChange;
        long quiet = TimeUnit.NANOSECONDS.toMicros(atMost.toNanos());
        Totals totals = totals();
        while (clock.micros() - lastChange < (complete.holds(totals) ? Math.min(quiet, SETTLED_MICROS) : quiet)) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            Totals last = totals;
            totals = totals();
            long now = clock.micros();
            if (!totals.equals(last)) {
                lastChange = now;
            }
            if (now - lastShown > SHOW_MICROS) {
                lastShown = now;
                progress.traffic(phase, 0, 0, 0, totals);
            }
        }
        return lastChange;
    }

    static <T> T on(Lane lane, Callable<T> action) throws ExecutionException, InterruptedException {
        return lane.loop.submit(action).get();
    }
}
