package io.sluice.kit.config;

import io.sluice.wire.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Where Kafka is and how the cluster's topics are laid out. Every process of a cluster needs the same values.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param topicPrefix stands before every topic's name; may be empty, at most 100 of Kafka's characters
 * @param partitions of the topics that are placed by MQTT topic or client id, 1 to 1,000
 * @param replicationFactor of topics that are created, 1 to 100
 * @param properties Kafka's own client configuration, by Kafka's names
 */
public record KafkaConfig(
        @Setting(value = "127.0.0.1:9092", doc = "Kafka's brokers to ask first, as host:port, comma-separated.")
        String bootstrapServers,

        @Setting(
                value = "",
                doc = "Stands before the name of every Kafka topic and application, so that several clusters can"
                        + " share a Kafka.")
        String topicPrefix,

        @Setting(
                value = "12",
                unit = "partitions",
                doc = "Partitions of each topic that is placed by MQTT topic or client id. Fixed at birth: a change"
                        + " is refused once the topics exist.")
        int partitions,

        @Setting(
                value = "3",
                unit = "replicas",
                doc = "Copies of each topic that the leader creates. A message is acknowledged when all in-sync"
                        + " copies have it.")
        short replicationFactor,

        @Setting(
                value = "",
                doc = "Kafka's own client configuration by Kafka's names, such as security.protocol; handed to every"
                        + " Kafka client. What the safety and the order of messages rest on, such as acks, cannot be"
                        + " set.")
        Map<String, String> properties) {

    /**
     * Kafka's own sizes of socket buffers are so small that a receiver drops what a sender on the same machine or a fast
     * network sends at once, and waits for a retransmission of 200 ms. The system's sizes follow the need.
     */
    private static final Map<String, Object> SYSTEM_SIZES =
            Map.of(CommonClientConfigs.RECEIVE_BUFFER_CONFIG, -1, CommonClientConfigs.SEND_BUFFER_CONFIG, -1);

    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");

    /** An operator who set one of these would break a promise without a word. */
    private static final List<String> FIXED = List.of(
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            ProducerConfig.RETRIES_CONFIG,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            ProducerConfig.PARTITIONER_CLASS_CONFIG,
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
            ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG);

    /** Checks that the parts can be used. */
    public KafkaConfig {
        Require.notBlank("bootstrapServers", bootstrapServers);
        Require.that(
                "topicPrefix",
                PREFIX.matcher(topicPrefix).matches(),
                "must be at most 100 letters, digits, dots, dashes and underscores, was '" + topicPrefix + "'");
        Require.range("partitions", partitions, 1, 1_000);
        Require.range("replicationFactor", replicationFactor, 1, 100);
        properties = Map.copyOf(properties);
        Require.that(
                "properties",
                !properties.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                "must not hold bootstrap.servers: bootstrapServers does");
        for (String fixed : FIXED) {
            Require.that(
                    "properties",
                    !properties.containsKey(fixed),
                    "must not hold " + fixed + ": the safety and the order of messages rest on it");
        }
    }

    /** The cluster's Kafka topics. */
    public Topics topics() {
        return new Topics(topicPrefix, partitions);
    }

    /** What every Kafka client starts from, before {@code properties} have the last word: a new map that may be changed. */
    public Map<String, Object> clientProperties() {
        Map<String, Object> client = new HashMap<>(SYSTEM_SIZES);
        client.putAll(properties);
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return client;
    }
}
