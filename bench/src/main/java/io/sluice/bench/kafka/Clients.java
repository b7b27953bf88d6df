package io.sluice.bench.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's clients as all runs use them: with sockets as large as the need, as Sluice has them. */
final class Clients {

    private static final String BY_SYSTEM = "-1";
    private static final int BATCH_BYTES = 65_536;

    private Clients() {}

    /** One that waits for all replicas. */
    static Producer<byte[], byte[]> producer(String bootstrapServers, Duration linger) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "send.buffer.bytes",
                BY_SYSTEM,
                "acks",
                "all",
                "linger.ms",
                Long.toString(linger.toMillis()),
                "batch.size",
                Integer.toString(BATCH_BYTES));
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** One that reads all partitions from their beginning, without a group. */
    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String topic, int partitions) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "receive.buffer.bytes", BY_SYSTEM);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }

    /** Keys that records have in turn. */
    static byte[][] keys(int count) {
        return IntStream.range(0, count)
                .mapToObj(key -> ("bench/" + key).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** The name of a topic for one run. */
    static String topic() {
        return "bench-hop-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));
    }
}
