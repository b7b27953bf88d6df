package io.sluice.leader.duty;

import io.sluice.wire.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How the duties use Kafka.
 *
 * @param client how to reach it, with whatever the operator sets for all clients
 * @param topics the cluster's
 */
public record KafkaSettings(Map<String, Object> client, Topics topics) {

    private static final String LEADER = "sluice-leader";
    private static final int PATIENCE_MS = 10_000;
    private static final int REQUEST_PATIENCE_MS = 5_000;
    private static final int FETCH_BYTES = 1 << 20;

    /** Takes a copy. */
    public KafkaSettings {
        client = Map.copyOf(client);
    }

    /** Of the client that asks for and creates topics; it should not be patient, since it is asked again. */
    public Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_PATIENCE_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        return settings;
    }

    /** Of the producer that writes commands and dead letters. */
    Map<String, Object> producer() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_PATIENCE_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        return settings;
    }

    /** Of the consumer of heartbeats: its offsets are kept, so that no damaged record is missed between two leaders. */
    Map<String, Object> heartbeatConsumer() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topics.prefix() + LEADER);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Nobody waits for a heartbeat: one request brings those of half a second.
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_BYTES);
        return settings;
    }
}
