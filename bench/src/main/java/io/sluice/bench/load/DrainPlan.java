package io.sluice.bench.load;

import io.sluice.bench.mqtt.Stamp;
import java.time.Duration;

/**
 * A run of messages that wait for clients who are away.
 *
 * @param sessions durable ones, 1 to 65,536, each with a publisher of its own
 * @param messages in all, 1 or more; rounded up to as many for each session
 * @param qos of publishing and subscribing, 1 or 2
 * @param payloadBytes {@link Stamp#BYTES} to 16 MiB
 * @param patience how long nothing may arrive before what is missing counts as lost
 * @param brokers where to, with options for durable sessions
 */
public record DrainPlan(int sessions, int messages, int qos, int payloadBytes, Duration patience, Brokers brokers) {

    /** Checks the ranges that no part of the run checks. */
    public DrainPlan {
        Require.range("QoS", qos, 1, 2);
        Require.range("messages", messages, 1, Integer.MAX_VALUE);
        Require.that(brokers.options().durable(), "only durable sessions can be drained");
    }

    /** The messages as what publishers practise with: at full speed, and before anything else. */
    Load load() {
        return new Load(
                qos,
                qos,
                payloadBytes,
                0,
                Load.PRACTICE_IN_FLIGHT,
                Pace.ACKNOWLEDGED,
                messages,
                Duration.ZERO,
                Duration.ofMillis(1),
                patience);
    }
}
