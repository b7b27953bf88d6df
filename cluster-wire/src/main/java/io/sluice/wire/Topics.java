package io.sluice.wire;

import java.util.HashMap;
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
 * <tr><td>{@code mqtt.commands}</td><td>see the command → command</td><td>gateways, leader, router</td>
 *     <td>{@link Command}</td></tr>
 * <tr><td>{@code mqtt.inbox}</td><td>see the record → match or mark</td><td>router</td><td>{@link Inbox}</td></tr>
 * <tr><td>{@code mqtt.subscriptions}</td><td>client id → the filters of its durable session</td><td>router</td>
 *     <td>{@link SubscriptionsRecord}</td></tr>
 * <tr><td>{@code mqtt.sessions}</td><td>client id → its connection and its durable session, null = neither</td><td>router</td>
 *     <td>JSON, see the router</td></tr>
 * <tr><td>{@code mqtt.fanout}</td><td>client id → page or eviction</td><td>router</td><td>{@link Fanout}</td></tr>
 * <tr><td>{@code mqtt.wills}</td><td>MQTT topic → payload</td><td>router</td><td>{@link PublishRecord}</td></tr>
 * <tr><td>{@code mqtt.events}</td><td>client id → what happened to it</td><td>router</td><td>JSON, likewise</td></tr>
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

    private static final int FANOUT_PARTITIONS = 64;

    /**
     * What the log took, whose limit is Kafka's or the operator's, must find a place in the topics that copy it with a header
     * more.
     */
    private static final String MAX_COPY_BYTES = Integer.toString(64 << 20);

    /**
     * What a message may weigh at most to be queued for a session: with the session's filters, and what else stands beside it in a
     * record, it must fit into that.
     */
    public static final int MAX_QUEUED_BYTES = 32 << 20;

    private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    private static final String TIMESTAMP_TYPE = "message.timestamp.type";
    private static final String SEGMENT_MS = "segment.ms";

    private static final String WEEK_MS = "604800000";
    private static final String DAY_MS = "86400000";
    private static final String HOUR_MS = "3600000";
    private static final String TEN_MINUTES_MS = "600000";

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

    /** What the router's match stage found for durable sessions. */
    public String inbox() {
        return prefix + "mqtt.inbox";
    }

    /** The filters of all durable sessions. */
    public String subscriptions() {
        return prefix + "mqtt.subscriptions";
    }

    /** All clients that are connected or have a durable session, for those who look at them. */
    public String sessions() {
        return prefix + "mqtt.sessions";
    }

    /** Answers and evictions for gateways; each reads one partition, {@link #fanoutPartition}. */
    public String fanout() {
        return prefix + "mqtt.fanout";
    }

    /** Wills that are to be published. */
    public String wills() {
        return prefix + "mqtt.wills";
    }

    /** What happened to clients, for analytics. */
    public String events() {
        return prefix + "mqtt.events";
    }

    /**
     * The partition of {@link #fanout} that the gateway of a slot reads. With more slots than partitions, gateways share
     * one, and pass over what is not for them.
     *
     * @param slot 0 or more
     */
    public static int fanoutPartition(int slot) {
        return slot % FANOUT_PARTITIONS;
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

    /** The Kafka Streams application that matches the log against the filters of durable sessions. */
    public String matchApplicationId() {
        return prefix + "sluice-match";
    }

    /** The Kafka Streams application that keeps durable sessions and their queues. */
    public String queueApplicationId() {
        return prefix + "sluice-queue";
    }

    /** What the leader provisions: every topic with its partition count and configuration. */
    public List<Spec> all() {
        return List.of(
                // The broker's clock alone stamps the log, so that time never runs backwards in a partition.
                deleted(publish(), partitions, DAY_MS, Map.of(TIMESTAMP_TYPE, "LogAppendTime")),
                // The router hands on the time of the origin: a retained message expires by it.
                compacted(retained(), Map.of(TIMESTAMP_TYPE, "CreateTime", MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                deleted(commands(), partitions, DAY_MS, Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                deleted(inbox(), partitions, DAY_MS, Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                compacted(subscriptions(), Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                compacted(sessions(), Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                // Who has not read an answer by then has long asked again.
                deleted(
                        fanout(),
                        FANOUT_PARTITIONS,
                        TEN_MINUTES_MS,
                        Map.of(SEGMENT_MS, TEN_MINUTES_MS, MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                deleted(wills(), partitions, DAY_MS, Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                deleted(events(), partitions, WEEK_MS, Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)),
                deleted(heartbeats(), 1, HOUR_MS, Map.of(SEGMENT_MS, HOUR_MS, TIMESTAMP_TYPE, "LogAppendTime")),
                deleted(deadLetter(), 1, WEEK_MS, Map.of(MAX_MESSAGE_BYTES, MAX_COPY_BYTES)));
    }

    private Spec compacted(String name, Map<String, String> more) {
        return spec(name, partitions, Map.of("cleanup.policy", "compact"), more);
    }

    private static Spec deleted(String name, int partitions, String retentionMs, Map<String, String> more) {
        return spec(name, partitions, Map.of("cleanup.policy", "delete", "retention.ms", retentionMs), more);
    }

    private static Spec spec(String name, int partitions, Map<String, String> config, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(config);
        all.putAll(more);
        return new Spec(name, partitions, Map.copyOf(all));
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
