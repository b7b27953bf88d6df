package io.sluice.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real Kafka, and what a test wants to do with it. */
public final class KafkaCluster implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final EmbeddedKafka kafka;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;

    /** Starts it on a folder. */
    public KafkaCluster(Path folder) {
        kafka = EmbeddedKafka.start(folder);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 10 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Where it is. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** An outage that lasts until {@link #restart()}. */
    void stop() {
        kafka.stop();
    }

    void restart() {
        kafka.restart();
    }

    /** Makes all topics, as the leader does. */
    public void provision(Topics topics) throws Exception {
        for (Topics.Spec spec : topics.all()) {
            create(spec);
        }
    }

    void create(Topics.Spec spec) throws Exception {
        NewTopic topic = new NewTopic(spec.name(), spec.partitions(), (short) 1).configs(spec.config());
        admin.createTopics(List.of(topic)).all().get();
    }

    /** Lets a topic take records of so many bytes from now on. */
    public void limit(String topic, int bytes) throws Exception {
        AlterConfigOp limit = new AlterConfigOp(
                new ConfigEntry("max.message.bytes", Integer.toString(bytes)), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(limit)))
                .all()
                .get();
    }

    /** Has a group, which nobody is a member of, begin at the beginning again. */
    public void rewind(String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .keySet()
                .forEach(partition -> offsets.put(partition, new OffsetAndMetadata(0)));
        admin.alterConsumerGroupOffsets(group, offsets).all().get();
    }

    void delete(String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
    }

    /** Removes records as retention does. */
    void removeBefore(String topic, int partition, long offset) throws Exception {
        admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    boolean exists(String topic) throws Exception {
        return admin.listTopics().names().get().contains(topic);
    }

    /** Writes a record and returns where it stands. */
    public RecordMetadata write(ProducerRecord<byte[], byte[]> record) throws InterruptedException, ExecutionException {
        return producer.send(record).get();
    }

    /** Writes records, which gather on their way. */
    public void write(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException, ExecutionException {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    /** A message in the log. */
    public static ProducerRecord<byte[], byte[]> publish(
            Topics topics, String topic, String payload, String... headers) {
        return record(topics.publish(), null, topic, payload, headers);
    }

    /** What a writer of {@code mqtt.retained} may have written. */
    static ProducerRecord<byte[], byte[]> retained(
            Topics topics, String topic, String payload, int partition, long originOffset) {
        return record(
                topics.retained(),
                partition,
                topic,
                payload,
                "mqtt.retain=1",
                "mqtt.origin=" + partition + ":" + originOffset);
    }

    private static ProducerRecord<byte[], byte[]> record(
            String kafkaTopic, Integer partition, String topic, String payload, String... headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(kafkaTopic, partition, topic.getBytes(UTF_8), payload.getBytes(UTF_8));
        for (String header : headers) {
            int equals = header.indexOf('=');
            record.headers()
                    .add(
                            header.substring(0, equals),
                            header.substring(equals + 1).getBytes(UTF_8));
        }
        return record;
    }

    /** All records that stand in a topic now, by partition and offset. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.partition.fetch.bytes", 16 << 20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(POLL).forEach(records::add);
            }
            return records;
        }
    }

    /** The payload, or null for a tombstone. */
    public static String payload(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? null : new String(record.value(), UTF_8);
    }

    /** The headers as text. */
    static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        return Arrays.stream(record.headers().toArray())
                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .toList();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
        kafka.close();
    }
}
