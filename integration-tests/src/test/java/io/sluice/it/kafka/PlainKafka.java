package io.sluice.it.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.MqttProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own clients, which know nothing of MQTT. */
public final class PlainKafka implements AutoCloseable {

    private static final Map<String, Object> SETTINGS = Map.of("bootstrap.servers", Cluster.bootstrapServers());

    private final KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(SETTINGS, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

    /** A record with readable headers, as {@code name=value}. */
    static ProducerRecord<byte[], byte[]> record(String topic, String key, String value, String... headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, key == null ? null : key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
        for (String header : headers) {
            String[] parts = header.split("=", 2);
            record.headers().add(parts[0], parts[1].getBytes(UTF_8));
        }
        return record;
    }

    /** Writes a record and returns where it stands. */
    RecordMetadata write(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads a topic from its beginning until a record is found, which must be before the deadline. */
    public ConsumerRecord<byte[], byte[]> find(String topic, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(SETTINGS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumers.add(consumer);
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long end = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (wanted.test(record)) {
                    return record;
                }
            }
        }
        throw new AssertionError("There is no such record in " + topic);
    }

    /** The headers as {@code name=value}, in order. */
    static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + new String(header.value(), UTF_8));
        }
        return headers;
    }

    /** A header's value, or null. */
    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** Whether a record has this key. */
    public static boolean hasKey(ConsumerRecord<byte[], byte[]> record, String key) {
        return record.key() != null && new String(record.key(), UTF_8).equals(key);
    }

    @Override
    public void close() {
        try (producer) {
            consumers.forEach(KafkaConsumer::close);
        }
    }
}
