package io.sluice.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.MetricsText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Scanner;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** One more gateway of the tests' own cluster, as a process whose memory and open files can be looked at. */
public final class GatewayProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration SETTLE = Duration.ofSeconds(30);

    /** What counts clients and their messages; all of it is 0 when nobody is connected. */
    private static final List<String> GAUGES =
            List.of("sluice_connections", "sluice_subscriptions", "sluice_inflight_messages", "sluice_queued_messages");

    private final OsProcess process;
    private final int mqttPort = Ports.free();
    private final int adminPort = Ports.free();
    private boolean killed;
    private boolean toldToStop;

    private GatewayProcess(String name, String heap, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("SLUICE_NAME", name);
        settings.put("SLUICE_MQTT_HOST", "127.0.0.1");
        settings.put("SLUICE_MQTT_PORT", Integer.toString(mqttPort));
        settings.put("SLUICE_ADMIN_HOST", "127.0.0.1");
        settings.put("SLUICE_ADMIN_PORT", Integer.toString(adminPort));
        settings.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", Cluster.bootstrapServers());
        settings.put("SLUICE_ZOOKEEPER_CONNECT", Cluster.zooKeeperConnect());
        process = OsProcess.start(name, ProcessCluster.java(heap, "io.sluice.gateway.Main"), settings);
    }

    /**
     * Starts a gateway and waits until it serves.
     *
     * @param heap such as {@code -Xmx96m}, which also bounds its memory outside of the heap
     * @param settings from its environment
     */
    public static GatewayProcess start(String name, String heap, Map<String, String> settings) {
        Assumptions.assumeFalse(Cluster.isForeign(), "another broker is not ours to start");
        GatewayProcess gateway = new GatewayProcess(name, heap, settings);
        gateway.process.awaitOk(gateway.admin("/ready"), START);
        return gateway;
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), mqttPort);
    }

    private String admin(String path) {
        return "http://127.0.0.1:" + adminPort + path;
    }

    /** kill -9: it gets no chance to say good-bye. */
    public void kill() {
        process.kill();
        killed = true;
    }

    /** What {@code sluice drain} does: it is to stop, and {@link #close} waits until it has. */
    public void drain() {
        toldToStop = true;
        assertThat(OsProcess.post(admin("/drain"))).isEqualTo(202);
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * The sum of a metric over all its labels that have these in them, such as {@code qos="0"}; 0 if none has. The gateway must
     * tell the metric.
     */
    public double metric(String name, String... labels) {
        OptionalDouble sum = metrics().sum(name, labels);
        assertThat(sum).as("what %s tells of %s", process, name).isPresent();
        return sum.getAsDouble();
    }

    private MetricsText metrics() {
        return MetricsText.of(OsProcess.get(admin("/metrics")));
    }

    /** The names of all metrics. */
    public Set<String> metricNames() {
        return metrics().names();
    }

    /** Waits until nobody is connected and nothing is left of those who were. */
    public void awaitDeserted() {
        Awaitility.await("no client and nothing of one is left")
                .atMost(SETTLE)
                .failFast("the gateway has ended", () -> !isAlive())
                .untilAsserted(() -> assertThat(GAUGES.stream().collect(Collectors.toMap(gauge -> gauge, this::metric)))
                        .allSatisfy((gauge, value) -> assertThat(value).isZero()));
    }

    /** What it takes of the machine, after a full collection of its heap. */
    public Footprint footprint() {
        return new Footprint(liveHeap(), (long) metric("sluice_buffer_bytes"), openFiles());
    }

    /**
     * What a process takes.
     *
     * @param heapBytes of living objects
     * @param bufferBytes of Netty's buffers outside of the heap
     * @param files that are open, sockets included
     */
    public record Footprint(long heapBytes, long bufferBytes, int files) {}

    /** The last line of jcmd's histogram of living objects, whose making collects the others: Total, objects, bytes. */
    private long liveHeap() {
        String total = process.jcmd("GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        try (Scanner words = new Scanner(total)) {
            words.next();
            words.nextLong();
            return words.nextLong();
        }
    }

    private int openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it, unless it was killed; it must have run until now or until it was told to stop, and have lost no buffer. */
    @Override
    public void close() {
        if (killed) {
            return;
        }
        if (!toldToStop) {
            assertThat(process.isAlive()).as("%s still runs", process.name()).isTrue();
            LeakWatch.letSpeak(process, address());
            process.terminate();
        }
        assertThat(process.awaitEnd()).as("exit code of %s", process.name()).isZero();
        assertThat(process.printed().lines().filter(line -> line.contains(LeakWatch.MARK)))
                .as("buffers that %s lost", process.name())
                .isEmpty();
    }
}
