package io.sluice.local.doctor;

import io.sluice.kit.config.KafkaConfig;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How far each broker's clock is from this machine's. Brokers stamp the log and gateways count message expiry from these
 * stamps, so a clock that is off makes messages expire early or late.
 *
 * <p>The stamp of a record that is appended here and now tells the broker's time. The records go to a topic that is made
 * for this, with one partition on each broker, and deleted again.
 */
final class ClockCheck {

    private static final String SUBJECT = "clocks";
    private static final long WARN_MS = 1_000;
    private static final long FAIL_MS = 10_000;
    private static final int PROBES = 3;
    private static final int TIMEOUT_MS = 10_000;

    private final Admin admin;
    private final KafkaConfig config;
    private final Report report;

    ClockCheck(Admin admin, KafkaConfig config, Report report) {
        this.admin = admin;
        this.config = config;
        this.report = report;
    }

    /**
     * How far a clock is ahead (positive) or behind.
     *
     * @param ms the middle of what is possible
     * @param plusMinusMs half of the time that the question took
     */
    private record Skew(long ms, long plusMinusMs) {}

    void run(List<Node> brokers) throws InterruptedException {
        String topic = config.topicPrefix() + "mqtt.doctor-" + UUID.randomUUID();
        List<Integer> ids = brokers.stream().map(Node::id).sorted().toList();
        Map<Integer, List<Integer>> assignment = ids.stream().collect(Collectors.toMap(ids::indexOf, List::of));
        try {
            admin.createTopics(List.of(new NewTopic(topic, assignment)
                            .configs(Map.of(
                                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                    "LogAppendTime",
                                    TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                                    "1"))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            report.warn(
                    SUBJECT,
                    "not compared: a topic to do it with cannot be made ("
                            + e.getCause().getMessage() + ")");
            return;
        }
        try {
            for (int partition = 0; partition < ids.size(); partition++) {
                tell(ids.get(partition), measure(topic, partition));
            }
        } catch (ExecutionException e) {
            report.warn(SUBJECT, "not compared: " + e.getCause().getMessage());
        } finally {
            delete(topic);
        }
    }

    /** The narrowest of a few answers: the first one also waits for metadata. */
    private Skew measure(String topic, int partition) throws ExecutionException, InterruptedException {
        Map<String, Object> properties = config.clientProperties();
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS);
        Skew best = null;
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < PROBES; i++) {
                long before = System.currentTimeMillis();
                long stamp = producer.send(new ProducerRecord<>(topic, partition, null, new byte[0]))
                        .get()
                        .timestamp();
                long after = System.currentTimeMillis();
                Skew skew = new Skew(stamp - (before + after) / 2, (after - before + 1) / 2);
                best = best == null || skew.plusMinusMs < best.plusMinusMs ? skew : best;
            }
        }
        return best;
    }

    private void tell(int broker, Skew skew) {
        long certain = Math.max(0, Math.abs(skew.ms) - skew.plusMinusMs);
        String found = "broker " + broker + " is "
                + (skew.ms < 0 ? "behind" : "ahead of") + " this machine by " + Math.abs(skew.ms) + " ms (± "
                + skew.plusMinusMs + " ms)";
        String mend = ": messages will expire early or late; run a time service (NTP) on both";
        if (certain >= FAIL_MS) {
            report.fail(SUBJECT, found + mend);
        } else if (certain >= WARN_MS) {
            report.warn(SUBJECT, found + mend);
        } else {
            report.ok(SUBJECT, found);
        }
    }

    private void delete(String topic) throws InterruptedException {
        try {
            admin.deleteTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            report.warn(
                    SUBJECT,
                    "the topic " + topic + ", made to compare clocks, is still there ("
                            + e.getCause().getMessage() + "): delete it with kafka-topics");
        }
    }
}
