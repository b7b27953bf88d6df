package io.sluice.gateway.kafka;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.UniqueIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the second copy of a message from the first, also when the first one stands in front of where this gateway began to read
 * the log: a message names the place from which on its copies stand, and what lies between that and the beginning is read then, once.
 * On the tail's thread.
 */
final class SecondCopies {

    private static final Logger log = LoggerFactory.getLogger(SecondCopies.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final UniqueIds known;
    private final long farthest;
    private final BooleanSupplier closing;
    /** For each partition, the offset from which on everything was read. */
    private final long[] readFrom;

    /**
     * Before anything is read.
     *
     * @param consumer that reads the log
     * @param partitions all of the log
     * @param most how many ids are remembered, and messages of a partition looked back for
     * @param closing whether to give up
     */
    SecondCopies(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, int most, BooleanSupplier closing) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.known = new UniqueIds(most);
        this.farthest = most;
        this.closing = closing;
        this.readFrom = new long[partitions.size()];
    }

    /** The log is read from where the consumer is now. */
    void begin() {
        for (int p = 0; p < readFrom.length; p++) {
            readFrom[p] = consumer.position(partitions.get(p));
        }
    }

    /** Whether a message of the log is a copy of one that stands before it. */
    boolean isRepeated(PublishRecord message) {
        if (message.uniqueId() != null && message.uniqueAfter() >= 0) {
            long begin = readFrom[message.partition()];
            long from = Math.max(message.uniqueAfter(), begin - farthest);
            if (from < begin) {
                lookBack(message.partition(), from, begin);
                readFrom[message.partition()] = from;
            }
        }
        return known.isRepeated(message);
    }

    private void lookBack(int index, long from, long to) {
        TopicPartition partition = partitions.get(index);
        List<TopicPartition> others = new ArrayList<>(partitions);
        others.remove(partition);
        long next = consumer.position(partition);
        consumer.pause(others);
        try {
            consumer.seek(partition, from);
            while (consumer.position(partition) < to && !closing.getAsBoolean()) {
                read(to);
            }
        } catch (OffsetOutOfRangeException e) {
            log.debug("What was to be looked back for is not in the log any more");
        } finally {
            consumer.seek(partition, next);
            consumer.resume(others);
        }
    }

    private void read(long to) {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to) {
                    remember(record);
                }
            }
        } catch (WakeupException e) {
            log.trace("Woken while looking back");
        } catch (OffsetOutOfRangeException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("Looking back in the log failed; trying again");
        }
    }

    private void remember(ConsumerRecord<byte[], byte[]> record) {
        try {
            known.isRepeated(PublishRecord.decode(record));
        } catch (DamagedRecordException e) {
            log.trace("What cannot be read has no copy", e);
        }
    }
}
