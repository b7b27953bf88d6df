package io.sluice.leader;

import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.RoleConfig;
import io.sluice.kit.config.Setting;
import io.sluice.kit.config.ZooKeeperConfig;
import java.time.Duration;

/**
 * The configuration of a leader candidate.
 *
 * @param name unlike the other candidates'
 * @param slots of the cluster; 1 to 10,000
 * @param lostAfter at least a second
 */
public record LeaderConfig(
        @Setting(value = "leader", doc = "The candidate's name in the election, logs and metrics; unlike the others'.")
        String name,

        @Setting(
                value = "64",
                unit = "gateways",
                doc = "Slots of the cluster: the most gateways that it can have. The same value as the gateways'.")
        int slots,

        @Setting(
                value = "10s",
                doc =
                        "A gateway that is gone from ZooKeeper and has sent no heartbeat for so long is declared lost: its"
                                + " sessions and wills pass to the cluster. If its own `log.staleAfter` and a second are"
                                + " more, that counts.")
        Duration lostAfter,

        KafkaConfig kafka,
        ZooKeeperConfig zookeeper,
        HaConfig admin)
        implements RoleConfig {

    private static final Duration SHORTEST_LOSS = Duration.ofSeconds(1);

    /** Checks the ranges. */
    public LeaderConfig {
        Require.notBlank("name", name);
        Require.that("name", !name.contains("/"), "must not contain a slash, was " + name);
        Require.range("slots", slots, 1, 10_000);
        Require.that("lostAfter", lostAfter.compareTo(SHORTEST_LOSS) >= 0, "must be at least 1s, was " + lostAfter);
    }
}
