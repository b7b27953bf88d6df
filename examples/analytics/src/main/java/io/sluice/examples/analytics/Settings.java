package io.sluice.examples.analytics;

import java.time.Duration;
import java.util.Map;

/**
 * What the program is told by its environment.
 *
 * @param bootstrapServers of Kafka ({@code KAFKA_BOOTSTRAP_SERVERS})
 * @param prefix of the cluster's topics, its {@code kafka.topicPrefix} ({@code TOPIC_PREFIX}); ours get it too
 * @param window over which messages are counted ({@code WINDOW}, such as {@code PT1M})
 * @param silentAfter how long a device that is connected may publish nothing ({@code SILENT_AFTER})
 * @param replicationFactor of the topics that are made ({@code REPLICATION_FACTOR})
 * @param stateFolder for local state ({@code STATE_FOLDER})
 */
record Settings(
        String bootstrapServers,
        String prefix,
        Duration window,
        Duration silentAfter,
        short replicationFactor,
        String stateFolder) {

    static Settings of(Map<String, String> environment) {
        return new Settings(
                environment.getOrDefault("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
                environment.getOrDefault("TOPIC_PREFIX", ""),
                Duration.parse(environment.getOrDefault("WINDOW", "PT1M")),
                Duration.parse(environment.getOrDefault("SILENT_AFTER", "PT2M")),
                Short.parseShort(environment.getOrDefault("REPLICATION_FACTOR", "1")),
                environment.getOrDefault("STATE_FOLDER", System.getProperty("java.io.tmpdir") + "/analytics"));
    }

    /** A topic by its name without the prefix. */
    String topic(String name) {
        return prefix + name;
    }
}
