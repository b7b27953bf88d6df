package io.sluice.kit.config;

import java.time.Duration;

/**
 * Where ZooKeeper is and how long its silence is borne.
 *
 * @param connect {@code host:port}, comma-separated
 * @param root the node under which this cluster lives; begins with a slash and does not end with one
 * @param sessionTimeout after this long without a sign of life ZooKeeper forgets a process; more than 0
 * @param connectionTimeout how long a process that starts waits for ZooKeeper; more than 0
 */
public record ZooKeeperConfig(
        @Setting(value = "127.0.0.1:2181", doc = "ZooKeeper's servers as host:port, comma-separated.")
        String connect,

        @Setting(
                value = "/sluice",
                doc = "The node under which this cluster lives, so that several can share a ZooKeeper.")
        String root,

        @Setting(
                value = "10s",
                doc = "After this long without a sign of life ZooKeeper forgets a process: so long does it take at"
                        + " most until a dead leader is replaced. ZooKeeper's servers bound it.")
        Duration sessionTimeout,

        @Setting(value = "10s", doc = "How long a process that starts waits for ZooKeeper.")
        Duration connectionTimeout) {

    /** Checks that the parts can be used. */
    public ZooKeeperConfig {
        Require.notBlank("connect", connect);
        Require.that(
                "root",
                root.startsWith("/") && root.length() > 1 && !root.endsWith("/"),
                "must begin with a slash and not end with one, was '" + root + "'");
        Require.positive("sessionTimeout", sessionTimeout);
        Require.positive("connectionTimeout", connectionTimeout);
    }
}
