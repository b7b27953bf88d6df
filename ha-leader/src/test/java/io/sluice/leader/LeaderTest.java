package io.sluice.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.StartException;
import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.GatewayInfo;
import io.sluice.kit.membership.GatewayMembership;
import io.sluice.kit.membership.GatewayStatus;
import io.sluice.kit.membership.Incarnation;
import io.sluice.kit.membership.RoleMembership;
import io.sluice.kit.membership.ZooKeeperClient;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.wire.Command;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Whole leaders on real Kafka and real ZooKeeper. */
class LeaderTest {

    private static final int PARTITIONS = 3;
    private static final Duration LOST_AFTER = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final GatewayInfo INFO = new GatewayInfo("gateway-1", "127.0.0.1:1883", "127.0.0.1:8081", 500);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedZooKeeper zooKeeper;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String cluster;
    private Topics topics;

    @BeforeAll
    static void startServers() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
    }

    @AfterAll
    static void stopServers() {
        zooKeeper.close();
        kafka.close();
    }

    @BeforeEach
    void start(TestInfo test) {
        cluster = test.getTestMethod().orElseThrow().getName();
        topics = kafkaConfig(PARTITIONS).topics();
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** A standby is ready too, and has done nothing yet. */
    private void awaitReadyPrimary(Leader leader) {
        await().atMost(PATIENCE)
                .until(() -> leader.isPrimary() && get(leader, "/ready").statusCode() == 200);
    }

    @Test
    void answersOnThePrimaryAndRefersToItOnAStandby() throws Exception {
        Leader primary = leader("a");
        await().atMost(PATIENCE).until(primary::isPrimary);
        Leader standby = leader("b");

        HttpResponse<String> yes = get(primary, "/ha/leader");
        assertThat(yes.statusCode()).isEqualTo(200);
        assertThat(json(yes).get("id").asText()).isEqualTo("a");
        assertThat(json(yes).get("primary").asText()).isEqualTo("a");
        long term = json(yes).get("term").asLong();
        assertThat(term).isPositive();

        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> no = get(standby, "/ha/leader");
            assertThat(no.statusCode()).isEqualTo(503);
            assertThat(json(no).get("id").asText()).isEqualTo("b");
            assertThat(json(no).get("primary").asText()).isEqualTo("a");
            assertThat(json(no).get("term").asLong()).isEqualTo(term);
        });
        assertThat(get(standby, "/ready").statusCode()).isEqualTo(200);
        assertThat(get(standby, "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void handsOverAtOnceWhenThePrimaryStops() throws Exception {
        Leader first = leader("a");
        await().atMost(PATIENCE).until(first::isPrimary);
        Leader second = leader("b");
        long term = json(get(first, "/ha/leader")).get("term").asLong();

        first.close();

        await().atMost(PATIENCE).until(second::isPrimary);
        assertThat(json(get(second, "/ha/leader")).get("term").asLong()).isGreaterThan(term);
    }

    @Test
    void showsTheWholeClusterOnAnyCandidate() throws Exception {
        Leader primary = leader("a");
        await().atMost(PATIENCE).until(primary::isPrimary);
        Leader standby = leader("b");
        GatewayMembership gateway = gateway();
        gateway.report(new GatewayStatus("ready", 12, 0.25, Map.of("messages/received", 5.0)));
        track(RoleMembership.join(zooKeeperConfig(), "routers", "router-1", Map.of("address", "127.0.0.1:8083")));

        for (Leader leader : List.of(primary, standby)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode seen = json(get(leader, "/ha/cluster"));
                assertThat(seen.get("primary").asText()).isEqualTo("a");
                assertThat(seen.get("term").asLong()).isPositive();
                assertThat(seen.get("zookeeper").asBoolean()).isTrue();
                assertThat(seen.get("slots").toString()).isEqualTo("{\"total\":4,\"taken\":1}");
                assertThat(seen.get("leaders"))
                        .extracting(node -> node.get("id").asText())
                        .containsExactly("a", "b");
                assertThat(seen.get("routers"))
                        .extracting(node -> node.get("id").asText())
                        .containsExactly("router-1");
                assertThat(seen.get("gateways").toString())
                        .isEqualTo("[{\"slot\":0,\"incarnation\":\"" + gateway.incarnation()
                                + "\",\"name\":\"gateway-1\",\"mqttAddress\":\"127.0.0.1:1883\","
                                + "\"adminAddress\":\"127.0.0.1:8081\",\"state\":\"ready\",\"connections\":12,"
                                + "\"load\":0.25,\"stats\":{\"messages/received\":5.0}}]");
                assertThat(seen.get("topics").get("state").asText()).isEqualTo("READY");
                assertThat(seen.get("topics").get("topics")).hasSameSizeAs(topics.all());
            });
        }
    }

    @Test
    void isReadyOnceTheTopicsAreThereAndSaysWhyIfTheyCannotBe() throws Exception {
        Leader right = leader("a");
        awaitReadyPrimary(right);
        right.close();

        Leader wrong = track(Leader.start(config("b", kafkaConfig(PARTITIONS + 1))));

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(get(wrong, "/ready").statusCode()).isEqualTo(503);
            assertThat(get(wrong, "/ready").body())
                    .contains(topics.publish() + " has 3 partitions, the configuration says 4");
        });
        assertThat(get(wrong, "/ha/leader").statusCode()).isEqualTo(200);
    }

    @Test
    void reapsAGatewayThatDiesAndTheNextLeaderFinishesWhatTheFirstBegan() throws Exception {
        Leader first = leader("a");
        awaitReadyPrimary(first);
        String died = dieAsGateway(false);

        await().atMost(PATIENCE).until(() -> !exists(ZooKeeperLayout.incarnation(died)));
        assertThat(losses(died)).hasSize(PARTITIONS);

        // One that dies between two leaders, and one that a leader had condemned when it died itself.
        first.close();
        String between = dieAsGateway(false);
        String condemned = dieAsGateway(true);
        Leader second = leader("b");

        await().atMost(PATIENCE)
                .until(() -> !exists(ZooKeeperLayout.incarnation(between))
                        && !exists(ZooKeeperLayout.incarnation(condemned)));
        assertThat(losses(between)).hasSize(PARTITIONS);
        assertThat(losses(condemned)).hasSize(PARTITIONS);
        assertThat(losses(between).get(0).term())
                .isGreaterThan(losses(died).get(0).term());
        await().untilAsserted(() ->
                assertThat(get(second, "/metrics").body()).containsPattern("sluice_gateways_lost_total\\S* 2"));
    }

    @Test
    void declaresNobodyLostWhoLeavesOrOutlivesAZooKeeperOutage() throws Exception {
        Leader leader = leader("a");
        awaitReadyPrimary(leader);
        gateway().close();
        GatewayMembership gateway = gateway();
        String incarnation = gateway.incarnation();
        beat(gateway);

        zooKeeper.stop();
        await().atMost(PATIENCE).until(() -> !leader.isPrimary());
        assertThat(get(leader, "/ha/leader").statusCode()).isEqualTo(503);
        assertThat(get(leader, "/ready").statusCode()).isEqualTo(503);
        await().during(LOST_AFTER.multipliedBy(2)).atMost(PATIENCE).until(() -> !leader.isPrimary());
        zooKeeper.restart();

        await().atMost(PATIENCE).until(leader::isPrimary);
        await().atMost(PATIENCE).until(gateway::connected);
        await().during(LOST_AFTER.multipliedBy(2)).atMost(PATIENCE).until(leader::isPrimary);
        assertThat(gateway.incarnation()).isEqualTo(incarnation);
        assertThat(losses(incarnation)).isEmpty();
        assertThat(read()).isEmpty();
    }

    @Test
    void stopsWithinSecondsWithoutZooKeeper() throws Exception {
        Leader leader = leader("a");
        awaitReadyPrimary(leader);
        zooKeeper.stop();
        try {
            assertThat(timeToClose(leader)).isLessThan(Duration.ofSeconds(10));
        } finally {
            zooKeeper.restart();
        }
    }

    private static Duration timeToClose(AutoCloseable closeable) throws Exception {
        long begin = System.nanoTime();
        closeable.close();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void measuresWhatItDoes() throws Exception {
        Leader leader = leader("a");
        gateway().report(new GatewayStatus("draining", 1, 0, Map.of()));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(leader, "/metrics").body())
                        .containsPattern("sluice_leader_primary\\S* 1\\.0")
                        .containsPattern("sluice_leader_term\\S* [1-9]")
                        .containsPattern("sluice_leader_elections_total\\S* 1\\.0")
                        .containsPattern("sluice_topics_provisioned\\S* 1\\.0")
                        .containsPattern("sluice_gateways\\{\\S*state=\"draining\"\\S* 1\\.0")
                        .containsPattern("sluice_gateways\\{\\S*state=\"ready\"\\S* 0\\.0")
                        .containsPattern("sluice_gateways_lost_total\\S* 0\\.0"));
    }

    @Test
    void saysSoWhenItCannotStart() {
        ZooKeeperConfig nobody =
                new ZooKeeperConfig("127.0.0.1:1", "/sluice", Duration.ofSeconds(1), Duration.ofMillis(300));
        assertThatThrownBy(() -> Leader.start(new LeaderConfig(
                        "a", 4, LOST_AFTER, kafkaConfig(PARTITIONS), nobody, new HaConfig("127.0.0.1", 0))))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("127.0.0.1:1 did not answer");

        Leader running = leader("a");
        assertThatThrownBy(() -> Leader.start(new LeaderConfig(
                        "b",
                        4,
                        LOST_AFTER,
                        kafkaConfig(PARTITIONS),
                        zooKeeperConfig(),
                        new HaConfig("127.0.0.1", running.haPort()))))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("127.0.0.1:" + running.haPort());
    }

    private Leader leader(String name) {
        return track(Leader.start(config(name, kafkaConfig(PARTITIONS))));
    }

    private LeaderConfig config(String name, KafkaConfig kafkaConfig) {
        return new LeaderConfig(name, 4, LOST_AFTER, kafkaConfig, zooKeeperConfig(), new HaConfig("127.0.0.1", 0));
    }

    private KafkaConfig kafkaConfig(int partitions) {
        return new KafkaConfig(kafka.bootstrapServers(), cluster + ".", partitions, (short) 1, Map.of());
    }

    private ZooKeeperConfig zooKeeperConfig() {
        return new ZooKeeperConfig(
                zooKeeper.connectString(), "/" + cluster, Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private GatewayMembership gateway() {
        return track(GatewayMembership.join(zooKeeperConfig(), 4, INFO, new GatewayMembership.Listener() {
            @Override
            public void slotChanged(int slot, String incarnation) {}

            @Override
            public void declaredLost(String incarnation) {}
        }));
    }

    /** What a gateway leaves in ZooKeeper when its process is killed and its session has ended. */
    private String dieAsGateway(boolean condemned) throws Exception {
        String incarnation = "gateway-" + System.nanoTime();
        try (CuratorFramework client = ZooKeeperClient.connect(zooKeeperConfig())) {
            Incarnation record = new Incarnation(2, INFO, GatewayStatus.STARTING, condemned ? 1 : 0);
            client.create()
                    .creatingParentsIfNeeded()
                    .forPath(ZooKeeperLayout.incarnation(incarnation), record.toJson());
        }
        return incarnation;
    }

    private boolean exists(String path) throws Exception {
        try (CuratorFramework client = ZooKeeperClient.connect(zooKeeperConfig())) {
            return client.checkExists().forPath(path) != null;
        }
    }

    /** Writes a gateway's heartbeats until the test ends. */
    private void beat(GatewayMembership gateway) {
        Producer<byte[], byte[]> producer = track(new KafkaProducer<>(
                kafkaConfig(PARTITIONS).clientProperties(), new ByteArraySerializer(), new ByteArraySerializer()));
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        open.add(timer::shutdownNow);
        var unused = timer.scheduleAtFixedRate(
                () -> {
                    Heartbeat beat = new Heartbeat(gateway.incarnation(), gateway.slot());
                    var unusedToo =
                            producer.send(new ProducerRecord<>(topics.heartbeats(), 0, beat.key(), beat.value()));
                },
                0,
                300,
                TimeUnit.MILLISECONDS);
    }

    private List<Command.GatewayLost> losses(String incarnation) throws Exception {
        List<Command.GatewayLost> losses = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read()) {
            if (new String(record.key(), StandardCharsets.UTF_8).equals(incarnation)) {
                losses.add((Command.GatewayLost) Command.decode(record.key(), record.value()));
            }
        }
        return losses;
    }

    /** All commands that were ever written. */
    private List<ConsumerRecord<byte[], byte[]>> read() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                kafkaConfig(PARTITIONS).clientProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                all.add(new TopicPartition(topics.commands(), partition));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long count = consumer.endOffsets(all).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (records.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    private HttpResponse<String> get(Leader leader, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + leader.haPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JsonMapper.builder().build().readTree(response.body());
    }

    private <T extends AutoCloseable> T track(T opened) {
        open.add(opened);
        return opened;
    }
}
