package io.sluice.router;

import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.RoleConfig;
import io.sluice.kit.config.Setting;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.router.streams.ProcessingConfig;
import io.sluice.router.streams.SessionsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The configuration of a router.
 *
 * @param name unlike the other routers'; letters, digits, dots, dashes and underscores, at most 100
 * @param stateFolder made when missing
 * @param clearedMarkerRetention at least a second
 */
public record RouterConfig(
        KafkaConfig kafka,
        ZooKeeperConfig zookeeper,
        AdminConfig admin,

        @Setting(
                value = "router",
                doc = "The router's name in logs, metrics and the consumer group; unlike the others'. A router that"
                        + " restarts with its state folder within the session timeout keeps its tasks.")
        String name,

        @Setting(
                value = "data/router",
                doc = "Folder of the local state, a copy of what stands in Kafka: when it is lost, it is restored.")
        Path stateFolder,

        @Setting(
                value = "24h",
                doc = "How long it is remembered that a retained message was cleared. Only a router that hangs for"
                        + " longer can bring it back.")
        Duration clearedMarkerRetention,

        ProcessingConfig processing,
        SessionsConfig sessions)
        implements RoleConfig {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,100}");
    private static final Duration SHORTEST_RETENTION = Duration.ofSeconds(1);

    /** Checks the ranges. */
    public RouterConfig {
        Require.that(
                "name",
                NAME.matcher(name).matches(),
                "must be 1 to 100 letters, digits, dots, dashes and underscores, was '" + name + "'");
        Require.that(
                "clearedMarkerRetention",
                clearedMarkerRetention.compareTo(SHORTEST_RETENTION) >= 0,
                "must be at least 1s, was " + clearedMarkerRetention);
    }
}
