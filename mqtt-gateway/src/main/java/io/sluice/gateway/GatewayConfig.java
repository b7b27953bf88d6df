package io.sluice.gateway;

import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.RoleConfig;
import io.sluice.kit.config.Setting;
import io.sluice.kit.config.ZooKeeperConfig;
import java.time.Duration;

/**
 * The configuration of a gateway.
 *
 * @param name stands in logs, metrics and {@code $SYS}
 * @param slots of the cluster, so at most so many gateways; 1 to 10,000
 * @param startTimeout more than 0
 * @param shedAfter more than 0
 * @param sysInterval more than 0
 */
public record GatewayConfig(
        @Setting(value = "gateway", doc = "The gateway's name in logs, metrics and $SYS; unlike the others'.")
        String name,

        @Setting(value = "64", unit = "gateways", doc = "Slots of the cluster: the most gateways that it can have.")
        int slots,

        @Setting(
                value = "2m",
                doc = "How long a gateway that starts waits for Kafka and its topics before it gives up.")
        Duration startTimeout,

        @Setting(
                value = "30s",
                doc =
                        "How long Kafka may be away before clients are disconnected, so that they can try another gateway.")
        Duration shedAfter,

        @Setting(value = "10s", doc = "How often $SYS topics are published.")
        Duration sysInterval,

        MqttConfig mqtt,
        DrainConfig drain,
        AgentConfig agent,
        LimitsConfig limits,
        SessionsConfig sessions,
        GroupsConfig groups,
        LogConfig log,
        KafkaConfig kafka,
        ZooKeeperConfig zookeeper,
        AdminConfig admin)
        implements RoleConfig {

    /** Checks the ranges. */
    public GatewayConfig {
        Require.that("name", name.matches("[^/+#]+"), "must not be empty or contain / + #, was '" + name + "'");
        Require.range("slots", slots, 1, 10_000);
        Require.positive("startTimeout", startTimeout);
        Require.positive("shedAfter", shedAfter);
        Require.positive("sysInterval", sysInterval);
    }
}
