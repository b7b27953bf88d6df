package io.sluice.router;

import static io.sluice.router.KafkaCluster.headers;
import static io.sluice.router.KafkaCluster.payload;
import static io.sluice.router.KafkaCluster.publish;
import static io.sluice.router.KafkaCluster.retained;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.StartException;
import io.sluice.kit.config.Configs;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.ZooKeeperClient;
import io.sluice.wire.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The router as a whole on a real Kafka. ZooKeeper is away all the time: a router works without it. */
class RouterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    @TempDir
    private static Path kafkaFolder;

    private static KafkaCluster kafka;

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Deque<Router> routers = new ArrayDeque<>();
    private Topics topics;

    @BeforeAll
    static void startKafka() {
        kafka = new KafkaCluster(kafkaFolder);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void nameTopics(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", PARTITIONS);
    }

    @AfterEach
    void stopRouters() {
        routers.forEach(Router::close);
    }

    @Test
    void retains() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");

        RecordMetadata first = kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1", "traceparent=00-0af7"));
        kafka.write(publish(topics, "b", "not retained"));
        kafka.write(publish(topics, "b", "cleared soon", "mqtt.retain=1"));
        RecordMetadata clearing = kafka.write(publish(topics, "b", "", "mqtt.retain=1"));

        awaitRetained("a", "21.5");
        awaitRetained("b", null);
        ConsumerRecord<byte[], byte[]> a = lastRetained("a");
        assertThat(a.partition()).isEqualTo(first.partition());
        assertThat(a.timestamp()).isEqualTo(first.timestamp());
        assertThat(headers(a))
                .containsExactly(
                        "mqtt.retain=1",
                        "traceparent=00-0af7",
                        "mqtt.origin=" + first.partition() + ":" + first.offset());
        assertThat(headers(lastRetained("b")))
                .contains("mqtt.origin=" + clearing.partition() + ":" + clearing.offset());
        awaitMetric(router, "sluice_retained_writes_total", "kind", "message", "2.0");
        awaitMetric(router, "sluice_retained_writes_total", "kind", "tombstone", "1.0");
        awaitMetric(router, "sluice_retained_writes_total", "kind", "rewrite", "0.0");
        awaitMetric(router, "sluice_router_lag_records", "topic", topics.publish(), "0.0");
        awaitMetric(router, "sluice_router_lag_records", "topic", topics.retained(), "0.0");
    }

    @Test
    void waitsForItsTopicsAndSaysSo() throws Exception {
        Router router = start("one");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(router, "/ready").body()).contains(topics.deadLetter()));
        assertThat(get(router, "/ready").statusCode()).isEqualTo(503);
        assertThat(get(router, "/live").statusCode()).isEqualTo(200);

        kafka.provision(topics);

        awaitReady(router);
        kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1"));
        awaitRetained("a", "21.5");
    }

    @Test
    void refusesToStartWithoutCoPartitionedTopics() throws Exception {
        kafka.create(new Topics.Spec(topics.publish(), 2, Map.of()));
        kafka.create(new Topics.Spec(topics.retained(), 3, Map.of()));
        kafka.create(new Topics.Spec(topics.commands(), 1, Map.of()));
        kafka.create(new Topics.Spec(topics.deadLetter(), 1, Map.of()));

        Router router = start("one");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(router, "/ready").body()).contains("both need the same number"));
    }

    @Test
    void handsDamagedRecordsToTheDeadLetterTopic() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");

        kafka.write(publish(topics, "a", "damaged", "mqtt.qos=9"));
        kafka.write(new ProducerRecord<>(topics.commands(), "gw".getBytes(UTF_8), new byte[] {99}));
        kafka.write(new ProducerRecord<>(topics.retained(), "a".getBytes(UTF_8), "no origin".getBytes(UTF_8)));
        kafka.write(publish(topics, "a", "sound", "mqtt.retain=1"));

        awaitRetained("a", "sound");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.read(topics.deadLetter())).hasSize(3));
        assertThat(kafka.read(topics.deadLetter()))
                .extracting(letter -> headers(letter).get(0))
                .containsExactlyInAnyOrder(
                        "dead-letter.cause=header mqtt.qos must be 0 to 2",
                        "dead-letter.cause=command without version and type",
                        "dead-letter.cause=header mqtt.origin is missing");
        awaitMetric(router, "sluice_dead_letters_total", "topic", topics.publish(), "1.0");
    }

    @Test
    void putsRightWhatAPredecessorWritesLateAlsoAfterARestart() throws Exception {
        kafka.provision(topics);
        startReady("one");
        RecordMetadata old = kafka.write(publish(topics, "a", "old", "mqtt.retain=1"));
        kafka.write(publish(topics, "a", "new", "mqtt.retain=1"));
        awaitRetained("a", "new");
        stopRouters();
        startReady("one");

        kafka.write(retained(topics, "a", "old", old.partition(), old.offset()));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.read(topics.retained()))
                        .extracting(KafkaCluster::payload)
                        .endsWith("old", "new"));
    }

    @Test
    void goesOnAfterARestartWithWhatWasPublishedMeanwhile() throws Exception {
        kafka.provision(topics);
        startReady("one");
        kafka.write(publish(topics, "a", "before", "mqtt.retain=1"));
        awaitRetained("a", "before");
        stopRouters();
        kafka.write(publish(topics, "a", "meanwhile", "mqtt.retain=1"));

        startReady("one");

        awaitRetained("a", "meanwhile");
    }

    @Test
    void handsOverToAnotherRouter() throws Exception {
        kafka.provision(topics);
        Router one = startReady("one");
        startReady("two");
        kafka.write(publish(topics, "a", "of both", "mqtt.retain=1"));
        awaitRetained("a", "of both");

        one.close();
        for (String topic : List.of("a", "b", "c", "d", "e", "f")) {
            kafka.write(publish(topics, topic, "of the other", "mqtt.retain=1"));
        }

        for (String topic : List.of("a", "b", "c", "d", "e", "f")) {
            awaitRetained(topic, "of the other");
        }
    }

    @Test
    void writesAgainAllThatIsRetainedWhenItsTopicIsMadeAnew() throws Exception {
        kafka.provision(topics);
        startReady("one");
        kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1"));
        awaitRetained("a", "21.5");

        remake(topics.retained());

        awaitRetained("a", "21.5");
    }

    @Test
    void saysThatTheLogWasMadeAnewAndDoesNotTakeItsOffsetsForThoseOfTheOldOne() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");
        kafka.write(publish(topics, "a", "of the old log", "mqtt.retain=1"));
        awaitRetained("a", "of the old log");

        remake(topics.publish());

        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(router, "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains(topics.publish() + " was made anew");
        });
    }

    private void remake(String topic) throws Exception {
        kafka.delete(topic);
        await().atMost(PATIENCE).until(() -> !kafka.exists(topic));
        for (Topics.Spec spec : topics.all()) {
            if (spec.name().equals(topic)) {
                kafka.create(spec);
            }
        }
    }

    @Test
    void goesOnWhenKafkaRefusesARecordForGood() throws Exception {
        for (Topics.Spec spec : topics.all()) {
            Map<String, String> config = new HashMap<>(spec.config());
            config.put("max.message.bytes", spec.name().equals(topics.publish()) ? "4000000" : "100000");
            kafka.create(new Topics.Spec(spec.name(), spec.partitions(), config));
        }
        Router router = startReady("one");

        kafka.write(publish(topics, "a", "x".repeat(1_000_000), "mqtt.retain=1"));
        kafka.write(publish(topics, "a", "sound", "mqtt.retain=1"));

        awaitRetained("a", "sound");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.read(topics.deadLetter())).hasSize(1));
        ConsumerRecord<byte[], byte[]> letter = kafka.read(topics.deadLetter()).get(0);
        assertThat(letter.key()).isEqualTo("a".getBytes(UTF_8));
        assertThat(letter.value()).isNull();
        assertThat(headers(letter).get(0)).startsWith("dead-letter.cause=refused by " + topics.retained());
        awaitMetric(router, "sluice_router_unwritable_records_total", "topic", topics.retained(), "1.0");
    }

    @Test
    void makesWayForAnotherProcessUnderItsName() throws Exception {
        kafka.provision(topics);
        Router first = startReady("one");

        Router second = start(
                "one", Map.of("SLUICE_STATE_FOLDER", folder.resolve("other").toString()));

        awaitReady(second);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(first, "/ready").body()).contains("another router runs under the name one"));
        kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1"));
        awaitRetained("a", "21.5");
    }

    @Test
    void isNotReadyWhileAnotherRouterHasItsStateFolder() throws Exception {
        kafka.provision(topics);
        startReady("one");

        Router second = start("two", Map.of("SLUICE_STATE_FOLDER", stateFolder("one")));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(second, "/ready").body()).contains("state directory"));
    }

    @Test
    void comesBackAfterAnOutageOfKafka() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");
        kafka.write(publish(topics, "a", "before", "mqtt.retain=1"));
        awaitRetained("a", "before");

        kafka.stop();
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(router, "/ready").statusCode()).isEqualTo(503));
        } finally {
            kafka.restart();
        }

        awaitReady(router);
        kafka.write(publish(topics, "a", "after", "mqtt.retain=1"));
        awaitRetained("a", "after");
    }

    @Test
    void tellsWhatRetentionHasRemovedTooEarly() throws Exception {
        kafka.provision(topics);
        startReady("one");
        RecordMetadata first = kafka.write(publish(topics, "a", "first", "mqtt.retain=1"));
        awaitRetained("a", "first");
        stopRouters();
        kafka.write(publish(topics, "a", "lost", "mqtt.retain=1"));
        kafka.write(publish(topics, "a", "lost too", "mqtt.retain=1"));
        kafka.write(publish(topics, "a", "kept", "mqtt.retain=1"));
        kafka.removeBefore(topics.publish(), first.partition(), first.offset() + 3);

        Router router = startReady("one");

        awaitRetained("a", "kept");
        awaitMetric(router, "sluice_router_lost_records_total", "topic", topics.publish(), "2.0");
    }

    @Test
    void registersInZooKeeperAlsoWhenThatComesLater() throws Exception {
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"))) {
            zooKeeper.stop();
            Router router = start("one", Map.of("SLUICE_ZOOKEEPER_CONNECT", zooKeeper.connectString()));

            zooKeeper.restart();

            ZooKeeperConfig config =
                    Configs.load(ZooKeeperConfig.class, null, Map.of("SLUICE_CONNECT", zooKeeper.connectString()));
            try (CuratorFramework client = ZooKeeperClient.connect(config)) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(client.checkExists().forPath("/routers/one"))
                                .isNotNull());
                assertThat(new String(client.getData().forPath("/routers/one"), UTF_8))
                        .contains("127.0.0.1:" + router.adminPort());
            }
        }
    }

    @Test
    void showsWhatKafkaStreamsMeasures() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");

        assertThat(get(router, "/metrics").body()).contains("kafka_stream_thread_process_total");
        awaitMetric(router, "sluice_router_state", "state", "running", "1.0");
        awaitMetric(router, "sluice_router_state", "state", "waiting", "0.0");
    }

    @Test
    void refusesAStateFolderThatIsNone() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> start("one", Map.of("SLUICE_STATE_FOLDER", file.toString())))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void refusesAnAdminPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> start("one", Map.of("SLUICE_ADMIN_PORT", port)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(port);
        }
    }

    private Router startReady(String name) {
        Router router = start(name);
        awaitReady(router);
        return router;
    }

    private Router start(String name) {
        return start(name, Map.of());
    }

    private Router start(String name, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "SLUICE_NAME",
                name,
                "SLUICE_STATE_FOLDER",
                stateFolder(name),
                "SLUICE_ADMIN_PORT",
                "0",
                "SLUICE_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SLUICE_KAFKA_TOPIC_PREFIX",
                topics.prefix(),
                "SLUICE_KAFKA_PARTITIONS",
                Integer.toString(PARTITIONS),
                "SLUICE_KAFKA_REPLICATION_FACTOR",
                "1",
                "SLUICE_ZOOKEEPER_CONNECT",
                "127.0.0.1:1",
                "SLUICE_PROCESSING_COMMIT_INTERVAL",
                "100ms",
                "SLUICE_PROCESSING_SESSION_TIMEOUT",
                "6s"));
        settings.putAll(more);
        Router router = Router.start(Configs.load(RouterConfig.class, null, settings));
        routers.push(router);
        return router;
    }

    private String stateFolder(String name) {
        return folder.resolve(name).toString();
    }

    private void awaitReady(Router router) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(router, "/ready");
            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        });
    }

    private void awaitRetained(String topic, String payload) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            ConsumerRecord<byte[], byte[]> last = lastRetained(topic);
            assertThat(last).isNotNull();
            assertThat(payload(last)).isEqualTo(payload);
        });
    }

    private ConsumerRecord<byte[], byte[]> lastRetained(String topic) {
        return kafka.read(topics.retained()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(topic))
                .reduce((first, second) -> second)
                .orElse(null);
    }

    private void awaitMetric(Router router, String name, String tag, String tagValue, String value) {
        String tagged = tag + "=\"" + tagValue + "\"";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(router, "/metrics").body().lines())
                        .anyMatch(line ->
                                line.startsWith(name + "{") && line.contains(tagged) && line.endsWith(" " + value)));
    }

    private HttpResponse<String> get(Router router, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + router.adminPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
