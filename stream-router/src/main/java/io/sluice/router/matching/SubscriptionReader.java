package io.sluice.router.matching;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.SubscriptionsRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a {@link SubscriptionTable} as {@code mqtt.subscriptions} has it, on a thread of its own. */
public final class SubscriptionReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String topic;
    private final int partitions;
    private final SubscriptionTable table;
    private final MatchEvents events;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "subscription-reader");
    private volatile boolean closing;

    private SubscriptionReader(
            Map<String, Object> clientProperties,
            String topic,
            int partitions,
            SubscriptionTable table,
            MatchEvents events) {
        this.topic = topic;
        this.partitions = partitions;
        this.table = table;
        this.events = events;
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.putAll(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Starts to read from the beginning.
     *
     * @param clientProperties what every Kafka client starts from
     * @param topic {@code mqtt.subscriptions}
     * @param partitions of the topic
     * @param table which has no other writer
     */
    public static SubscriptionReader start(
            Map<String, Object> clientProperties,
            String topic,
            int partitions,
            SubscriptionTable table,
            MatchEvents events) {
        SubscriptionReader reader = new SubscriptionReader(clientProperties, topic, partitions, table, events);
        reader.thread.start();
        return reader;
    }

    /** Waits until the table has all that the topic had when the reader was started, or the reader has failed. */
    public void awaitLoaded() throws InterruptedException {
        loaded.await();
    }

    /** Whether it reads; when it no longer does, the table grows old. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    private void run() {
        try (consumer) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (!closing) {
                if (loaded.getCount() > 0
                        && all.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition))) {
                    log.atInfo().addKeyValue("sessions", table.sessions()).log("Subscriptions read");
                    loaded.countDown();
                }
                consumer.poll(POLL).forEach(this::take);
            }
        } catch (WakeupException e) {
            log.atDebug().log("Told to stop");
        } catch (KafkaException e) {
            log.atError().setCause(e).log("Subscriptions can no longer be read");
        } finally {
            loaded.countDown();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null && record.key() != null) {
            table.remove(new String(record.key(), StandardCharsets.UTF_8));
            return;
        }
        try {
            table.put(record.partition(), checked(SubscriptionsRecord.decode(record.key(), record.value())));
        } catch (DamagedRecordException e) {
            events.damaged(topic);
            log.atError()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("Damaged record of subscriptions passed over");
        }
    }

    /** A version is for a log of so many partitions. */
    private SubscriptionsRecord checked(SubscriptionsRecord record) throws DamagedRecordException {
        if (record.versions().stream().anyMatch(version -> version.from().length != partitions)) {
            throw new DamagedRecordException("subscriptions record for another number of partitions");
        }
        return record;
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        consumer.wakeup();
        thread.join(CLOSE_TIMEOUT.toMillis());
    }
}
