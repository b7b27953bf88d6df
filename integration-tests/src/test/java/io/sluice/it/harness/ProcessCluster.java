package io.sluice.it.harness;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/**
 * A cluster whose every part is a process of its own, on free ports of the loopback interface: Kafka, ZooKeeper, and what
 * the test starts of leaders, routers and gateways. A part that was killed can be started again on its ports.
 */
public final class ProcessCluster implements AutoCloseable {

    /** How long ZooKeeper waits for a sign of life of a process before it forgets it. */
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration START = Duration.ofSeconds(90);
    private static final String HOST = "127.0.0.1";

    private final String name;
    private final Path folder;
    private final int kafkaPort = Ports.free();
    private final int zooKeeperPort = Ports.free();
    private final Map<String, Integer> ports = new HashMap<>();
    private final List<OsProcess> processes = new ArrayList<>();

    /**
     * A cluster of which nothing runs yet.
     *
     * @param name stands before the names of the files that the processes print to
     * @param folder for data
     */
    public ProcessCluster(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    /** Starts Kafka, the first time or again with what it has on disk; returns at once. */
    public OsProcess kafka() {
        return server("kafka", kafkaPort, "-Xmx384m");
    }

    /** Starts ZooKeeper, the first time or again with what it has on disk; returns at once. */
    public OsProcess zooKeeper() {
        return server("zookeeper", zooKeeperPort, "-Xmx96m");
    }

    /** Waits until Kafka or ZooKeeper serves. */
    public static void awaitServing(OsProcess server) {
        Awaitility.await(server.name() + " is ready")
                .atMost(START)
                .failFast(server.name() + " has ended", () -> !server.isAlive())
                .until(() -> server.printed().contains(ServerMain.READY));
    }

    private OsProcess server(String kind, int port, String heap) {
        List<String> command = java(heap, ServerMain.class.getName());
        command.addAll(List.of(kind, folder.resolve(kind).toString(), Integer.toString(port)));
        return keep(OsProcess.start(name + "-" + kind, command, Map.of()));
    }

    /** Starts a leader candidate; returns at once. */
    public OsProcess leader(int number) {
        return role("leader", number, "-Xmx96m", Map.of("SLUICE_LOST_AFTER", "5s"));
    }

    /** Starts a router; returns at once. */
    public OsProcess router(int number) {
        String state = folder.resolve("router-" + number).toString();
        return role("router", number, "-Xmx192m", Map.of("SLUICE_STATE_FOLDER", state));
    }

    /** Starts a gateway; returns at once. */
    public OsProcess gateway(int number) {
        String port = Integer.toString(mqtt(number).getPort());
        Map<String, String> settings = Map.of(
                "SLUICE_MQTT_HOST",
                HOST,
                "SLUICE_MQTT_PORT",
                port,
                "SLUICE_MQTT_ADVERTISED_ADDRESS",
                HOST + ":" + port,
                "SLUICE_SYS_INTERVAL",
                "1s");
        return role("gateway", number, "-Xmx256m", settings);
    }

    private OsProcess role(String role, int number, String heap, Map<String, String> more) {
        String instance = role + "-" + number;
        Map<String, String> settings = new HashMap<>(more);
        settings.put("SLUICE_NAME", instance);
        settings.put("SLUICE_ADMIN_HOST", HOST);
        settings.put("SLUICE_ADMIN_PORT", Integer.toString(adminPort(role, number)));
        settings.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        settings.put("SLUICE_KAFKA_REPLICATION_FACTOR", "1");
        settings.put("SLUICE_ZOOKEEPER_CONNECT", HOST + ":" + zooKeeperPort);
        settings.put("SLUICE_ZOOKEEPER_SESSION_TIMEOUT", SESSION_TIMEOUT.toMillis() + "ms");
        List<String> command = java(heap, "io.sluice." + role + ".Main");
        return keep(OsProcess.start(name + "-" + instance, command, settings));
    }

    /** Starts one of our programs, in a heap such as {@code -Xmx96m}, with Netty's leak detector at its strictest. */
    static List<String> java(String heap, String mainClass) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dio.netty.leakDetection.level=paranoid",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
    }

    private OsProcess keep(OsProcess process) {
        processes.add(process);
        return process;
    }

    /** Waits until a role serves. */
    public OsProcess awaitReady(OsProcess process, String role, int number) {
        process.awaitOk(url(role, number, "/ready"), START);
        return process;
    }

    /** Where a gateway listens for clients. */
    public InetSocketAddress mqtt(int gateway) {
        int port = ports.computeIfAbsent("mqtt-" + gateway, unused -> Ports.free());
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The port of health and metrics, which is the HA port of a leader. */
    public int adminPort(String role, int number) {
        return ports.computeIfAbsent("admin-" + role + "-" + number, unused -> Ports.free());
    }

    /** An address on a role's admin port. */
    public String url(String role, int number, String path) {
        return "http://" + HOST + ":" + adminPort(role, number) + path;
    }

    /** How Kafka clients reach Kafka. */
    public String bootstrapServers() {
        return HOST + ":" + kafkaPort;
    }

    /** Ends everything; Kafka and ZooKeeper last. */
    @Override
    public void close() {
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).close();
        }
        Assertions.assertThat(processes).noneMatch(OsProcess::isAlive);
    }
}
