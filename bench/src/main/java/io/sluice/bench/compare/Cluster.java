package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import io.sluice.bench.MetricsText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * A Sluice of separate processes: Kafka, ZooKeeper, a leader, a router, and gateways that come and go. Kafka and ZooKeeper
 * are their own mains from their own jars.
 */
final class Cluster implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final String SLUICE = "io.sluice.local.Main";
    private static final List<String> SMALL = List.of("-XX:+UseSerialGC", "-Xmx256m");
    private static final List<String> KAFKA = List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-Xms1g", "-Xmx1g");
    private static final List<String> GATEWAY = KAFKA;
    private static final String ROUTER = "router";

    private final Build build;
    private final Path folder;
    private final List<String> gatewayOptions;
    private final List<String> routerOptions;
    private final List<ManagedProcess> processes = new ArrayList<>();
    private final List<Gateway> gateways = new ArrayList<>();
    private final int kafkaPort = ManagedProcess.freePort();
    private final int zooKeeperPort = ManagedProcess.freePort();
    private final int routerAdminPort = ManagedProcess.freePort();
    private int gatewaysStarted;
    private ManagedProcess router;

    private Cluster(Build build, Path folder, List<String> gatewayOptions, List<String> routerOptions) {
        this.build = build;
        this.folder = folder;
        this.gatewayOptions = gatewayOptions;
        this.routerOptions = routerOptions;
    }

    /**
     * What runs.
     *
     * @param prefix of its processes' names
     * @param classPath of all of its JVMs
     */
    record Build(String prefix, String classPath) {

        /** The one that this JVM is of. */
        static Build present() {
            return new Build("", Jvm.classPath());
        }

        /** An older one, whose processes have names of their own. */
        static Build before(Path distribution) {
            return new Build("before-", Jvm.classPath(distribution));
        }
    }

    /** A gateway's process and where its clients connect to. */
    record Gateway(ManagedProcess process, String address, int adminPort) implements AutoCloseable {

        /** Clients connected, as it counts them itself. */
        long connections() {
            return (long) MetricsText.of(text(adminPort, "/metrics"))
                    .sum("sluice_connections")
                    .orElseThrow();
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /**
     * Starts all but the gateways.
     *
     * @param folder of its own, for data and logs
     * @param gatewayOptions further options of the gateways' JVMs
     * @param routerOptions of the router's JVM in place of the usual ones; empty for those
     */
    static Cluster start(Build build, Path folder, List<String> gatewayOptions, List<String> routerOptions) {
        List<String> router = routerOptions.isEmpty() ? SMALL : routerOptions;
        Cluster cluster = new Cluster(build, folder, gatewayOptions, router);
        try {
            cluster.startZooKeeper();
            cluster.startKafka();
            cluster.startRole("leader", ManagedProcess.freePort(), SMALL);
            cluster.startRouter();
            return cluster;
        } catch (BenchException e) {
            cluster.close();
            throw e;
        }
    }

    private void startZooKeeper() {
        Path file = write(
                "zookeeper.properties",
                "dataDir=" + folder.resolve("zookeeper"),
                "clientPort=" + zooKeeperPort,
                "clientPortAddress=127.0.0.1",
                "admin.enableServer=false",
                "tickTime=1000");
        String main = "org.apache.zookeeper.server.ZooKeeperServerMain";
        ManagedProcess process =
                start("zookeeper", Jvm.command(build.classPath(), SMALL, main, List.of(file.toString())));
        process.await("listening", START_TIMEOUT, () -> ManagedProcess.listens(zooKeeperPort));
    }

    /** As Kafka ships it, but for what one node needs, and for how much of the log stays on this disk. */
    private void startKafka() {
        int controllerPort = ManagedProcess.freePort();
        Path file = write(
                "kafka.properties",
                "node.id=1",
                "process.roles=broker,controller",
                "log.dirs=" + kafkaFolder(),
                "listeners=PLAINTEXT://127.0.0.1:" + kafkaPort + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + kafkaPort,
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "default.replication.factor=1",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "auto.create.topics.enable=false",
                "log.segment.bytes=" + (64 << 20),
                "log.retention.bytes=" + (128 << 20),
                "log.retention.check.interval.ms=5000",
                "log.segment.delete.delay.ms=1000");
        List<String> format = List.of("format", "--cluster-id", kafkaId(), "--config", file.toString());
        try (ManagedProcess formatting = ManagedProcess.start(
                "kafka-format", folder, Jvm.command(build.classPath(), SMALL, "kafka.tools.StorageTool", format))) {
            if (formatting.await(START_TIMEOUT) != 0) {
                throw new BenchException("Kafka's folder could not be formatted" + formatting.tail());
            }
        }
        ManagedProcess process =
                start("kafka", Jvm.command(build.classPath(), KAFKA, "kafka.Kafka", List.of(file.toString())));
        process.await("listening", START_TIMEOUT, () -> ManagedProcess.listens(kafkaPort));
    }

    /** Sixteen bytes in Base64, as Kafka wants it. */
    private static String kafkaId() {
        UUID id = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private ManagedProcess startRole(String role, int adminPort, List<String> jvm) {
        Path file = write(role + ".yaml", roleSettings(role, adminPort));
        ManagedProcess process =
                start(role, Jvm.command(build.classPath(), jvm, SLUICE, List.of(role, "--config", file.toString())));
        process.await("live", START_TIMEOUT, () -> answers(adminPort, "/live"));
        return process;
    }

    /** Starts the router, the first time or again with what is left in its folder. Returns when it lives. */
    void startRouter() {
        router = startRole(ROUTER, routerAdminPort, routerOptions);
    }

    /** The router that was started last. */
    ManagedProcess router() {
        return router;
    }

    /** Returns when the router does its work. */
    void awaitRouter(Duration atMost) {
        router.await("ready", atMost, () -> answers(routerAdminPort, "/ready"));
    }

    /** Where the router keeps its copy of the state. */
    Path routerFolder() {
        return folder.resolve("data").resolve(ROUTER);
    }

    /** Where Kafka keeps everything. */
    Path kafkaFolder() {
        return folder.resolve("kafka");
    }

    /** The sum of a metric of the router over all its labels; 0 while it tells nothing. */
    double routerMetric(String name) {
        return MetricsText.of(text(routerAdminPort, "/metrics")).sum(name).orElse(0);
    }

    private String[] roleSettings(String name, int adminPort) {
        return new String[] {
            "name: " + name,
            "kafka:",
            "  bootstrapServers: 127.0.0.1:" + kafkaPort,
            "  replicationFactor: 1",
            "zookeeper:",
            "  connect: 127.0.0.1:" + zooKeeperPort,
            "admin:",
            "  port: " + adminPort
        };
    }

    /**
     * Starts one gateway more, and returns when it is ready.
     *
     * @param options of its JVM in place of the usual ones; empty for those
     */
    Gateway startGateway(List<String> options) {
        gatewaysStarted++;
        String name = "gateway-" + gatewaysStarted;
        int port = ManagedProcess.freePort();
        int adminPort = ManagedProcess.freePort();
        List<String> settings = new ArrayList<>(List.of(roleSettings(name, adminPort)));
        settings.addAll(List.of("mqtt:", "  host: 127.0.0.1", "  port: " + port));
        Path file = write(name + ".yaml", settings.toArray(String[]::new));
        List<String> jvm = new ArrayList<>(options.isEmpty() ? GATEWAY : options);
        jvm.addAll(gatewayOptions);
        ManagedProcess process = ManagedProcess.start(
                build.prefix() + name,
                folder,
                Jvm.command(build.classPath(), jvm, SLUICE, List.of("gateway", "--config", file.toString())));
        Gateway gateway = new Gateway(process, "127.0.0.1:" + port, adminPort);
        gateways.add(gateway);
        process.await("ready", START_TIMEOUT, () -> answers(adminPort, "/ready"));
        return gateway;
    }

    void stop(Gateway gateway) {
        gateways.remove(gateway);
        gateway.close();
    }

    /** Those that run now. */
    List<Gateway> gateways() {
        return List.copyOf(gateways);
    }

    /** All processes that run now. */
    List<ManagedProcess> processes() {
        List<ManagedProcess> all = new ArrayList<>(processes);
        gateways.forEach(gateway -> all.add(gateway.process()));
        return all;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    private ManagedProcess start(String name, List<String> command) {
        ManagedProcess process = ManagedProcess.start(build.prefix() + name, folder, command);
        processes.add(process);
        return process;
    }

    private static boolean answers(int port, String path) {
        HttpResponse<String> response = get(port, path);
        return response != null && response.statusCode() == 200;
    }

    private static String text(int port, String path) {
        HttpResponse<String> response = get(port, path);
        return response == null ? "" : response.body();
    }

    /** Null if nobody answers. */
    private static HttpResponse<String> get(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private Path write(String name, String... lines) {
        try {
            return Files.write(folder.resolve(name), List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the gateways, then the rest, the last one started first. */
    @Override
    public void close() {
        gateways.forEach(Gateway::close);
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).close();
        }
    }
}
