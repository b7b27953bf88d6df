package io.sluice.gateway;

import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;

/**
 * How a gateway that is told to stop sends its clients away.
 *
 * @param notice 0 or more
 * @param rate 1 or more
 * @param timeout 0 or more
 * @param serverReference as MQTT 5.0 section 4.11 has it; empty for none
 */
public record DrainConfig(
        @Setting(
                value = "0s",
                doc =
                        "How long a gateway that is told to stop goes on, not ready and with the agent check saying drain,"
                                + " before it closes its port: twice the interval of the load balancer's checks. 0 without a load"
                                + " balancer. A gateway without clients does not wait.")
        Duration notice,

        @Setting(
                value = "500",
                unit = "clients/s",
                doc =
                        "How many clients a second are then sent away, so that they do not all connect to the others at once.")
        int rate,

        @Setting(
                value = "30s",
                doc =
                        "How long all of that may take; who is still connected then is sent away at once. 0s: all at once.")
        Duration timeout,

        @Setting(
                value = "",
                doc = "What an MQTT 5 client is told as the server to use instead (server reference), such as the load"
                        + " balancer's address. Empty: it is told that there are others, or that this one stops.")
        String serverReference) {

    /** Checks the ranges. */
    public DrainConfig {
        Require.notNegative("notice", notice);
        Require.atLeast("rate", 1, rate);
        Require.between("timeout", timeout, Duration.ZERO, Duration.ofHours(1));
    }
}
