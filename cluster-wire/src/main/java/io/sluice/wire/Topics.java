package io.sluice.wire;

import java.util.List;
import java.util.Map;

/**
 * Every Kafka topic of a cluster: its name, what stands in it and how it is kept. A partition count is fixed at birth,
 * because keys are placed by it.
 *
 * <table>
 * <caption>Topics</caption>
 * <tr><th>topic</th><th>key → value</th><th>written by</th><th>format</th></tr>
 * <tr><td>{@code mqtt.publish}</td><td>MQTT topic → payload</td><td>gateways</td><td>{@link PublishRecord}</td></tr>
 * <tr><td>{@code mqtt.retained}</td><td>MQTT topic → payload, null = cleared</td><td>router</td>
 *     <td>{@link RetainedRecord}</td></tr>
 * <tr><td>{@code mqtt.commands}</td><td>see the command → command</td><td>leader</td><td>{@link Command}</td></tr>
 * <tr><td>{@code mqtt.heartbeats}</td><td>gateway incarnation → heartbeat</td><td>gateways</td>
 *     <td>{@link Heartbeat}</td></tr>
 * <tr><td>{@code mqtt.dead-letter}</td><td>origin → the damaged record</td><td>who owns the origin's topic</td>
 *     <td>{@link DeadLetter}</td></tr>
 * </table>
 *
 * @param prefix stands before every name, so that several clusters can share a Kafka; may be empty
 * @param partitions of the topics that are placed by MQTT topic or client id, 1 to 1,000
 */
public record Topics(String prefix, int partitions) {

    /** The partition count of a cluster that does not choose its own. */
    public static final int DEFAULT_PARTITIONS = 12;

    /**
     * What the log took, whose limit is Kafka's or the operator's, must find a place in the topics that copy it with a header
     * more.
     */
    private static final String MAX_COPY_BYTES = Integer.toString(64 << 20);

    private static final String DAY_MS = "86400000";
    private static final String HOUR_MS = "3600000";

    /** Checks the partition count. */
    public Topics {
        if (partitions < 1 || partitions > 1_000) {
            throw new IllegalArgumentException("partitions must be 1 to 1000, was " + partitions);
        }
    }

    /** Every message that was ever published, in the order of the log: the truth. */
    public String publish() {
        return prefix + "mqtt.publish";
    }

    /** The retained message of each topic, as of an offset of the log that its origin header tells. */
    public String retained() {
        return prefix + "mqtt.retained";
    }

    /** The one order for all that concerns a client. */
    public String commands() {
        return prefix + "mqtt.commands";
    }

    /** A sign of life of each gateway that Kafka accepted. */
    public String heartbeats() {
        return prefix + "mqtt.heartbeats";
    }

    /** Records that could not be understood, with their cause. */
    public String deadLetter() {
        return prefix + "mqtt.dead-letter";
    }

    /** The consumer group of the router's stage that keeps {@link #retained}; its offsets tell how far that is. */
    public String retainedApplicationId() {
        return prefix + "sluice-retained";
    }

    /** What the leader provisions: every topic with its partition count and configuration. */
    public List<Spec> all() {
        return List.of(
                new Spec(
                        publish(),
                        partitions,
                        // The broker's clock alone stamps the log, so that time never runs backwards in a partition.
                        Map.of(
                                "cleanup.policy",
                                "delete",
                                "retention.ms",
                                DAY_MS,
                                "message.timestamp.type",
                                "LogAppendTime")),
                new Spec(
                        retained(),
                        partitions,
                        // The router hands on the time of the origin: a retained message expires by it.
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "message.timestamp.type",
                                "CreateTime",
                                "max.message.bytes",
                                MAX_COPY_BYTES)),
                new Spec(commands(), partitions, Map.of("cleanup.policy", "delete", "retention.ms", DAY_MS)),
                new Spec(
                        heartbeats(),
                        1,
                        Map.of(
                                "cleanup.policy",
                                "delete",
                                "retention.ms",
                                HOUR_MS,
                                "segment.ms",
                                HOUR_MS,
                                "message.timestamp.type",
                                "LogAppendTime")),
                new Spec(
                        deadLetter(),
                        1,
                        Map.of(
                                "cleanup.policy",
                                "delete",
                                "retention.ms",
                                Long.toString(7 * Long.parseLong(DAY_MS)),
                                "max.message.bytes",
                                MAX_COPY_BYTES)));
    }

    /**
     * How one topic is created.
     *
     * @param name with the prefix
     * @param partitions fixed at birth
     * @param config Kafka's own topic configuration, by Kafka's names
     */
    public record Spec(String name, int partitions, Map<String, String> config) {}
}
