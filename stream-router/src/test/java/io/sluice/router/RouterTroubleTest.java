package io.sluice.router;

import static io.sluice.router.KafkaCluster.headers;
import static io.sluice.router.KafkaCluster.publish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.StartException;
import io.sluice.wire.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** The router as a whole: what goes wrong around it. */
class RouterTroubleTest extends RouterOnKafka {

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
    void writesAgainAllThatIsRetainedWhenItsTopicIsMadeAnew() throws Exception {
        kafka.provision(topics);
        startReady("one");
        kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1"));
        awaitRetained("a", "21.5");

        remake(topics.retained());

        awaitRetained("a", "21.5");
    }

    @Test
    void waitsAgainWhenATopicIsDeleted() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");

        kafka.delete(topics.wills());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(router, "/ready").body()).contains(topics.wills()));
        for (Topics.Spec spec : topics.all()) {
            if (spec.name().equals(topics.wills())) {
                kafka.create(spec);
            }
        }
        awaitReady(router);
    }

    @Test
    void saysThatCommandsWereMadeAnewAndDoesNotTakeTheirOffsetsForThoseOfTheOldOnes() throws Exception {
        kafka.provision(topics);
        Router router = startReady("one");

        remake(topics.commands());

        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(router, "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("durable sessions belong to the old one");
        });
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

    @Test
    void saysThatItCannotReadWhatAnotherBuildHasWritten() throws Exception {
        kafka.provision(topics);
        startReady("one").close();
        byte[] ofVersion1 = {1, 0};
        kafka.write(new ProducerRecord<>(
                topics.queueApplicationId() + "-state-changelog", 0, "I".getBytes(UTF_8), ofVersion1));

        Router router = start("one", Map.of());

        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get(router, "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("a build whose state this one cannot read");
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

    /** As when Kafka carries out a join that the router has given up: here another one makes it, and stays. */
    @Test
    void goesOnUnderAnotherNameWhenKafkaHasAnotherMemberUnderItsOwn() throws Exception {
        kafka.provision(topics);
        Router first = startReady("one");
        Path other = Files.createDirectory(folder.resolve("other"));
        for (Path file : memberFiles("one").keySet()) {
            Files.copy(file, other.resolve(file.getFileName()));
        }

        Router second = start("one", Map.of("SLUICE_STATE_FOLDER", other.toString()));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(memberFiles("one").values())
                        .doesNotContainAnyElementsOf(memberFiles("other").values()));
        awaitReady(second);
        awaitReady(first);
        kafka.write(publish(topics, "a", "21.5", "mqtt.retain=1"));
        awaitRetained("a", "21.5");
    }

    /** What is a router's own in its names in the groups of its stages, by the file that holds it. */
    private Map<Path, String> memberFiles(String router) throws Exception {
        Map<Path, String> names = new HashMap<>();
        try (Stream<Path> files = Files.list(folder.resolve(router))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".member")).toList()) {
                names.put(file, Files.readString(file));
            }
        }
        return names;
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
}
