package io.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.embedded.EmbeddedKafka.Listener;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

    @TempDir
    Path folder;

    @Test
    void recordsSurviveARestartOnTheSamePort() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            int port = kafka.port();
            createTopic(kafka, "kept");
            append(kafka, "kept", "before the restart");

            kafka.stop();
            kafka.restart();

            assertThat(kafka.port()).isEqualTo(port);
            append(kafka, "kept", "after the restart");
            assertThat(read(kafka, "kept", 2)).containsExactly("before the restart", "after the restart");
        }
    }

    @Test
    void recordsSurviveInTheFolderForTheNextServer() throws Exception {
        try (EmbeddedKafka first = EmbeddedKafka.start(folder)) {
            createTopic(first, "kept");
            append(first, "kept", "written by the first server");
        }
        try (EmbeddedKafka second = EmbeddedKafka.start(folder)) {
            assertThat(read(second, "kept", 1)).containsExactly("written by the first server");
        }
    }

    @Test
    void transactionsAndConsumerGroupsWorkOnOneNode() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            createTopic(kafka, "counted");
            Map<String, Object> transactional =
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "one");
            try (var producer = new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                assertThat(producer.send(new ProducerRecord<>("counted", "in a transaction")))
                        .isNotNull();
                producer.commitTransaction();
            }
            Map<String, Object> group = Map.of(
                    "bootstrap.servers", kafka.bootstrapServers(),
                    "group.id", "readers",
                    "auto.offset.reset", "earliest",
                    "isolation.level", "read_committed");
            try (var consumer = new KafkaConsumer<>(group, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(Set.of("counted"));
                assertThat(poll(consumer, 1)).containsExactly("in a transaction");
                consumer.commitSync();
            }
        }
    }

    @Test
    void aTakenPortIsABindException() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, taken.getLocalPort(), Map.of()))
                    .hasCauseInstanceOf(BindException.class);
        }
    }

    @Test
    void sendsTheClientsOfAFurtherListenerToTheAddressThatItAdvertises() throws Exception {
        int port = freePort();
        Listener another = new Listener("ANOTHER_WAY", port, "localhost:" + port);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, Map.of(), List.of(another));
                Admin byIt = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port));
                Admin byTheFirst = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(byIt.describeCluster().nodes().get())
                    .extracting(node -> node.host() + ":" + node.port())
                    .containsExactly(another.advertised());
            assertThat(byTheFirst.describeCluster().nodes().get())
                    .extracting(node -> node.host() + ":" + node.port())
                    .containsExactly(kafka.bootstrapServers());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void createTopic(EmbeddedKafka kafka, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private static void append(EmbeddedKafka kafka, String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> read(EmbeddedKafka kafka, String topic, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
            return poll(consumer, count);
        }
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        List<String> values = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (values.size() < count && System.nanoTime() < deadline) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
            records.forEach(record -> values.add(record.value()));
        }
        return values;
    }
}
