package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bench.BenchException;
import io.sluice.bench.report.Announcement;
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
    private static final Duration MOST_OF_A_WHOLE = Duration.ofMinutes(30);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Processors of others from which on a run counts as disturbed. */
    static final double DISTURBED = 0.15;

    /** What the watch of a measurement ends before it, so that the end of a run is not taken for its middle. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private final Path folder;
    private final Duration warmUp;
    private final Duration duration;
    private final Duration patience;
    private int runs;
    private int processes;

    Generator(Path folder, Duration warmUp, Duration duration, Duration patience) {
        this.folder = folder;
        this.warmUp = warmUp;
        this.duration = duration;
        this.patience = patience;
    }

    /**
     * What one run showed.
     *
     * @param result as the generator wrote it
     * @param cpu processors that each watched process kept busy in the middle of the run, by its name
     * @param othersCpu processors that everything else on this machine kept busy then
     */
    record Measurement(JsonNode result, Map<String, Double> cpu, double othersCpu) {

        /** Whether nothing was lost, repeated, reordered or refused, and all connections held. */
        boolean isClean() {
            return result.path("clean").asBoolean(false);
        }

        /** Whether other processes took part. */
        boolean isDisturbed() {
            return othersCpu > DISTURBED;
        }

        /** The same, with what one process used known by another name too. */
        Measurement of(String process, String as) {
            Map<String, Double> named = new LinkedHashMap<>(cpu);
            named.put(as, cpu.get(process));
            return new Measurement(result, named, othersCpu);
        }
    }

    /**
     * Runs one scenario; the time is this generator's. A run that others on this machine disturbed is repeated while
     * patience lasts, and the one that was disturbed least counts.
     */
    Measurement run(List<String> arguments, List<ManagedProcess> watched) {
        long end = System.nanoTime() + patience.toNanos();
        Measurement best = null;
        do {
            awaitQuiet(watched, end);
            Measurement measurement = once(arguments, watched);
            if (best == null || measurement.othersCpu() < best.othersCpu()) {
                best = measurement;
            }
        } while (best.othersCpu() > DISTURBED && System.nanoTime() < end);
        return best;
    }

    private static void awaitQuiet(List<ManagedProcess> watched, long end) {
        while (System.nanoTime() < end && Machine.watch(watched, LOOK).others() > DISTURBED) {
            sleep(LOOK);
        }
    }

    /** Runs one scenario once, whatever else happens on the machine. */
    Measurement once(List<String> arguments, List<ManagedProcess> watched) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(
                List.of("--warmup", warmUp.toMillis() + "ms", "--duration", duration.toMillis() + "ms", "--announce"));
        Path json = folder.resolve("run-" + ++runs + ".json");
        try (ManagedProcess process = start(all, json)) {
            List<ManagedProcess> ours = new ArrayList<>(watched);
            ours.add(process);
            awaitMeasuring(process, warmUp.plus(OVERHEAD));
            Machine.Use use = Machine.watch(ours, duration.minus(MARGIN));
            if (process.await(duration.plus(OVERHEAD)) != 0) {
                throw new BenchException("the generator failed" + process.tail());
            }
            return new Measurement(
                    new ObjectMapper().readTree(json.toFile()).get("result"), use.watched(), use.others());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitMeasuring(ManagedProcess process, Duration atMost) {
        process.await(Announcement.MEASURING, atMost, () -> process.output().contains(Announcement.MEASURING));
    }

    /** Runs a scenario that ends when its work is done, and watches it from where it measures on. */
    Measurement whole(List<String> arguments, List<ManagedProcess> watched) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--announce");
        Path json = folder.resolve("run-" + ++runs + ".json");
        try (ManagedProcess process = start(all, json)) {
            awaitMeasuring(process, MOST_OF_A_WHOLE);
            Machine.Use use = Machine.watch(watched, () -> {
                if (process.await(MOST_OF_A_WHOLE) != 0) {
                    throw new BenchException("the generator failed" + process.tail());
                }
            });
            JsonNode result = new ObjectMapper().readTree(json.toFile()).get("result");
            double others = use.others() - result.path("generatorCpu").asDouble();
            return new Measurement(result, use.watched(), Math.max(0, others));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a run that takes as long as its arguments say. */
    ManagedProcess start(List<String> arguments, Path json) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--json", json.toString()));
        return ManagedProcess.start(
                "generator-" + ++processes, folder, Jvm.command(Jvm.classPath(), JVM, "io.sluice.bench.Main", all));
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
