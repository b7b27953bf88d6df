package io.sluice.it.failover;

import static io.sluice.it.harness.ProcessCluster.KAFKA;
import static io.sluice.it.harness.ProcessCluster.ZOOKEEPER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.Relay;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can fail in a cluster, one after the other, under clients of every kind that write down what happens to them. In full
 * ten rounds, with the faults as long as they are in bad nights; in short one round of some of them.
 */
@Soaked
class FaultsIT {

    private static final Logger log = LoggerFactory.getLogger(FaultsIT.class);
    private static final int ROUNDS = Extent.of(1, 10);
    private static final Duration INTERVAL = Duration.ofMillis(100);
    /** What the gateways may have on the way to Kafka, by default, and as much again for sockets. */
    private static final long TAKEN_WITHOUT_KAFKA = 2L * 33_554_432;

    /** How long no message of one client may come to another when a fault is said to be felt by nobody. */
    private static final Duration UNFELT = Duration.ofSeconds(3);

    /**
     * Something fails and is mended.
     *
     * @param isFelt whether traffic may stand still meanwhile, and messages of QoS 0 get lost
     * @param happens tells the place in the history from which traffic should flow again
     */
    private record Fault(String name, boolean inShort, boolean isFelt, ToIntFunction<Crowd> happens) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Fault> FAULTS = List.of(
            new Fault("gateway killed", false, true, FaultsIT::killGateway),
            new Fault("primary leader killed", false, false, FaultsIT::killLeader),
            new Fault("router killed", false, false, FaultsIT::killRouter),
            new Fault("gateway started without a router", true, true, FaultsIT::startGatewayWithoutRouter),
            new Fault("all routers and leaders killed", true, false, FaultsIT::killAllButGateways),
            new Fault("Kafka stopped and continued", true, true, FaultsIT::stopKafka),
            new Fault("Kafka stopped under a flood", false, true, FaultsIT::floodStoppedKafka),
            new Fault("Kafka killed and started again", true, true, FaultsIT::killKafka),
            new Fault("ZooKeeper stopped and continued", true, false, FaultsIT::stopZooKeeper),
            new Fault("link gateway-Kafka cut", true, true, FaultsIT::cutLink),
            new Fault("link gateway-Kafka slow", false, false, FaultsIT::slowLink),
            new Fault("link gateway-Kafka reset", true, false, FaultsIT::resetLink));

    private static final String[] MEMBERS = {"leader-1", "leader-2", "router-1", "gateway-1", "gateway-2"};

    @TempDir
    private static Path folder;

    private static ProcessCluster cluster;
    private static int gatewaysKilled;
    private static final Set<String> killed = new HashSet<>();
    private static final Map<String, List<Duration>> recoveries = new LinkedHashMap<>();

    @BeforeAll
    static void startCluster() {
        cluster = new ProcessCluster("faults", folder, MEMBERS);
        cluster.startAll();
    }

    @AfterAll
    static void stopCluster() {
        recoveries.forEach(FaultsIT::report);
        if (cluster != null) {
            try {
                Awaitility.await("all gateways that died are declared lost")
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(cluster.lostGateways()).hasSize(gatewaysKilled));
            } finally {
                cluster.close();
            }
        }
    }

    static Stream<Arguments> faults() {
        return IntStream.rangeClosed(1, ROUNDS)
                .boxed()
                .flatMap(round -> FAULTS.stream()
                        .filter(fault -> Extent.of(fault.inShort(), true))
                        .map(fault -> Arguments.of(round, fault)));
    }

    /** Of two connections, one behind the other, the later one has the client, however long the word of the earlier one takes. */
    @Test
    void theLaterConnectWinsOverOneThroughASlowLink() {
        link().slow(Duration.ofMillis(200));
        try (MqttProbe earlier = MqttProbe.open(cluster.mqtt("gateway-1"), Version.MQTT_5);
                MqttProbe later = MqttProbe.open(cluster.mqtt("gateway-2"), Version.MQTT_5)) {
            earlier.connect(Connect.of(Version.MQTT_5).clientId("mover"));
            later.connect(Connect.of(Version.MQTT_5).clientId("mover"));
            earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
            later.ping();
        } finally {
            link().mend();
        }
    }

    @ParameterizedTest(name = "round {0}: {1}")
    @MethodSource("faults")
    void promisesAreKept(int round, Fault fault) {
        cluster.assertNobodyGoesAroundTheLinks();
        String name = fault.name().replace(' ', '-') + "-" + round;
        try {
            Crowd.start(
                            name,
                            cluster.bootstrapServers(),
                            Crowd.everyKind(name),
                            INTERVAL,
                            cluster.mqtt("gateway-1"),
                            cluster.mqtt("gateway-2"))
                    .withVisitors()
                    .during(crowd -> promisesAreKept(crowd, fault));
        } finally {
            restoreAll();
        }
        assertThat(cluster.lostGateways()).as("gateways declared lost").hasSizeLessThanOrEqualTo(gatewaysKilled);
    }

    private static void promisesAreKept(Crowd crowd, Fault fault) {
        crowd.awaitVisits(1);
        crowd.awaitMore(200);
        int begin = fault.isFelt()
                ? crowd.history().fault(fault.name())
                : crowd.history().note(fault.name());
        int place = fault.happens().applyAsInt(crowd);
        Duration flows = crowd.awaitFlow(place);
        restoreAll();
        crowd.awaitFlow(crowd.history().note("everything is mended"));
        crowd.mayLoseNoMore();
        Duration silence = crowd.longestSilence(begin);
        recovered(fault.name(), flows, silence);
        crowd.history().calm();
        crowd.awaitVisits(2); // What was killed is met by those who look for what is retained.
        crowd.awaitMore(200);
        crowd.settle();
        if (!fault.isFelt()) {
            assertThat(silence)
                    .as("the longest silence from one client to another")
                    .isLessThan(UNFELT);
        }
    }

    /** Everything goes on, what was killed runs again, nothing else has ended, and everything serves. */
    private static void restoreAll() {
        link().mend();
        for (String server : List.of(ZOOKEEPER, KAFKA)) {
            cluster.get(server).resume();
            restore(server);
        }
        Stream.of(MEMBERS).forEach(FaultsIT::restore);
        cluster.awaitPrimary();
    }

    private static void restore(String process) {
        if (killed.remove(process)) {
            cluster.start(process);
        }
        cluster.awaitReady(process);
    }

    private static void recovered(String from, Duration after, Duration silence) {
        List<Duration> times = recoveries.computeIfAbsent(from, unused -> new ArrayList<>());
        times.add(after);
        log.atInfo()
                .addKeyValue("fault", from)
                .addKeyValue("round", times.size())
                .addKeyValue("ms", after.toMillis())
                .addKeyValue("silenceMs", silence.toMillis())
                .log("Traffic flows again");
    }

    private static void report(String fault, List<Duration> times) {
        List<Duration> sorted = times.stream().sorted().toList();
        log.atInfo()
                .addKeyValue("fault", fault)
                .addKeyValue("rounds", sorted.size())
                .addKeyValue("minMs", sorted.get(0).toMillis())
                .addKeyValue("medianMs", sorted.get(sorted.size() / 2).toMillis())
                .addKeyValue("maxMs", sorted.get(sorted.size() - 1).toMillis())
                .log("Time until traffic flowed again");
    }

    // --- processes

    private static int killGateway(Crowd crowd) {
        crowd.mayLose(cluster.mqtt("gateway-1"));
        gatewaysKilled++;
        return kill(crowd, "gateway-1");
    }

    private static int kill(Crowd crowd, String process) {
        int place = crowd.history().note("kill -9 " + process);
        cluster.get(process).kill();
        killed.add(process);
        return place;
    }

    private static int killLeader(Crowd crowd) {
        String primary = cluster.awaitPrimary();
        int place = kill(crowd, primary);
        assertThat(cluster.awaitPrimary()).isNotEqualTo(primary);
        crowd.awaitVisits(1);
        return place;
    }

    private static int killRouter(Crowd crowd) {
        int place = kill(crowd, "router-1");
        crowd.awaitFlow(place);
        crowd.awaitVisits(2);
        crowd.awaitMore(200);
        return place;
    }

    /** It has what is retained from a topic that lags behind, and reads more of the log for it. */
    private static int startGatewayWithoutRouter(Crowd crowd) {
        kill(crowd, "router-1");
        crowd.awaitMore(200);
        int place = killGateway(crowd);
        crowd.awaitMore(200);
        restore("gateway-1");
        crowd.awaitVisits(2);
        return place;
    }

    private static int killAllButGateways(Crowd crowd) {
        kill(crowd, "leader-1");
        kill(crowd, "leader-2");
        int place = kill(crowd, "router-1");
        crowd.awaitFlow(place);
        crowd.awaitVisits(2);
        ProcessCluster.last(ProcessCluster.SESSION_TIMEOUT.plusSeconds(1)); // ZooKeeper has forgotten the dead.
        crowd.awaitFlow(crowd.history().note("ZooKeeper has forgotten the dead"));
        return place;
    }

    private static int stopKafka(Crowd crowd) {
        crowd.history().note("kill -STOP kafka");
        cluster.get(KAFKA).pause();
        ProcessCluster.last(Extent.of(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        awaitStatus("gateway-1", 503);
        awaitStatus("gateway-2", 503);
        int place = crowd.history().note("kill -CONT kafka");
        cluster.get(KAFKA).resume();
        return place;
    }

    private static int floodStoppedKafka(Crowd crowd) {
        try (Firehose firehose = Firehose.start(cluster.mqtt("gateway-1"))) {
            crowd.history().note("kill -STOP kafka");
            cluster.get(KAFKA).pause();
            long whenStopped = firehose.takenBytes();
            long before = firehose.awaitStall();
            assertThat(before - whenStopped)
                    .as("bytes that the gateway took without Kafka")
                    .isLessThan(TAKEN_WITHOUT_KAFKA);
            awaitStatus("gateway-1", 503);
            assertThat(firehose.awaitStall() - before)
                    .as("bytes taken while it takes none")
                    .isZero();
            int place = crowd.history().note("kill -CONT kafka");
            cluster.get(KAFKA).resume();
            firehose.awaitMoreThan(before);
            return place;
        }
    }

    private static int killKafka(Crowd crowd) {
        kill(crowd, KAFKA);
        awaitStatus("gateway-1", 503);
        awaitStatus("gateway-2", 503);
        Awaitility.await("new clients are refused")
                .untilAsserted(() -> assertThat(refusal(Version.MQTT_5)).isEqualTo(Reason.SERVER_UNAVAILABLE));
        assertThat(refusal(Version.MQTT_3_1_1)).isEqualTo(Reason.V3_SERVER_UNAVAILABLE);
        long started = System.nanoTime();
        killed.remove(KAFKA);
        cluster.start(KAFKA);
        cluster.awaitReady(KAFKA);
        Duration start = Duration.ofNanos(System.nanoTime() - started);
        recovered("Kafka's own start", start, start);
        return crowd.history().note("kafka serves");
    }

    /** What a gateway that cannot write says to a client. */
    private static int refusal(Version version) {
        try (MqttProbe probe = MqttProbe.open(cluster.mqtt("gateway-1"), version)) {
            probe.send(Connect.of(version).clientId("early"));
            int reason = probe.expect(ServerPacket.Connack.class).reason();
            probe.expectClosed();
            return reason;
        }
    }

    private static void awaitStatus(String member, int status) {
        Awaitility.await(member + " answers /ready with " + status)
                .atMost(Duration.ofSeconds(30))
                .until(() -> OsProcess.status(cluster.url(member, "/ready")) == status);
    }

    private static int stopZooKeeper(Crowd crowd) {
        int stopped = crowd.history().note("kill -STOP zookeeper");
        cluster.get(ZOOKEEPER).pause();
        crowd.awaitFlow(stopped);
        crowd.awaitVisits(2);
        ProcessCluster.last(Extent.of(ProcessCluster.SESSION_TIMEOUT.plusSeconds(2), Duration.ofSeconds(30)));
        crowd.awaitFlow(crowd.history().note("ZooKeeper has been away"));
        crowd.awaitVisits(1);
        int place = crowd.history().note("kill -CONT zookeeper");
        cluster.get(ZOOKEEPER).resume();
        return place;
    }

    // --- the link from a gateway to Kafka

    private static Relay link() {
        return cluster.link("gateway-1", KAFKA);
    }

    private static int cutLink(Crowd crowd) {
        crowd.history().note("cut gateway-1 - kafka");
        link().cut();
        ProcessCluster.last(Extent.of(Duration.ofSeconds(5), Duration.ofSeconds(15)));
        awaitStatus("gateway-1", 503);
        assertThat(OsProcess.status(cluster.url("gateway-2", "/ready"))).isEqualTo(200);
        int place = crowd.history().note("mend gateway-1 - kafka");
        link().mend();
        return place;
    }

    private static int slowLink(Crowd crowd) {
        int place = crowd.history().note("slow gateway-1 - kafka");
        link().slow(Duration.ofMillis(200));
        crowd.awaitFlow(place);
        crowd.awaitVisits(2);
        crowd.awaitMore(300);
        crowd.history().note("mend gateway-1 - kafka");
        link().mend();
        return place;
    }

    private static int resetLink(Crowd crowd) {
        int before = link().broken();
        crowd.history().note("reset gateway-1 - kafka in a request");
        link().resetInRequest();
        awaitBroken(before);
        crowd.awaitFlow(crowd.history().note("all requests are broken"));
        int then = link().broken();
        int place = crowd.history().note("reset gateway-1 - kafka in an answer");
        link().resetInAnswer();
        awaitBroken(then);
        return place;
    }

    private static void awaitBroken(int before) {
        // A producer and a consumer at least; the admin client says nothing when nobody asks it.
        Awaitility.await("connections break").atMost(Duration.ofSeconds(10)).until(() -> link().broken() >= before + 2);
    }
}
