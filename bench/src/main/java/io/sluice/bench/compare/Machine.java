package io.sluice.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who kept the processors busy over a stretch of time: the watched processes, and all others of this machine. */
final class Machine {

    private static final Path STAT = Path.of("/proc/stat");
    private static final long NANOS_PER_TICK = 10_000_000;
    /** user, nice, system, idle, iowait, irq, softirq, steal: all but the two that are no work. */
    private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

    private Machine() {}

    /**
     * Processors kept busy.
     *
     * @param watched by process
     * @param others by all processes that were not watched, and by other machines of the same host; 0 where it cannot be
     *     told
     */
    record Use(Map<String, Double> watched, double others) {}

    /** Looks for a while. */
    static Use watch(List<ManagedProcess> processes, Duration time) {
        return watch(processes, () -> Generator.sleep(time));
    }

    /** Looks for as long as something takes; the processes outlive it. */
    static Use watch(List<ManagedProcess> processes, Runnable meanwhile) {
        Map<ManagedProcess, Duration> before = new LinkedHashMap<>();
        long busyBefore = busyNanos();
        long start = System.nanoTime();
        processes.forEach(process -> before.put(process, process.cpu()));
        meanwhile.run();
        Map<String, Double> watched = new LinkedHashMap<>();
        double nanos = System.nanoTime() - start;
        before.forEach((process, cpu) ->
                watched.put(process.name(), process.cpu().minus(cpu).toNanos() / nanos));
        double all = (busyNanos() - busyBefore) / nanos;
        double ours = watched.values().stream().mapToDouble(Double::doubleValue).sum();
        return new Use(watched, Math.max(0, all - ours));
    }

    private static long busyNanos() {
        try {
            String[] fields = Files.readAllLines(STAT).get(0).trim().split(" +", -1);
            long ticks = 0;
            for (int field : BUSY) {
                ticks += Long.parseLong(fields[field]);
            }
            return ticks * NANOS_PER_TICK;
        } catch (IOException e) {
            // Not Linux: nothing can be told.
            return 0;
        }
    }
}
