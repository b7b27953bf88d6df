package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the load generator as a process of its own, once for each measurement. */
final class Generator {

    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx1g");
    private static final Duration OVERHEAD = Duration.ofMinutes(2);
    /** From the start of the generator's JVM to its first message, roughly. */
    private static final Duration START = Duration.ofSeconds(2);

    private final Path folder;
    private final Duration warmUp;
    private final Duration duration;
    private int runs;

    Generator(Path folder, Duration warmUp, Duration duration) {
        this.folder = folder;
        this.warmUp = warmUp;
        this.duration = duration;
    }

    /**
     * What one run showed.
     *
     * @param result as the generator wrote it
     * @param cpu processors that each watched process kept busy in the middle of the run, by its name
     */
    record Measurement(JsonNode result, Map<String, Double> cpu) {}

    /** Runs one scenario; the time is this generator's. */
    Measurement run(List<String> arguments, List<ManagedProcess> watched) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--warmup", warmUp.toMillis() + "ms", "--duration", duration.toMillis() + "ms", "--quiet"));
        Path json = folder.resolve("run-" + ++runs + ".json");
        try (ManagedProcess process = start(all, json)) {
            sleep(START.plus(warmUp));
            Map<String, Double> cpu = watch(watched, duration.minusSeconds(1));
            if (process.await(duration.plus(OVERHEAD)) != 0) {
                throw new BenchException("the generator failed" + process.tail());
            }
            return new Measurement(new ObjectMapper().readTree(json.toFile()).get("result"), cpu);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a run that takes as long as its arguments say. */
    ManagedProcess start(List<String> arguments, Path json) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--json", json.toString()));
        return ManagedProcess.start("generator-" + runs, folder, Jvm.command(JVM, "io.sluice.bench.Main", all));
    }

    /** How many processors each process keeps busy over a stretch of time. */
    static Map<String, Double> watch(List<ManagedProcess> processes, Duration time) {
        Map<ManagedProcess, Duration> before = new LinkedHashMap<>();
        processes.forEach(process -> before.put(process, process.cpu()));
        long start = System.nanoTime();
        sleep(time);
        double nanos = System.nanoTime() - start;
        Map<String, Double> busy = new LinkedHashMap<>();
        before.forEach((process, cpu) ->
                busy.put(process.name(), process.cpu().minus(cpu).toNanos() / nanos));
        return busy;
    }

    static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, time.toNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
