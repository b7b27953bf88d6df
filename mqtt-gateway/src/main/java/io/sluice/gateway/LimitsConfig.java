package io.sluice.gateway;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;

/**
 * What one client, and all of them, may take.
 *
 * @param connections sockets of this gateway
 * @param packetBytes the largest packet from a client, up to 268,435,460
 * @param unfinishedBytes 65,536 or more
 * @param clientIdBytes 23 to 65,535
 * @param topicBytes of a topic name or filter, 1 to 65,535
 * @param topicLevels of a topic name or filter, 1 to 1,000
 * @param subscriptionsPerClient 1 or more
 * @param subscriptionBytesPerClient 1 KiB to 16 MiB
 * @param receiveMaximum QoS 1 and 2 messages from a client that are not acknowledged, 1 to 65,535
 * @param inFlightMessages QoS 1 and 2 messages to a client that are not acknowledged, 1 to 65,535
 * @param queueMessages for each client
 * @param queueBytes for each client
 * @param allQueuesBytes for all clients together, 0 for a quarter of the heap
 * @param queueFullPolicy for QoS 1 and 2
 * @param topicAliases in each direction, for each client, 0 to 65,535
 * @param retainedMessages in the cluster
 * @param retainedBytes in the cluster
 * @param appendBytes on their way to Kafka
 */
public record LimitsConfig(
        @Setting(value = "100000", unit = "connections", doc = "Connections of this gateway; more are refused.")
        int connections,

        @Setting(
                value = "1000000",
                unit = "bytes",
                doc = "The largest packet that a client may send. Keep it below Kafka's message.max.bytes.")
        int packetBytes,

        @Setting(
                value = "67108864",
                unit = "bytes",
                doc = "Packets of all clients together that have begun to come and not ended. A client that would add"
                        + " to more is disconnected, unless its packet takes less than 16 KiB so far.")
        long unfinishedBytes,

        @Setting(value = "256", unit = "bytes", doc = "The longest client id.")
        int clientIdBytes,

        @Setting(value = "1024", unit = "bytes", doc = "The longest topic name or topic filter.")
        int topicBytes,

        @Setting(value = "64", unit = "levels", doc = "The deepest topic name or topic filter.")
        int topicLevels,

        @Setting(value = "1000", unit = "subscriptions", doc = "Subscriptions of one client.")
        int subscriptionsPerClient,

        @Setting(
                value = "4MiB",
                unit = "bytes",
                doc =
                        "Topic filters of one client; of a durable session, 18 bytes added to each for each partition of the log. One"
                                + " that would add to more is refused with 0x97.")
        long subscriptionBytesPerClient,

        @Setting(
                value = "1000",
                unit = "messages",
                doc = "QoS 1 and 2 messages of one client that wait for their acknowledgement (receive maximum). An"
                        + " older client, which cannot be told, is not read from while it has more.")
        int receiveMaximum,

        @Setting(
                value = "1000",
                unit = "messages",
                doc = "QoS 1 and 2 messages on their way to one client; its own receive maximum may be lower.")
        int inFlightMessages,

        @Setting(value = "10000", unit = "messages", doc = "Messages that wait for one slow client.")
        int queueMessages,

        @Setting(
                value = "8388608",
                unit = "bytes",
                doc = "Topics and payloads of messages that wait for one slow client.")
        long queueBytes,

        @Setting(
                value = "0",
                unit = "bytes",
                doc =
                        "Messages that wait for all slow clients together, 200 bytes added for each, half of it for QoS 0; 0"
                                + " for a quarter of the heap. When there is more, the queue of a client that takes more than its"
                                + " equal share is full.")
        long allQueuesBytes,

        @Setting(
                value = "disconnect",
                doc = "What happens when a client's queue is full. QoS 0 messages are dropped. For QoS 1 and 2,"
                        + " `disconnect` ends the connection, so that the client knows, and `drop` drops the message.")
        QueueFullPolicy queueFullPolicy,

        @Setting(value = "32", unit = "aliases", doc = "Topic aliases in each direction of one connection; 0 for none.")
        int topicAliases,

        @Setting(
                value = "1000000",
                unit = "messages",
                doc =
                        "Retained messages, as one gateway counts them; while there are so many, no PUBLISH may retain one.")
        long retainedMessages,

        @Setting(
                value = "268435456",
                unit = "bytes",
                doc = "Topics and payloads of retained messages, which every gateway holds in its heap.")
        long retainedBytes,

        @Setting(
                value = "33554432",
                unit = "bytes",
                doc = "Messages on their way to Kafka; publishers are not read from while there is more.")
        long appendBytes) {

    /** What happens to QoS 1 and 2 messages for a client whose queue is full. */
    public enum QueueFullPolicy {
        /** The connection ends with 0x97, quota exceeded. */
        DISCONNECT,
        /** The message is dropped and counted. */
        DROP
    }

    private static final int MAX_PACKET = 268_435_460;
    private static final int MAX_16_BITS = 0xFFFF;
    /** All queues together may take one of these. */
    private static final int HEAP_PARTS = 4;

    /** Checks the ranges. */
    public LimitsConfig {
        Require.range("connections", connections, 1, Integer.MAX_VALUE / 2);
        Require.range("packetBytes", packetBytes, 1_024, MAX_PACKET);
        Require.range("unfinishedBytes", unfinishedBytes, 1 << 16, Long.MAX_VALUE);
        Require.range("clientIdBytes", clientIdBytes, 23, MAX_16_BITS);
        Require.range("topicBytes", topicBytes, 1, MAX_16_BITS);
        Require.range("topicLevels", topicLevels, 1, 1_000);
        Require.range("subscriptionsPerClient", subscriptionsPerClient, 1, Integer.MAX_VALUE);
        Require.range("subscriptionBytesPerClient", subscriptionBytesPerClient, 1 << 10, 16 << 20);
        Require.range("receiveMaximum", receiveMaximum, 1, MAX_16_BITS);
        Require.range("inFlightMessages", inFlightMessages, 1, MAX_16_BITS);
        Require.range("queueMessages", queueMessages, 0, Integer.MAX_VALUE);
        Require.range("queueBytes", queueBytes, 0, Long.MAX_VALUE);
        Require.range("allQueuesBytes", allQueuesBytes, 0, Long.MAX_VALUE);
        Require.range("topicAliases", topicAliases, 0, MAX_16_BITS);
        Require.range("retainedMessages", retainedMessages, 0, Long.MAX_VALUE);
        Require.range("retainedBytes", retainedBytes, 0, Long.MAX_VALUE);
        Require.range("appendBytes", appendBytes, 1 << 20, 1L << 40);
    }

    /** The limit of {@link #allQueuesBytes} in bytes, also where it follows the heap. */
    public long allQueuesBytesInEffect() {
        return allQueuesBytes > 0 ? allQueuesBytes : Runtime.getRuntime().maxMemory() / HEAP_PARTS;
    }
}
