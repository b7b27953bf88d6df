package io.sluice.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Topics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A cluster whose every part is a process of its own, on free ports of the loopback interface: Kafka, ZooKeeper, and
 * leaders, routers and gateways, which are named such as {@code gateway-1}. A part that was killed can be started again on
 * its ports. Each has its own links to Kafka and to ZooKeeper, through which all that they say to each other goes: Kafka has a
 * listener for each, which sends its clients back to the link that they came by.
 */
public final class ProcessCluster implements AutoCloseable {

    /** The name of the process that is Kafka. */
    public static final String KAFKA = "kafka";

    /** The name of the process that is ZooKeeper. */
    public static final String ZOOKEEPER = "zookeeper";

    /** How long ZooKeeper waits for a sign of life of a process before it forgets it. */
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration START = Duration.ofSeconds(90);
    private static final String HOST = "127.0.0.1";
    private static final Topics TOPICS = new Topics("", Topics.DEFAULT_PARTITIONS);
    private static final Map<String, String> HEAPS = Map.of(
            KAFKA, "-Xmx384m", ZOOKEEPER, "-Xmx96m", "gateway", "-Xmx256m", "router", "-Xmx192m", "leader", "-Xmx96m");

    private final String name;
    private final Path folder;
    private final int kafkaPort = Ports.free();
    private final int zooKeeperPort = Ports.free();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, OsProcess> processes = new LinkedHashMap<>();
    /** More variables in the environment of each kind of process. */
    private final Map<String, Map<String, String>> more = new HashMap<>();

    private final Map<String, List<String>> jvmOptions = new HashMap<>();

    /** A leader, router or gateway: its own way to Kafka, and to ZooKeeper. */
    private record Member(int kafkaListener, Relay kafka, Relay zooKeeper) {}

    /**
     * A cluster of which nothing runs yet.
     *
     * @param name stands before the names of the files that the processes print to
     * @param folder for data
     * @param members all leaders, routers and gateways that it may have
     */
    public ProcessCluster(String name, Path folder, String... members) {
        this.name = name;
        this.folder = folder;
        for (String member : members) {
            int listener = Ports.free();
            this.members.put(
                    member, new Member(listener, Relay.to(loopback(listener)), Relay.to(loopback(zooKeeperPort))));
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Sets what the processes of a kind are started with from now on.
     *
     * @param kind such as {@code router}
     * @param variable the environment variable of a setting
     */
    public ProcessCluster with(String kind, String variable, String value) {
        more.computeIfAbsent(kind, unused -> new HashMap<>()).put(variable, value);
        return this;
    }

    /** The JVMs of all processes of a kind that start from now on have an option. */
    public ProcessCluster withJvmOption(String kind, String option) {
        jvmOptions.computeIfAbsent(kind, unused -> new ArrayList<>()).add(option);
        return this;
    }

    /** Starts everything and waits until it serves. */
    public ProcessCluster startAll() {
        List<String> servers = List.of(ZOOKEEPER, KAFKA);
        servers.forEach(this::start);
        servers.forEach(this::awaitReady);
        members.keySet().forEach(this::start);
        members.keySet().stream().filter(member -> !member.startsWith("leader")).forEach(this::awaitReady);
        awaitPrimary();
        return this;
    }

    /** Starts a process, the first time or again with what it has on disk; returns at once. */
    public OsProcess start(String process) {
        boolean isMember = members.containsKey(process);
        String mainClass = isMember ? mainClass(process) : ServerMain.class.getName();
        List<String> command = java(
                HEAPS.get(kind(process)),
                mainClass,
                jvmOptions.getOrDefault(kind(process), List.of()).toArray(String[]::new));
        command.addAll(isMember ? List.of() : serverArguments(process));
        OsProcess started = OsProcess.start(name + "-" + process, command, isMember ? settings(process) : Map.of());
        processes.put(process, started);
        return started;
    }

    /** Starts one of our programs, in a heap such as {@code -Xmx96m}, with Netty's leak detector at its strictest. */
    static List<String> java(String heap, String mainClass, String... jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(heap, "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Dio.netty.leakDetection.level=paranoid");
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }

    private static String kind(String process) {
        return process.replaceFirst("-\\d+$", "");
    }

    private static String mainClass(String member) {
        return "io.sluice." + kind(member) + ".Main";
    }

    private List<String> serverArguments(String server) {
        String port = Integer.toString(server.equals(KAFKA) ? kafkaPort : zooKeeperPort);
        List<String> arguments =
                new ArrayList<>(List.of(server, folder.resolve(server).toString(), port));
        if (server.equals(KAFKA)) {
            members.forEach((member, ways) ->
                    arguments.add(ServerMain.listener(member, ways.kafkaListener(), hostPort(ways.kafka()))));
        }
        return arguments;
    }

    private static String hostPort(Relay relay) {
        return HOST + ":" + relay.address().getPort();
    }

    private Map<String, String> settings(String member) {
        Map<String, String> settings = new HashMap<>();
        settings.put("SLUICE_NAME", member);
        settings.put("SLUICE_ADMIN_HOST", HOST);
        settings.put("SLUICE_ADMIN_PORT", Integer.toString(adminPort(member)));
        settings.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", hostPort(link(member, KAFKA)));
        settings.put("SLUICE_KAFKA_REPLICATION_FACTOR", "1");
        settings.put("SLUICE_ZOOKEEPER_CONNECT", hostPort(link(member, ZOOKEEPER)));
        settings.put("SLUICE_ZOOKEEPER_SESSION_TIMEOUT", SESSION_TIMEOUT.toMillis() + "ms");
        switch (kind(member)) {
            case "leader" -> settings.put("SLUICE_LOST_AFTER", "5s");
            case "router" ->
                settings.put("SLUICE_STATE_FOLDER", folder.resolve(member).toString());
            default -> {
                String port = Integer.toString(mqtt(member).getPort());
                settings.put("SLUICE_MQTT_HOST", HOST);
                settings.put("SLUICE_MQTT_PORT", port);
                settings.put("SLUICE_MQTT_ADVERTISED_ADDRESS", HOST + ":" + port);
                settings.put("SLUICE_SYS_INTERVAL", "1s");
                // Kafka may take that long to start on a busy machine; nobody is to be sent away meanwhile.
                settings.put("SLUICE_SHED_AFTER", "3m");
            }
        }
        settings.putAll(more.getOrDefault(kind(member), Map.of()));
        return settings;
    }

    /** The process that was started last under a name. */
    public OsProcess get(String process) {
        return processes.get(process);
    }

    /** Waits until a process serves. */
    public OsProcess awaitReady(String process) {
        OsProcess started = get(process);
        if (members.containsKey(process)) {
            started.awaitOk(url(process, "/ready"), START);
        } else {
            Awaitility.await(process + " is ready")
                    .atMost(START)
                    .failFast(process + " has ended", () -> !started.isAlive())
                    .until(() -> started.printed().contains(ServerMain.READY));
        }
        return started;
    }

    /** Waits until one of the leaders that run is the primary, and names it. */
    public String awaitPrimary() {
        List<String> leaders = members.keySet().stream()
                .filter(member -> member.startsWith("leader") && get(member).isAlive())
                .toList();
        return Awaitility.await("there is a primary")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> leaders.stream()
                                .filter(leader -> OsProcess.status(url(leader, "/ha/leader")) == 200)
                                .findFirst()
                                .orElse(""),
                        primary -> !primary.isEmpty());
    }

    /** The link from a leader, router or gateway to {@link #KAFKA} or {@link #ZOOKEEPER}. */
    public Relay link(String member, String server) {
        Member ways = members.get(member);
        return server.equals(KAFKA) ? ways.kafka() : ways.zooKeeper();
    }

    /**
     * No leader, router or gateway has a connection to Kafka or ZooKeeper but through its links. Routers and gateways use them;
     * a leader that stands by need not be connected to Kafka.
     */
    public void assertNobodyGoesAroundTheLinks() {
        Set<Integer> servers = Stream.concat(
                        Stream.of(kafkaPort, zooKeeperPort),
                        members.values().stream().map(Member::kafkaListener))
                .collect(Collectors.toSet());
        members.forEach((member, ways) -> {
            if (!member.startsWith("leader")) {
                Set<Integer> links = Set.of(
                        ways.kafka().address().getPort(),
                        ways.zooKeeper().address().getPort());
                Awaitility.await(member + " is connected through its links")
                        .until(() -> get(member).connectedPorts().containsAll(links));
            }
            assertThat(get(member).connectedPorts())
                    .as("ports to which %s is connected", member)
                    .doesNotContainAnyElementsOf(servers);
        });
    }

    /** Lets a fault last: it has its length, so this is no waiting for something. */
    public static void last(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** The incarnations of gateways that were declared lost, and in how many partitions of the commands. */
    public Map<String, Integer> lostGateways() {
        Map<String, Integer> lost = new HashMap<>();
        KafkaLog.read(bootstrapServers(), TOPICS.commands(), record -> {
            try {
                if (Command.decode(record.key(), record.value()) instanceof Command.GatewayLost command) {
                    lost.merge(command.incarnation(), 1, Integer::sum);
                }
            } catch (DamagedRecordException e) {
                throw new AssertionError(e);
            }
        });
        return lost;
    }

    /** Where a gateway listens for clients. */
    public InetSocketAddress mqtt(String gateway) {
        return loopback(ports.computeIfAbsent("mqtt " + gateway, unused -> Ports.free()));
    }

    /** The port of health and metrics, which is the HA port of a leader. */
    public int adminPort(String member) {
        return ports.computeIfAbsent("admin " + member, unused -> Ports.free());
    }

    /** An address on the admin port of a leader, router or gateway. */
    public String url(String member, String path) {
        return "http://" + HOST + ":" + adminPort(member) + path;
    }

    /** How the test itself reaches Kafka, by no link. */
    public String bootstrapServers() {
        return HOST + ":" + kafkaPort;
    }

    /** Ends everything; Kafka and ZooKeeper last. Gateways that serve say before which buffers they have lost. */
    @Override
    public void close() {
        List<OsProcess> running = new ArrayList<>(processes.values());
        try {
            members.keySet().stream()
                    .filter(member -> member.startsWith("gateway") && processes.containsKey(member))
                    .filter(gateway -> OsProcess.status(url(gateway, "/ready")) == 200)
                    .forEach(gateway -> LeakWatch.letSpeak(get(gateway), mqtt(gateway)));
        } finally {
            for (int i = running.size() - 1; i >= 0; i--) {
                running.get(i).close();
            }
            members.values().forEach(ways -> {
                ways.kafka().close();
                ways.zooKeeper().close();
            });
        }
        assertThat(running).noneMatch(OsProcess::isAlive);
        assertThat(running)
                .as("processes that lost a buffer")
                .noneMatch(process -> process.printed().contains(LeakWatch.MARK));
    }
}
