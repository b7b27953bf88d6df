package io.sluice.gateway;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import io.sluice.wire.PacketIdRanges;
import java.time.Duration;

/**
 * Sessions that outlive their connection.
 *
 * @param maxExpiry 0 to 4,294,967,295 s, of which the last is forever; 0 for no durable sessions
 * @param attachTimeout more than 0
 * @param settleInterval 1 ms to 1 s
 * @param recentBytes 0 or more
 * @param assignedIds 16 to 60,000
 * @param uniqueIds 1 or more
 */
public record SessionsConfig(
        @Setting(
                value = "7d",
                doc = "The longest that a session outlives its connection; also how long one of MQTT 3 does. 0s for"
                        + " none: then every session ends with its connection, and clients are told so.")
        Duration maxExpiry,

        @Setting(
                value = "10s",
                doc = "How long a client that resumes a session waits for the router before it is refused.")
        Duration attachTimeout,

        @Setting(
                value = "100ms",
                doc =
                        "How long acknowledgements of durable sessions gather before they go to Kafka in one record, and the"
                                + " ends of connections that leave no session.")
        Duration settleInterval,

        @Setting(
                value = "33554432",
                unit = "bytes",
                doc =
                        "The newest messages of the log that are held for durable sessions which catch up. Nothing is held"
                                + " while there has been none.")
        long recentBytes,

        @Setting(
                value = "4095",
                unit = "packet identifiers",
                doc =
                        "Packet identifiers of a durable session for retained messages; the rest belongs to the partitions of"
                                + " the log. The same on all gateways.")
        int assignedIds,

        @Setting(
                value = "100000",
                unit = "messages",
                doc =
                        "How many QoS 2 messages of durable sessions are remembered, so that a second copy, which another gateway"
                                + " has written for the same client, reaches nobody. One that comes later is taken for a new message.")
        int uniqueIds) {

    private static final long FOREVER = 0xFFFF_FFFFL;

    /** Checks the ranges. */
    public SessionsConfig {
        Require.range("maxExpiry", maxExpiry.toSeconds(), 0, FOREVER);
        Require.positive("attachTimeout", attachTimeout);
        Require.range("settleInterval", settleInterval.toMillis(), 1, 1_000);
        Require.range("recentBytes", recentBytes, 0, 1L << 40);
        Require.range("assignedIds", assignedIds, 16, 60_000);
        Require.range("uniqueIds", uniqueIds, 1, 1 << 30);
    }

    /** How a session's packet identifiers are shared out. */
    public PacketIdRanges packetIds(int partitions) {
        return new PacketIdRanges(partitions, assignedIds);
    }

    /** What a client gets that asks for so many seconds. */
    public long expirySeconds(long asked) {
        return Math.min(asked, maxExpiry.toSeconds());
    }
}
