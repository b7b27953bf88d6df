package io.sluice.router.matching;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the log with a consumer of its own, which is no member of any group. Thread-safe: one stretch at a time. */
public final class KafkaLogReader implements LogReader, AutoCloseable {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * Opens the consumer.
     *
     * @param clientProperties what every Kafka client starts from
     * @param topic the log
     * @param applicationId whose committed offsets tell the position
     */
    public KafkaLogReader(Map<String, Object> clientProperties, String topic, String applicationId) {
        this.topic = topic;
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.putAll(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                applicationId,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"));
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public synchronized long position(int partition) {
        TopicPartition of = new TopicPartition(topic, partition);
        consumer.assign(List.of(of));
        try {
            long first = consumer.beginningOffsets(Set.of(of), ANSWER_TIMEOUT).get(of);
            OffsetAndMetadata committed =
                    consumer.committed(Set.of(of), ANSWER_TIMEOUT).get(of);
            return committed == null ? first : Math.max(first, committed.offset());
        } finally {
            consumer.unsubscribe();
        }
    }

    @Override
    public synchronized void read(int partition, long from, long to, Consumer<PublishRecord> visitor) {
        TopicPartition of = new TopicPartition(topic, partition);
        consumer.assign(List.of(of));
        try {
            long first = consumer.beginningOffsets(Set.of(of), ANSWER_TIMEOUT).get(of);
            if (first >= to) {
                return;
            }
            consumer.seek(of, Math.max(first, from));
            long heardAt = System.nanoTime();
            for (long next = consumer.position(of); next < to; next = consumer.position(of)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < to) {
                        visit(record, visitor);
                    }
                }
                if (consumer.position(of) > next) {
                    heardAt = System.nanoTime();
                } else if (System.nanoTime() - heardAt > SILENCE.toNanos()) {
                    throw new TimeoutException("nothing comes from " + of + " at " + next);
                }
            }
        } finally {
            consumer.unsubscribe();
        }
    }

    private static void visit(ConsumerRecord<byte[], byte[]> record, Consumer<PublishRecord> visitor) {
        PublishRecord message;
        try {
            message = PublishRecord.decode(record);
        } catch (DamagedRecordException e) {
            return; // The stage that keeps what is retained tells of it.
        }
        visitor.accept(message);
    }

    @Override
    public synchronized void close() {
        consumer.close(CloseOptions.timeout(ANSWER_TIMEOUT));
    }
}
