package io.sluice.router.streams;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;

/**
 * How Kafka Streams works.
 *
 * @param threads 1 to 64
 * @param standbyReplicas 0 to 3
 * @param commitInterval 100 ms to a minute
 * @param sessionTimeout 1 s to 5 minutes; Kafka's brokers take 6 s or more unless they are told otherwise
 * @param fetchMinBytes 1 to 1 MiB
 * @param fetchMaxWait up to 5 s
 * @param closeTimeout more than 0
 * @param watchInterval 100 ms to a minute
 */
public record ProcessingConfig(
        @Setting(value = "1", unit = "threads", doc = "Threads that process the log.")
        int threads,

        @Setting(
                value = "0",
                unit = "copies",
                doc = "Copies of the state that other routers keep, so that they take over sooner. Useful with two"
                        + " routers or more.")
        int standbyReplicas,

        @Setting(
                value = "1s",
                doc = "How often progress is written to Kafka. A gateway that starts reads the log from there on.")
        Duration commitInterval,

        @Setting(
                value = "6s",
                doc = "After this long without a sign of life the other routers take over a router's tasks, and what it"
                        + " had begun to write is given up. Kafka's brokers take less than 6s only with a lower"
                        + " `group.min.session.timeout.ms`.")
        Duration sessionTimeout,

        @Setting(
                value = "64KiB",
                unit = "bytes",
                doc = "Kafka answers a read when so much has come. More costs less processor time.")
        int fetchMinBytes,

        @Setting(value = "250ms", doc = "Or when so much time has passed.")
        Duration fetchMaxWait,

        @Setting(value = "10s", doc = "How long a router that stops may take to finish its work.")
        Duration closeTimeout,

        @Setting(
                value = "5s",
                doc =
                        "How often the router looks whether its topics are as they have to be, and how far it lags. It is not"
                                + " ready when Kafka has not answered four times.")
        Duration watchInterval) {

    private static final int MAX_FETCH_MIN_BYTES = 1 << 20;

    /** Checks the ranges. */
    public ProcessingConfig {
        Require.range("threads", threads, 1, 64);
        Require.range("standbyReplicas", standbyReplicas, 0, 3);
        Require.between("commitInterval", commitInterval, Duration.ofMillis(100), Duration.ofMinutes(1));
        Require.between("sessionTimeout", sessionTimeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
        Require.range("fetchMinBytes", fetchMinBytes, 1, MAX_FETCH_MIN_BYTES);
        Require.between("fetchMaxWait", fetchMaxWait, Duration.ofMillis(1), Duration.ofSeconds(5));
        Require.positive("closeTimeout", closeTimeout);
        Require.between("watchInterval", watchInterval, Duration.ofMillis(100), Duration.ofMinutes(1));
    }
}
