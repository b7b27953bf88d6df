package io.sluice.router.streams;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;

/**
 * How durable sessions are kept.
 *
 * @param commitInterval 10 ms to 10 s
 * @param markInterval 10 ms to 10 s
 * @param standbyReplicas 0 to 3
 * @param takeOverTimeout 100 ms to a minute
 * @param clockTolerance up to a minute
 * @param groupKeep a second to a year
 * @param uniqueIds 1 or more
 * @param pageMessages 1 to 100,000
 * @param pageBytes 1 KiB to 32 MiB
 */
public record SessionsConfig(
        @Setting(
                value = "50ms",
                doc = "How often the state of sessions, and the answers to gateways with it, are committed to Kafka.")
        Duration commitInterval,

        @Setting(
                value = "50ms",
                doc = "How often it is told how far the log is matched with the filters of durable sessions. What is"
                        + " settled is remembered until then.")
        Duration markInterval,

        @Setting(
                value = "1",
                unit = "copies",
                doc = "Copies of the state of sessions that other routers keep, so that they take over sooner.")
        int standbyReplicas,

        @Setting(
                value = "1s",
                doc = "How long a client that connects anew waits until the gateway of its earlier connection has"
                        + " let go.")
        Duration takeOverTimeout,

        @Setting(
                value = "2s",
                doc =
                        "By how much the clocks of gateways may differ. A connection that is so much older than the latest"
                                + " one of its client is refused, however late its record comes.")
        Duration clockTolerance,

        @Setting(
                value = "1d",
                doc = "How long a group of shared subscriptions keeps its place in the log while none of its members is"
                        + " connected, if durable sessions are among them. What the log removes meanwhile is lost to the"
                        + " group.")
        Duration groupKeep,

        @Setting(
                value = "100000",
                unit = "messages",
                doc =
                        "How many QoS 2 messages of durable sessions are remembered for each partition of the log, so that a"
                                + " second copy, which another gateway has written for the same client, is queued for nobody.")
        int uniqueIds,

        @Setting(
                value = "500",
                unit = "messages",
                doc = "Messages of one answer to a gateway that asks for what is queued.")
        int pageMessages,

        @Setting(value = "256KiB", unit = "bytes", doc = "Bytes of one such answer; a larger message stands alone.")
        int pageBytes) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Checks the ranges. */
    public SessionsConfig {
        Require.between("commitInterval", commitInterval, SHORTEST, LONGEST);
        Require.between("markInterval", markInterval, SHORTEST, LONGEST);
        Require.range("standbyReplicas", standbyReplicas, 0, 3);
        Require.between("takeOverTimeout", takeOverTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        Require.between("clockTolerance", clockTolerance, Duration.ZERO, Duration.ofMinutes(1));
        Require.between("groupKeep", groupKeep, Duration.ofSeconds(1), Duration.ofDays(365));
        Require.range("uniqueIds", uniqueIds, 1, 1 << 30);
        Require.range("pageMessages", pageMessages, 1, 100_000);
        Require.range("pageBytes", pageBytes, 1 << 10, 32 << 20);
    }
}
