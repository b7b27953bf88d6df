package io.sluice.gateway;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;

/**
 * HAProxy's agent check.
 *
 * @param host to listen on
 * @param port 0 for none
 */
public record AgentConfig(
        @Setting(value = "0.0.0.0", doc = "The address on which HAProxy's agent check is answered.")
        String host,

        @Setting(
                value = "0",
                doc =
                        "The port of HAProxy's agent check, which is told the weight that the gateway can bear, from its load,"
                                + " and drain from the moment on in which it is told to stop; 0 for none.")
        int port) {

    /** Checks the ranges. */
    public AgentConfig {
        Require.range("port", port, 0, 65_535);
    }
}
