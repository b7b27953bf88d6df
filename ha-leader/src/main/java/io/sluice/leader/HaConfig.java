package io.sluice.leader;

import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;

/**
 * Where a candidate tells load balancers and operators who is primary.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 to 65535; 0 takes a free one
 */
public record HaConfig(
        @Setting(
                value = "127.0.0.1",
                doc =
                        "The address on which /ha/leader, /ha/cluster, /live, /ready, /metrics and /log-levels are served. They are not"
                                + " protected: open them to a trusted network only.")
        String host,

        @Setting(
                value = "8082",
                doc =
                        "The port of /ha/leader, /ha/cluster, /live, /ready, /metrics and /log-levels; 0 takes a free one.")
        int port) {

    /** Checks that the parts can be used. */
    public HaConfig {
        Require.notBlank("host", host);
        Require.range("port", port, 0, 65_535);
    }

    AdminConfig adminConfig() {
        return new AdminConfig(host, port);
    }
}
