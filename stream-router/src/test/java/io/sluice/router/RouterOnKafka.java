package io.sluice.router;

import static io.sluice.router.KafkaCluster.payload;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.config.Configs;
import io.sluice.wire.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Routers on a real Kafka, with topics of their own for each test. ZooKeeper is away: a router works without it. */
abstract class RouterOnKafka {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final SharedKafka SHARED = new SharedKafka();

    static KafkaCluster kafka;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Deque<Router> routers = new ArrayDeque<>();
    Topics topics;

    @BeforeAll
    static void findKafka() {
        kafka = SHARED.cluster();
    }

    @BeforeEach
    void nameTopics(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", PARTITIONS);
    }

    @AfterEach
    void stopRouters() {
        routers.parallelStream().forEach(Router::close);
        routers.clear();
    }

    final Router startReady(String name) {
        Router router = start(name);
        awaitReady(router);
        return router;
    }

    final Router start(String name) {
        return start(name, Map.of());
    }

    final Router start(String name, Map<String, String> more) {
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
                "100ms"));
        settings.putAll(Map.of(
                "SLUICE_PROCESSING_SESSION_TIMEOUT", "2s",
                "SLUICE_PROCESSING_WATCH_INTERVAL", "500ms"));
        settings.putAll(more);
        Router router = Router.start(Configs.load(RouterConfig.class, null, settings));
        routers.push(router);
        return router;
    }

    final String stateFolder(String name) {
        return folder.resolve(name).toString();
    }

    final void awaitReady(Router router) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(router, "/ready");
            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        });
    }

    final void awaitRetained(String topic, String payload) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            ConsumerRecord<byte[], byte[]> last = lastRetained(topic);
            assertThat(last).isNotNull();
            assertThat(payload(last)).isEqualTo(payload);
        });
    }

    final ConsumerRecord<byte[], byte[]> lastRetained(String topic) {
        return kafka.read(topics.retained()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(topic))
                .reduce((first, second) -> second)
                .orElse(null);
    }

    final void awaitMetric(Router router, String name, String tag, String tagValue, String value) {
        String tagged = tag + "=\"" + tagValue + "\"";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(router, "/metrics").body().lines())
                        .anyMatch(line ->
                                line.startsWith(name + "{") && line.contains(tagged) && line.endsWith(" " + value)));
    }

    final HttpResponse<String> get(Router router, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + router.adminPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
