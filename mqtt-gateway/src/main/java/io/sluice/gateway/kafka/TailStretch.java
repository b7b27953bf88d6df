package io.sluice.gateway.kafka;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SecondCopies;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a part of the log again with the tail's own consumer, whose place is the same afterwards. The tail stands still
 * meanwhile, as it does anyway while Kafka is away. Belongs to its thread.
 */
final class TailStretch implements SecondCopies.Stretch {

    private static final Logger log = LoggerFactory.getLogger(TailStretch.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_AFTER_FAILURE_MS = 500;

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final BooleanSupplier closing;

    /**
     * A reader.
     *
     * @param consumer assigned to all partitions when it is used
     * @param closing whether nobody needs an answer any more
     */
    TailStretch(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, BooleanSupplier closing) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.closing = closing;
    }

    @Override
    public void read(int partition, long from, long to, java.util.function.Consumer<PublishRecord> visitor) {
        TopicPartition of = partitions.get(partition);
        List<TopicPartition> others =
                partitions.stream().filter(other -> !other.equals(of)).toList();
        long place = untilDone(() -> consumer.position(of), 0L);
        consumer.pause(others);
        try {
            for (long next = from; next < to; ) {
                long first = next;
                next = untilDone(() -> readOn(of, first, to, visitor), to);
            }
        } finally {
            consumer.seek(of, place);
            consumer.resume(others);
        }
    }

    /** Reads once; where to go on, which is not before {@code to} if there is nothing more. What fails in between is read again. */
    private long readOn(TopicPartition of, long first, long to, java.util.function.Consumer<PublishRecord> visitor) {
        long start = Math.max(first, consumer.beginningOffsets(List.of(of)).get(of));
        // The log may have lost its end since that was read.
        if (start >= Math.min(to, consumer.endOffsets(List.of(of)).get(of))) {
            return to;
        }
        consumer.seek(of, start);
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.offset() < to) {
                visit(record, visitor);
            }
        }
        return consumer.position(of);
    }

    private static void visit(
            ConsumerRecord<byte[], byte[]> record, java.util.function.Consumer<PublishRecord> visitor) {
        try {
            visitor.accept(PublishRecord.decode(record));
        } catch (DamagedRecordException e) {
            log.atTrace().setCause(e).log("The router tells of damaged records");
        }
    }

    private long untilDone(Supplier<Long> action, long otherwise) {
        while (!closing.getAsBoolean()) {
            try {
                return action.get();
            } catch (WakeupException e) {
                log.trace("Woken while reading again");
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                log.atWarn().addKeyValue("cause", e.getMessage()).log("Reading the log again failed; trying again");
                pause();
            }
        }
        return otherwise;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
