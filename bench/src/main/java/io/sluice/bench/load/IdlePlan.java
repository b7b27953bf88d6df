package io.sluice.bench.load;

import java.time.Duration;

/**
 * A run of clients that connect, subscribe, and then do nothing but stay.
 *
 * @param connections 1 or more
 * @param subscriptions of each of them, 0 or more
 * @param wildcards whether the filters have a wildcard; none of them matches anything that is sent
 * @param hold how long they stay
 * @param brokers where to
 */
public record IdlePlan(int connections, int subscriptions, boolean wildcards, Duration hold, Brokers brokers) {

    /** Checks the ranges. */
    public IdlePlan {
        Require.range("connections", connections, 1, Integer.MAX_VALUE);
        Require.range("subscriptions", subscriptions, 0, Integer.MAX_VALUE);
    }
}
