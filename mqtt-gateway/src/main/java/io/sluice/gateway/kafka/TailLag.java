package io.sluice.gateway.kafka;

import io.sluice.gateway.metrics.GatewayMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the tail is behind the log's end, and what to do where the log does not hold the tail's place any more. */
final class TailLag {

    private static final Logger log = LoggerFactory.getLogger(TailLag.class);
    private static final long UPDATE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong millis = new AtomicLong();
    private final LongAdder lost = new LongAdder();
    private long updatedNanos;

    TailLag(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, GatewayMetrics metrics) {
        this.consumer = consumer;
        this.partitions = partitions;
        metrics.gauge(
                "sluice.tail.lag.records", "Messages in the log that the tail has not read", records, AtomicLong::get);
        metrics.gauge(
                "sluice.tail.lag.seconds",
                "Age of the newest message that the tail has read, while there are more",
                millis,
                lagMillis -> lagMillis.get() / 1e3);
        metrics.counter("sluice.tail.lost.records", "Messages that the log no longer held when the tail came", lost);
    }

    /** After each read; costs something only once a second. */
    void update(ConsumerRecords<byte[], byte[]> read) {
        long now = System.nanoTime();
        if (now - updatedNanos < UPDATE_INTERVAL_NANOS) {
            return;
        }
        updatedNanos = now;
        long behind = 0;
        for (TopicPartition partition : partitions) {
            OptionalLong ofPartition = consumer.currentLag(partition);
            behind += ofPartition.orElse(0);
        }
        records.set(behind);
        millis.set(behind == 0 ? 0 : age(read));
    }

    private static long age(ConsumerRecords<byte[], byte[]> read) {
        long newest = 0;
        for (ConsumerRecord<byte[], byte[]> record : read) {
            newest = Math.max(newest, record.timestamp());
        }
        return newest == 0 ? 0 : Math.max(0, System.currentTimeMillis() - newest);
    }

    /**
     * Goes on where the log can be read. An offset below the log's start was removed by retention: that is loss. One beyond
     * its end means that the log has lost its end, or is a new one: its incarnation is read from the start.
     *
     * @return the partitions that have a new incarnation
     */
    List<Integer> seekIntoRange(OffsetOutOfRangeException outOfRange) {
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(outOfRange.partitions());
        List<Integer> anew = new ArrayList<>();
        outOfRange.offsetOutOfRangePartitions().forEach((partition, position) -> {
            long start = starts.get(partition);
            if (position < start) {
                lost.add(start - position);
                log.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("from", position)
                        .addKeyValue("to", start)
                        .log("Messages were removed from the log before they were delivered");
            } else if (outOfRange instanceof LogTruncationException truncation
                    && truncation.divergentOffsets().containsKey(partition)) {
                start = truncation.divergentOffsets().get(partition).offset();
                log.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("from", position)
                        .addKeyValue("to", start)
                        .log("The log has lost its end; going on where it ends now");
            } else {
                anew.add(partition.partition());
                log.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("position", position)
                        .log("The log is shorter than it was; reading its new incarnation from the start");
            }
            consumer.seek(partition, start);
        });
        return anew;
    }
}
