package io.sluice.leader.duty;

import io.micrometer.core.instrument.Counter;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.DeadLetter;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code mqtt.heartbeats} from where the last primary stopped. A damaged record goes to the dead-letter topic before
 * it counts as read. One thread, which may be interrupted.
 */
final class HeartbeatReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HeartbeatReader.class);
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(10);

    private final Topics topics;
    private final Producer<byte[], byte[]> producer;
    private final Counter damaged;
    private final LongSupplier clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private Map<TopicPartition, Long> ends;
    private long endsAsked;
    private long committed;

    /**
     * Opens it.
     *
     * @param heartbeatPartitions of the topic, which exists
     * @param producer for dead letters; closed by the caller
     * @param damaged counts damaged records
     * @param clock nanoseconds that only go forward
     */
    HeartbeatReader(
            KafkaSettings kafka,
            int heartbeatPartitions,
            Producer<byte[], byte[]> producer,
            Counter damaged,
            LongSupplier clock) {
        this.topics = kafka.topics();
        this.producer = producer;
        this.damaged = damaged;
        this.clock = clock;
        partitions = IntStream.range(0, heartbeatPartitions)
                .mapToObj(partition -> new TopicPartition(topics.heartbeats(), partition))
                .toList();
        consumer = new KafkaConsumer<>(
                kafka.heartbeatConsumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer.assign(partitions);
            askEnds();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        committed = clock.getAsLong();
    }

    /**
     * Waits for heartbeats and hands them on.
     *
     * @param patience how long at most
     */
    void poll(Duration patience, Consumer<Heartbeat> sink) throws InterruptedException {
        boolean buried = false;
        for (ConsumerRecord<byte[], byte[]> beat : consumer.poll(patience)) {
            try {
                sink.accept(Heartbeat.decode(beat.key(), beat.value()));
            } catch (DamagedRecordException e) {
                bury(beat, e.getMessage());
                buried = true;
            }
        }
        if (buried || clock.getAsLong() - committed >= COMMIT_INTERVAL.toNanos()) {
            consumer.commitSync(KAFKA_TIMEOUT);
            committed = clock.getAsLong();
        }
    }

    /**
     * A time up to which all heartbeats have been handed on, by the clock; empty if there is no new one. Asks Kafka, so it
     * fails or stands still while Kafka is away.
     */
    OptionalLong seenUntil() {
        for (TopicPartition partition : partitions) {
            if (consumer.position(partition, KAFKA_TIMEOUT) < ends.get(partition)) {
                return OptionalLong.empty();
            }
        }
        long seen = endsAsked;
        askEnds();
        return OptionalLong.of(seen);
    }

    private void askEnds() {
        endsAsked = clock.getAsLong();
        ends = consumer.endOffsets(partitions, KAFKA_TIMEOUT);
    }

    private void bury(ConsumerRecord<byte[], byte[]> beat, String cause) throws InterruptedException {
        damaged.increment();
        log.atWarn()
                .addKeyValue("offset", beat.offset())
                .addKeyValue("cause", cause)
                .log("Damaged heartbeat; put into the dead-letter topic");
        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(
                topics.deadLetter(),
                beat.topic(),
                beat.partition(),
                beat.offset(),
                beat.key(),
                beat.value(),
                beat.headers(),
                cause);
        try {
            producer.send(letter).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                throw new IllegalStateException("the dead-letter topic does not take records", e.getCause());
            }
            log.atError()
                    .addKeyValue("offset", beat.offset())
                    .setCause(e.getCause())
                    .log("The dead-letter topic refuses a record for good; left out");
        }
    }

    /** Does not wait for Kafka. */
    @Override
    public void close() {
        DutyThread.undisturbed(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
    }
}
