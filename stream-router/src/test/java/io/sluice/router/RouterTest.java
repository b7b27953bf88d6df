package io.sluice.router;

import static io.sluice.router.KafkaCluster.headers;
import static io.sluice.router.KafkaCluster.publish;
import static io.sluice.router.KafkaCluster.retained;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.config.Configs;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.ZooKeeperClient;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** The router as a whole: what it is for. */
class RouterTest extends RouterOnKafka {

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
                        "dead-letter.cause=command of unknown version 99",
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
}
