package io.sluice.gateway.kafka;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.RetainedRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a gateway that starts to what is retained now. The router's committed offsets are taken before {@code
 * mqtt.retained} is read to its end, and the log is read from these offsets on: what the router had not yet written is
 * found there, so nothing that was retained or cleared is missed.
 */
final class RetainedBootstrap {

    private static final Logger log = LoggerFactory.getLogger(RetainedBootstrap.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long ADMIN_TIMEOUT_S = 30;

    private final Admin admin;
    private final String routerGroup;
    private final String retainedTopic;

    RetainedBootstrap(Admin admin, String routerGroup, String retainedTopic) {
        this.admin = admin;
        this.routerGroup = routerGroup;
        this.retainedTopic = retainedTopic;
    }

    /**
     * Fills the retained messages and leaves the consumer where the log has to be read from.
     *
     * @return the log's ends as of now: what is retained is complete when these are passed
     */
    Map<TopicPartition, Long> run(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> logPartitions, RetainedMessages retained)
            throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = committedOffsets();
        readRetained(consumer, logPartitions, retained);

        consumer.assign(logPartitions);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(logPartitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(logPartitions);
        for (TopicPartition partition : logPartitions) {
            OffsetAndMetadata offset = committed.get(partition);
            long from = offset == null ? starts.get(partition) : offset.offset();
            if (from < starts.get(partition)) {
                log.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("from", from)
                        .addKeyValue("to", starts.get(partition))
                        .log("The router is so late that retained messages may have been removed from the log");
            }
            // A log that is shorter than what the router has read is a new one.
            boolean inRange = from >= starts.get(partition) && from <= ends.get(partition);
            consumer.seek(partition, inRange ? from : starts.get(partition));
        }
        return ends;
    }

    private Map<TopicPartition, OffsetAndMetadata> committedOffsets() throws InterruptedException {
        try {
            return admin
                    .listConsumerGroupOffsets(routerGroup)
                    .partitionsToOffsetAndMetadata()
                    .get(ADMIN_TIMEOUT_S, TimeUnit.SECONDS)
                    .entrySet()
                    .stream()
                    .filter(entry -> entry.getValue() != null)
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("the router's offsets are not known", e);
        }
    }

    private void readRetained(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> logPartitions, RetainedMessages retained) {
        List<TopicPartition> partitions = logPartitions.stream()
                .map(partition -> new TopicPartition(retainedTopic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            consumer.poll(POLL).forEach(record -> accept(record, retained));
        }
        retained.retainedRead();
    }

    private static void accept(ConsumerRecord<byte[], byte[]> record, RetainedMessages retained) {
        try {
            retained.acceptRetained(RetainedRecord.decode(record).message());
        } catch (DamagedRecordException e) {
            log.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("Damaged retained record passed over");
        }
    }
}
