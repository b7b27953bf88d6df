package io.sluice.bench.kafka;

import io.sluice.bench.BenchException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Tells what stands in each topic of a Kafka of one node, Kafka's own topics among them. */
public final class TopicContents implements AutoCloseable {

    private final Admin admin;

    /** Connects to {@code bootstrapServers}. */
    public TopicContents(String bootstrapServers) {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    /**
     * What was written to topics.
     *
     * @param entries records and the markers of transactions, since the topic was made
     * @param bytes on disk; less than was written once retention or compaction has begun
     */
    public record Content(long entries, long bytes) {

        /** Nothing. */
        public static final Content NONE = new Content(0, 0);

        /** Both together. */
        public Content plus(Content other) {
            return new Content(entries + other.entries, bytes + other.bytes);
        }

        /** What has come since {@code other}. */
        public Content since(Content other) {
            return new Content(entries - other.entries, bytes - other.bytes);
        }
    }

    /**
     * The present contents, by the topics' names in their order.
     *
     * @throws BenchException if Kafka does not answer
     */
    public Map<String, Content> look() {
        try {
            Map<String, Content> contents = new TreeMap<>();
            addEntries(contents);
            addBytes(contents);
            return contents;
        } catch (ExecutionException e) {
            throw new BenchException("Kafka did not answer: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void addEntries(Map<String, Content> contents) throws ExecutionException, InterruptedException {
        Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        Map<TopicPartition, OffsetSpec> latest = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(TopicContents::partitions)
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        admin.listOffsets(latest)
                .all()
                .get()
                .forEach((partition, end) ->
                        contents.merge(partition.topic(), new Content(end.offset(), 0), Content::plus));
    }

    private void addBytes(Map<String, Content> contents) throws ExecutionException, InterruptedException {
        Set<Integer> nodes = admin.describeCluster().nodes().get().stream()
                .map(node -> node.id())
                .collect(Collectors.toSet());
        for (Map<String, LogDirDescription> folders :
                admin.describeLogDirs(nodes).allDescriptions().get().values()) {
            for (LogDirDescription folder : folders.values()) {
                folder.replicaInfos()
                        .forEach((partition, replica) ->
                                contents.merge(partition.topic(), new Content(0, replica.size()), Content::plus));
            }
        }
    }

    private static Stream<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream().map(partition -> new TopicPartition(topic.name(), partition.partition()));
    }

    @Override
    public void close() {
        admin.close();
    }
}
