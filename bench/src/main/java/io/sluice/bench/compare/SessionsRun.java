package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bench.BenchException;
import io.sluice.bench.load.DrainPlan.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Many durable sessions in a cluster of separate processes with small heaps: how long each step takes, and what it costs. */
final class SessionsRun {

    private static final List<String> GATEWAY =
            List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-Xms256m", "-Xmx256m");
    private static final Duration STEP = Duration.ofMinutes(30);
    /** They share the sessions, where that goes evenly. */
    private static final int PUBLISHERS = 50;

    private static final String SOURCES = "127.0.0.1,127.0.0.2,127.0.0.3";
    /** Each waits for the router's next commit, so the more there are the more it does at once. */
    private static final int CONNECTING = 1_000;

    private static final String ID = "scale";
    /** So many that they are spread over all partitions. */
    private static final int VISITORS = 48;

    private final Plan plan;
    private final Path folder;
    private final PrintWriter progress;
    private final Generator generator;
    private final List<String> lines = new ArrayList<>();
    private boolean clean = true;
    private Cluster cluster;
    private List<Cluster.Gateway> gateways;

    SessionsRun(Plan plan, Path folder, PrintWriter progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.generator = new Generator(folder, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /**
     * How much of it.
     *
     * @param messages for each session
     * @param wave sessions that are connected at the same time
     * @param routerHeap the router's -Xmx
     */
    record Plan(int sessions, int messages, int wave, String routerHeap) {

        private int publishers() {
            return sessions % PUBLISHERS == 0 ? PUBLISHERS : 1;
        }
    }

    /** Runs all of it and gives the tables. */
    List<String> run() {
        List<String> router = List.of("-XX:+UseSerialGC", "-Xmx" + plan.routerHeap());
        try (Cluster started = Cluster.start(Cluster.Build.present(), folder, List.of(), router)) {
            cluster = started;
            gateways = List.of(cluster.startGateway(GATEWAY), cluster.startGateway(GATEWAY));
            cluster.awaitRouter(STEP);
            List<List<String>> steps = new ArrayList<>();
            List<List<String>> sizes = new ArrayList<>();
            sizes.add(size("empty"));
            double create = seconds(step(Step.CREATE), "createSeconds");
            steps.add(List.of("create the sessions", time(create), perSecond(plan.sessions(), create)));
            sizes.add(size("sessions without messages"));
            queue(steps);
            sizes.add(size("all messages queued"));
            restarts(steps);
            JsonNode fetched = step(Step.FETCH);
            sizes.add(size("all messages drained"));
            table("Steps", List.of("step", "took", "in a second"), steps);
            table(
                    "Memory and disk, MB",
                    List.of(
                            "when",
                            "router's live heap",
                            "router resident (most)",
                            "gateways' live heap",
                            "gateways resident (most)",
                            "router's disk",
                            "Kafka's disk"),
                    sizes);
            waves(fetched);
            disk();
        }
        return lines;
    }

    /** Whether all was there in the end, once and in order. */
    boolean isClean() {
        return clean;
    }

    private void queue(List<List<String>> steps) {
        long begin = System.nanoTime();
        double publish = seconds(step(Step.QUEUE), "queueSeconds");
        long messages = (long) plan.sessions() * plan.messages();
        steps.add(List.of("publish the messages", time(publish), perSecond(messages, publish)));
        cluster.router()
                .await(
                        "has queued all messages",
                        STEP,
                        () -> cluster.routerMetric("sluice_queue_messages") >= messages);
        double all = since(begin);
        steps.add(List.of("until the router has queued them", time(all), perSecond(messages, all)));
    }

    /** The router stops and comes back; then it is killed and its disk is lost. */
    private void restarts(List<List<String>> steps) {
        cluster.router().close();
        restart(steps, "a router that was stopped");
        cluster.router().killNow();
        restart(steps, "a router that was killed");
        cluster.router().killNow();
        delete(cluster.routerFolder());
        restart(steps, "a router that was killed and lost its disk");
    }

    private void restart(List<List<String>> steps, String what) {
        long begin = System.nanoTime();
        cluster.startRouter();
        cluster.awaitRouter(STEP);
        double ready = since(begin);
        double served = ready + visit();
        steps.add(List.of(what + ": until it is ready", time(ready), ""));
        steps.add(List.of(what + ": until clients of all partitions were served", time(served), ""));
        say(what + " is ready after " + time(ready) + " and serves after " + time(served));
    }

    /** How long it takes to serve some durable clients that come at the same time, in seconds. */
    private double visit() {
        List<String> arguments = List.of(
                "idle",
                "--target",
                gateways.get(0).address(),
                "--mqtt",
                "5",
                "--durable",
                "--connections",
                Integer.toString(VISITORS),
                "--subscriptions",
                "0",
                "--hold",
                "1ms",
                "--quiet");
        return seconds(generate(arguments, "visit"), "connectSeconds");
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one step of the generator and gives its result. */
    private JsonNode step(Step step) {
        List<String> arguments = List.of(
                "drain",
                "--target",
                gateways.get(0).address() + "," + gateways.get(1).address(),
                "--source",
                SOURCES,
                "--mqtt",
                "5",
                "--qos",
                "1",
                "--keep-alive",
                "600",
                "--event-loops",
                "2",
                "--connecting",
                Integer.toString(CONNECTING),
                "--sessions",
                Integer.toString(plan.sessions()),
                "--messages",
                Long.toString((long) plan.sessions() * plan.messages()),
                "--publishers",
                Integer.toString(plan.publishers()),
                "--wave",
                Integer.toString(plan.wave()),
                "--id",
                ID,
                "--steps",
                step.name(),
                "--drain",
                "60s",
                "--quiet");
        say(step + " …");
        JsonNode result = generate(arguments, step.name().toLowerCase(Locale.ROOT));
        clean &= result.get("clean").asBoolean();
        return result;
    }

    private JsonNode generate(List<String> arguments, String name) {
        Path json = folder.resolve(name + ".json");
        try (ManagedProcess process = generator.start(arguments, json)) {
            if (process.await(STEP) != 0) {
                throw new BenchException("the generator failed" + process.tail());
            }
            say(process.output());
            return new ObjectMapper().readTree(json.toFile()).get("result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> size(String when) {
        ManagedProcess router = cluster.router();
        List<ManagedProcess> both =
                gateways.stream().map(Cluster.Gateway::process).toList();
        List<String> cells = List.of(
                when,
                megabytes(router.liveHeapBytes()),
                megabytes(router.residentBytes()) + " (" + megabytes(router.mostResidentBytes()) + ")",
                each(both.stream().map(gateway -> megabytes(gateway.liveHeapBytes()))),
                each(both.stream()
                        .map(gateway -> megabytes(gateway.residentBytes()) + " ("
                                + megabytes(gateway.mostResidentBytes()) + ")")),
                megabytes(diskBytes(cluster.routerFolder())),
                megabytes(diskBytes(cluster.kafkaFolder())));
        say(String.join(", ", cells));
        return cells;
    }

    private static String each(Stream<String> cells) {
        return String.join(", ", cells.toList());
    }

    private void waves(JsonNode fetched) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode wave : fetched.get("waves")) {
            double seconds = wave.get("drainSeconds").asDouble();
            int sessions = wave.get("sessions").asInt();
            rows.add(List.of(
                    Integer.toString(rows.size() + 1),
                    String.format(Locale.ROOT, "%,d", sessions),
                    time(wave.get("connectSeconds").asDouble()),
                    time(seconds),
                    perSecond((long) sessions * plan.messages(), seconds),
                    wave.get("refused").asText(),
                    wave.get("lost").asText()));
        }
        table(
                "Waves through two gateways",
                List.of(
                        "wave",
                        "sessions",
                        "all connected after",
                        "drained after",
                        "messages/s",
                        "refused for now",
                        "lost"),
                rows);
        JsonNode totals = fetched.get("totals");
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "Arrived %,d, lost %,d, twice %,d, out of order %,d, where they should not be %,d.",
                totals.get("delivered").asLong(),
                fetched.get("lost").asLong(),
                totals.get("duplicates").asLong(),
                totals.get("late").asLong(),
                totals.get("foreign").asLong()));
    }

    /** What of Kafka's disk each topic takes. */
    private void disk() {
        List<List<String>> rows = new ArrayList<>();
        try (Stream<Path> partitions = Files.list(cluster.kafkaFolder())) {
            Map<String, Long> topics = new TreeMap<>();
            partitions
                    .filter(Files::isDirectory)
                    .forEach(partition -> topics.merge(
                            partition.getFileName().toString().replaceFirst("-\\d+$", ""),
                            diskBytes(partition),
                            Long::sum));
            topics.entrySet().stream()
                    .filter(topic -> topic.getValue() >= 1_000_000)
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .forEach(topic -> rows.add(List.of(topic.getKey(), megabytes(topic.getValue()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table("Kafka's disk at the end, by topic", List.of("topic", "MB"), rows);
    }

    /** What files take, sparse ones included. */
    private static long diskBytes(Path folder) {
        try {
            Process process = new ProcessBuilder("du", "-s", "--block-size=1", folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return Long.parseLong(output.split("\\s", 2)[0]);
        } catch (IOException e) {
            throw new BenchException("du: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void table(String title, List<String> columns, List<List<String>> rows) {
        lines.addAll(RatioTables.heading(title, columns));
        rows.forEach(row -> lines.add(RatioTables.line(row)));
    }

    private static double seconds(JsonNode result, String name) {
        return result.get(name).asDouble();
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static String time(double seconds) {
        return String.format(Locale.ROOT, "%,.1f s", seconds);
    }

    private static String perSecond(long count, double seconds) {
        return String.format(Locale.ROOT, "%,.0f", count / seconds);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.0f", bytes / 1e6);
    }

    private void say(String line) {
        progress.println(line);
        progress.flush();
    }
}
