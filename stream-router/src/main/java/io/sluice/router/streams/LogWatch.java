package io.sluice.router.streams;

import io.sluice.router.metrics.RouterMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what was processed and committed with what there is: tells the lag, what retention has removed too early, and a
 * log that is shorter than it was. Used by the run's thread.
 */
final class LogWatch {

    private static final Logger log = LoggerFactory.getLogger(LogWatch.class);
    private static final long ANSWER_TIMEOUT_S = 10;

    private final String stage;
    private final String group;
    private final List<String> topics;
    private final RouterMetrics metrics;
    /** Up to where a loss was told, by partition. */
    private final Map<TopicPartition, Long> lossTold = new HashMap<>();
    /** The end at which a log was found too short, by partition. */
    private final Map<TopicPartition, Long> shortTold = new HashMap<>();

    LogWatch(Stage stage, RouterMetrics metrics) {
        this.stage = stage.name();
        group = stage.applicationId();
        topics = stage.sources();
        this.metrics = metrics;
        topics.forEach(topic -> metrics.lost(this.stage, topic, 0));
    }

    /** The lag is not known. */
    void unknown() {
        topics.forEach(topic -> {
            metrics.lag(stage, topic, -1);
            metrics.headroom(stage, topic, -1);
        });
    }

    /** Looks once. */
    void look(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicPartition> partitions = partitions(admin);
        // In this order no healthy log can look too short, and none that moves on can look cut off.
        Map<TopicPartition, Long> starts = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
        Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());

        Map<String, Long> lags = new HashMap<>();
        Map<String, Double> headrooms = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = committed.get(partition);
            long start = starts.get(partition);
            long end = ends.get(partition);
            long position = offset == null ? start : offset.offset();
            if (position < start) {
                tellLoss(partition, position, start);
            } else if (position > end) {
                tellShort(partition, position, end);
            }
            lags.merge(partition.topic(), Math.max(0, end - Math.max(position, start)), Long::sum);
            headrooms.merge(partition.topic(), headroom(start, position, end), Math::min);
        }
        lags.forEach((topic, lag) -> metrics.lag(stage, topic, lag));
        headrooms.forEach((topic, ratio) -> metrics.headroom(stage, topic, ratio));
    }

    /** Of what the log has, the part that has to be removed before anything is lost; all while nothing was removed. */
    private static double headroom(long start, long position, long end) {
        return start == 0 || end == start ? 1 : Math.min(1, Math.max(0, (double) (position - start) / (end - start)));
    }

    private List<TopicPartition> partitions(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, TopicDescription> descriptions =
                admin.describeTopics(topics).allTopicNames().get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
        return descriptions.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which)))
                .all()
                .get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, offset -> offset.getValue().offset()));
    }

    private void tellLoss(TopicPartition partition, long position, long start) {
        long from = Math.max(position, lossTold.getOrDefault(partition, 0L));
        if (from < start) {
            lossTold.put(partition, start);
            metrics.lost(stage, partition.topic(), start - from);
            log.atError()
                    .addKeyValue("stage", stage)
                    .addKeyValue("partition", partition)
                    .addKeyValue("from", from)
                    .addKeyValue("to", start)
                    .log("Records were removed by retention before they were processed");
        }
    }

    private void tellShort(TopicPartition partition, long position, long end) {
        if (!Long.valueOf(end).equals(shortTold.put(partition, end))) {
            log.atError()
                    .addKeyValue("stage", stage)
                    .addKeyValue("partition", partition)
                    .addKeyValue("reached", position)
                    .addKeyValue("end", end)
                    .log("The log is shorter than it was: it has lost its end, or was made anew");
        }
    }
}
