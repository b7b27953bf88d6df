package io.sluice.router.streams;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import io.sluice.router.queue.QueueLimits;
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
 * @param queueMessages 1 or more
 * @param queueBytes 1 KiB or more
 * @param queueAge 0 for no limit, or 1 s or more
 * @param queueFullPolicy for messages at QoS 1 and 2
 * @param lagInterval 1 s to 10 minutes
 * @param lagSessions 0 to 1,000
 */
public record SessionsConfig(
        @Setting(
                value = "50ms",
                doc =
                        "How often the state of sessions is committed to Kafka while gateways wait for answers, which come with"
                                + " it; else it is every 500 ms, or as often as this if that is longer.")
        Duration commitInterval,

        @Setting(
                value = "100ms",
                doc =
                        "After three times as long without a message for a durable session it is told how far the log is matched,"
                                + " and after ten times as long with messages, too: what is settled is remembered until then. A"
                                + " change of filters is told after this time.")
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
        int pageBytes,

        @Setting(
                value = "1000000",
                unit = "messages",
                doc = "Messages that are queued for one session; what is on its way to its client counts.")
        long queueMessages,

        @Setting(value = "1GiB", unit = "bytes", doc = "What these take on disk, about.")
        long queueBytes,

        @Setting(
                value = "0s",
                doc = "How long a message may be queued; 0s for as long as its session lives. A message expiry interval"
                        + " that is shorter goes first.")
        Duration queueAge,

        @Setting(
                value = "drop-oldest",
                doc =
                        "What happens to a message for which there is no room. `drop-oldest` queues it and drops the oldest"
                                + " hundredth of what is queued; `drop-newest` drops it; `disconnect` drops it too and disconnects the"
                                + " client with 0x97, once until half of its queue is free again. Each message that is dropped is counted,"
                                + " and shown in `mqtt.sessions`.")
        QueueLimits.WhenFull queueFullPolicy,

        @Setting(
                value = "10s",
                doc = "How often `mqtt.sessions` tells at most how far one session is behind, when that has changed.")
        Duration lagInterval,

        @Setting(
                value = "10",
                unit = "sessions",
                doc = "Of how many sessions, those that are farthest behind, the metrics tell by client id.")
        int lagSessions) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration LONGEST_AGE = Duration.ofDays(36_500);

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
        Require.range("queueMessages", queueMessages, 1, Long.MAX_VALUE);
        Require.range("queueBytes", queueBytes, 1 << 10, Long.MAX_VALUE);
        if (!queueAge.isZero()) {
            Require.between("queueAge", queueAge, Duration.ofSeconds(1), LONGEST_AGE);
        }
        Require.between("lagInterval", lagInterval, Duration.ofSeconds(1), Duration.ofMinutes(10));
        Require.range("lagSessions", lagSessions, 0, 1_000);
    }

    /** What may be queued for one session. */
    QueueLimits queueLimits() {
        return new QueueLimits(
                queueMessages,
                queueBytes,
                queueAge.isZero() ? QueueLimits.UNLIMITED_AGE : queueAge.toMillis(),
                queueFullPolicy);
    }
}
