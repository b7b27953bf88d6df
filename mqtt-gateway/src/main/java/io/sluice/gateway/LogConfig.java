package io.sluice.gateway;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;

/**
 * How the gateway writes to the log and reads its tail.
 *
 * @param linger how long a batch gathers; 0 to 1 s
 * @param batchBytes 1,024 or more
 * @param fetchMaxWait how long Kafka holds a read for which there is nothing; more than 0
 * @param heartbeatInterval more than 0
 * @param staleAfter more than the interval
 */
public record LogConfig(
        @Setting(value = "1ms", doc = "How long messages gather before they go to Kafka in one batch.")
        Duration linger,

        @Setting(value = "65536", unit = "bytes", doc = "The size of a batch to Kafka, for each partition.")
        int batchBytes,

        @Setting(value = "500ms", doc = "How long Kafka holds a read of the tail for which there is nothing.")
        Duration fetchMaxWait,

        @Setting(value = "1s", doc = "How often the gateway writes a sign of life to Kafka.")
        Duration heartbeatInterval,

        @Setting(
                value = "3s",
                doc = "Without a confirmed sign of life for so long the gateway is not ready and takes no new clients."
                        + " Leaders do not declare it lost before.")
        Duration staleAfter) {

    /** Checks the ranges. */
    public LogConfig {
        Require.range("linger", linger.toMillis(), 0, 1_000);
        Require.range("batchBytes", batchBytes, 1_024, 1 << 30);
        Require.positive("fetchMaxWait", fetchMaxWait);
        Require.positive("heartbeatInterval", heartbeatInterval);
        Require.that("staleAfter", staleAfter.compareTo(heartbeatInterval) > 0, "must be more than heartbeatInterval");
    }
}
