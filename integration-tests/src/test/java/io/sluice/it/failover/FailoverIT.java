package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.KafkaLog;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** kill -9 of gateways, leaders and routers, seen from clients behind HAProxy and Nginx. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverIT {

    private static final Logger log = LoggerFactory.getLogger(FailoverIT.class);
    private static final int CLIENTS = 200;
    private static final Duration GOAL = Duration.ofSeconds(5);
    private static final Topics TOPICS = new Topics("", Topics.DEFAULT_PARTITIONS);

    @TempDir
    private static Path folder;

    private static ProcessCluster cluster;
    private static int killed;
    private static final Map<String, OsProcess> running = new HashMap<>();

    @BeforeAll
    static void startCluster() {
        cluster = new ProcessCluster("failover", folder);
        running.put("zookeeper", cluster.zooKeeper());
        running.put("kafka", cluster.kafka());
        ProcessCluster.awaitServing(running.get("zookeeper"));
        ProcessCluster.awaitServing(running.get("kafka"));
        for (int number = 1; number <= 2; number++) {
            running.put("leader-" + number, cluster.leader(number));
        }
        running.put("router-1", cluster.router(1));
        for (int number = 1; number <= 2; number++) {
            running.put("gateway-" + number, cluster.gateway(number));
        }
        for (int number = 1; number <= 2; number++) {
            cluster.awaitReady(running.get("gateway-" + number), "gateway", number);
        }
        cluster.awaitReady(running.get("router-1"), "router", 1);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void clientsBehindHaproxyComeBackOnTheOtherGateway() {
        try (LoadBalancer haproxy = LoadBalancer.haproxy(cluster)) {
            killAGatewayUnderACrowd("haproxy", haproxy, 1);
        }
    }

    @Test
    @Order(2)
    void clientsBehindNginxComeBackOnTheOtherGateway() {
        try (LoadBalancer nginx = LoadBalancer.nginx(cluster, folder)) {
            killAGatewayUnderACrowd("nginx", nginx, 2);
        }
    }

    private static void killAGatewayUnderACrowd(String name, LoadBalancer balancer, int victim) {
        Awaitility.await("the load balancer lets clients through")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> {
                    try (MqttProbe probe = MqttProbe.open(balancer.mqtt(), Version.MQTT_5)) {
                        return probe.connect(Connect.of(Version.MQTT_5)).reason() == 0;
                    } catch (AssertionError e) {
                        return false;
                    }
                });
        try (Crowd crowd = Crowd.start(name, CLIENTS, Duration.ofMillis(300), balancer.mqtt())) {
            crowd.awaitMore(1_000);
            running.get("gateway-" + victim).kill();
            Awaitility.await("all clients are back")
                    .pollDelay(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> crowd.connected() == CLIENTS);
            crowd.awaitMore(1_000);
            crowd.settle();

            List<HistoryClient> disturbed = crowd.disturbed();
            List<HistoryClient> undisturbed = crowd.undisturbed();
            assertThat(disturbed).as("clients of the gateway that was killed").isNotEmpty();
            assertThat(undisturbed).as("clients of the other gateway").isNotEmpty();
            crowd.assertOrder();
            crowd.assertLogHasAllAcknowledged(cluster.bootstrapServers(), TOPICS.publish());
            report(name, disturbed, undisturbed.size(), crowd.acknowledged());
        }
        OsProcess again = cluster.gateway(victim);
        running.put("gateway-" + victim, cluster.awaitReady(again, "gateway", victim));
        awaitDeclaredLost(++killed);
    }

    /** The primary leader has told everybody, in every partition of the commands. */
    private static void awaitDeclaredLost(int gateways) {
        Awaitility.await("the dead gateway is declared lost")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    Map<String, Integer> lost = new HashMap<>();
                    KafkaLog.read(cluster.bootstrapServers(), TOPICS.commands(), record -> {
                        if (decode(record.key(), record.value()) instanceof Command.GatewayLost command) {
                            lost.merge(command.incarnation(), 1, Integer::sum);
                        }
                    });
                    assertThat(lost.values()).hasSize(gateways).allMatch(count -> count == Topics.DEFAULT_PARTITIONS);
                });
    }

    private static Command decode(byte[] key, byte[] value) {
        try {
            return Command.decode(key, value);
        } catch (DamagedRecordException e) {
            throw new AssertionError(e);
        }
    }

    private static void report(String name, List<HistoryClient> disturbed, int undisturbed, int acknowledged) {
        List<Duration> recoveries = disturbed.stream()
                .map(client -> client.connections()
                        .get(client.connections().size() - 1)
                        .took())
                .sorted()
                .toList();
        Duration slowest = recoveries.stream().max(Comparator.naturalOrder()).orElseThrow();
        log.atInfo()
                .addKeyValue("balancer", name)
                .addKeyValue("back", disturbed.size())
                .addKeyValue("stayed", undisturbed)
                .addKeyValue("acknowledged", acknowledged)
                .addKeyValue("medianMs", recoveries.get(recoveries.size() / 2).toMillis())
                .addKeyValue("slowestMs", slowest.toMillis())
                .log("All clients came back after kill -9 of their gateway");
        assertThat(slowest).isLessThanOrEqualTo(GOAL);
    }

    @Test
    @Order(3)
    void theStandbyTakesOverFromAKilledLeaderAndClientsDoNotNotice() {
        int primary = awaitPrimary(1, 2);
        int standby = 3 - primary;
        try (LoadBalancer haproxy = LoadBalancer.haproxy(cluster);
                Crowd crowd = Crowd.start("leader", 20, Duration.ofMillis(50), cluster.mqtt(1), cluster.mqtt(2))) {
            Awaitility.await("HAProxy shows the primary").until(() -> OsProcess.status(haproxy.leaderUrl()) == 200);
            crowd.awaitMore(200);
            running.get("leader-" + primary).kill();
            long died = System.nanoTime();
            Awaitility.await("the standby is primary")
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(ProcessCluster.SESSION_TIMEOUT.plusSeconds(3))
                    .until(() -> OsProcess.status(cluster.url("leader", standby, "/ha/leader")) == 200);
            log.atInfo()
                    .addKeyValue(
                            "ms", Duration.ofNanos(System.nanoTime() - died).toMillis())
                    .log("The standby became primary after kill -9 of the primary");
            Awaitility.await("HAProxy shows the new primary").until(() -> OsProcess.status(haproxy.leaderUrl()) == 200);
            crowd.awaitMore(200);
            crowd.settle();
            assertThat(crowd.disturbed()).isEmpty();
            crowd.assertOrder();
        }
        running.put("leader-" + primary, cluster.leader(primary));
        awaitPrimary(standby);
    }

    @Test
    @Order(4)
    void whatWasAcknowledgedOutlivesKafka() {
        try (Crowd crowd = Crowd.start("kafka", 20, Duration.ofMillis(50), cluster.mqtt(1), cluster.mqtt(2))) {
            crowd.awaitMore(200);
            running.get("kafka").kill();
            awaitStatus("gateway", 1, 503);
            awaitStatus("gateway", 2, 503);
            assertThat(refusal(Version.MQTT_5)).isEqualTo(Reason.SERVER_UNAVAILABLE);
            assertThat(refusal(Version.MQTT_3_1_1)).isEqualTo(Reason.V3_SERVER_UNAVAILABLE);
            running.put("kafka", cluster.kafka());
            ProcessCluster.awaitServing(running.get("kafka"));
            awaitStatus("gateway", 1, 200);
            awaitStatus("gateway", 2, 200);
            crowd.awaitMore(200);
            crowd.settle();
            assertThat(crowd.disturbed())
                    .as("clients that did not wait for Kafka")
                    .isEmpty();
            crowd.assertOrder();
            crowd.assertLogHasAllAcknowledged(cluster.bootstrapServers(), TOPICS.publish());
        }
    }

    @Test
    @Order(5)
    void gatewaysServeOnWithoutZooKeeper() {
        try (Crowd crowd = Crowd.start("zookeeper", 20, Duration.ofMillis(50), cluster.mqtt(1), cluster.mqtt(2))) {
            running.get("zookeeper").kill();
            crowd.awaitMore(200);
            try (MqttProbe late = connect(1)) {
                late.publish(Pub.to("zookeeper/is/away", "hello").qos1(1), 1);
            }
            running.put("zookeeper", cluster.zooKeeper());
            ProcessCluster.awaitServing(running.get("zookeeper"));
            awaitPrimary(1, 2);
            crowd.awaitMore(200);
            crowd.settle();
            assertThat(crowd.disturbed()).isEmpty();
            crowd.assertOrder();
        }
    }

    /** What a gateway that cannot write says to a client. */
    private static int refusal(Version version) {
        try (MqttProbe probe = MqttProbe.open(cluster.mqtt(1), version)) {
            probe.send(Connect.of(version).clientId("early"));
            int reason = probe.expect(ServerPacket.Connack.class).reason();
            probe.expectClosed();
            return reason;
        }
    }

    private static void awaitStatus(String role, int number, int status) {
        Awaitility.await(role + "-" + number + " answers /ready with " + status)
                .atMost(Duration.ofSeconds(30))
                .until(() -> OsProcess.status(cluster.url(role, number, "/ready")) == status);
    }

    @Test
    @Order(6)
    void withoutRoutersAndLeadersCleanClientsConnectAndExchangeMessages() {
        List.of("leader-1", "leader-2", "router-1")
                .forEach(name -> running.get(name).kill());
        try (Crowd crowd = Crowd.start("alone", 20, Duration.ofMillis(50), cluster.mqtt(1), cluster.mqtt(2))) {
            crowd.awaitMore(300);
            try (MqttProbe subscriber = connect(2);
                    MqttProbe publisher = connect(1)) {
                subscriber.subscribe("alone/with/others", 2);
                publisher.publish(Pub.to("alone/with/others", "hello").qos2(1), 1);
                assertThat(subscriber.expectMessage().text()).isEqualTo("hello");
            }
            Awaitility.await("ZooKeeper has forgotten the dead")
                    .pollDelay(ProcessCluster.SESSION_TIMEOUT.plusSeconds(1))
                    .until(() -> crowd.connected() == 20);
            crowd.awaitMore(100);
            crowd.settle();
            assertThat(crowd.disturbed()).isEmpty();
        }
    }

    private static MqttProbe connect(int gateway) {
        MqttProbe probe = MqttProbe.open(cluster.mqtt(gateway), Version.MQTT_5);
        probe.connect(Connect.of(Version.MQTT_5));
        return probe;
    }

    private static int awaitPrimary(int... candidates) {
        int[] primary = {0};
        Awaitility.await("there is a primary").atMost(Duration.ofSeconds(30)).until(() -> {
            for (int candidate : candidates) {
                if (OsProcess.status(cluster.url("leader", candidate, "/ha/leader")) == 200) {
                    primary[0] = candidate;
                }
            }
            return primary[0] != 0;
        });
        return primary[0];
    }
}
