package io.sluice.bench.load;

import io.sluice.bench.mqtt.Stamp;
import java.time.Duration;
import java.util.Set;

/**
 * A run of messages that wait for clients who are away.
 *
 * @param sessions durable ones, 1 or more
 * @param publishers 1 to 65,536, which share the sessions evenly
 * @param messages in all, 1 or more; rounded up to as many for each session
 * @param qos of publishing and subscribing, 1 or 2
 * @param payloadBytes {@link Stamp#BYTES} to 16 MiB
 * @param wave how many sessions have a connection at the same time, 1 or more
 * @param id stands in client ids and topics; null for a random one, and then the sessions end with the run
 * @param steps what is done, in their order
 * @param patience how long nothing may arrive before what is missing counts as lost
 * @param brokers where to, with options for durable sessions
 */
public record DrainPlan(
        int sessions,
        int publishers,
        int messages,
        int qos,
        int payloadBytes,
        int wave,
        String id,
        Set<Step> steps,
        Duration patience,
        Brokers brokers) {

    /** A part of the run; with one id each can be a run of its own. */
    public enum Step {
        /** The sessions come, subscribe and leave. */
        CREATE,
        /** The messages are published. */
        QUEUE,
        /** The sessions come back for them. */
        FETCH
    }

    /** Checks the ranges that no part of the run checks. */
    public DrainPlan {
        steps = Set.copyOf(steps);
        Require.range("QoS", qos, 1, 2);
        Require.range("sessions", sessions, 1, Integer.MAX_VALUE);
        Require.range("messages", messages, 1, Integer.MAX_VALUE);
        Require.range("wave", wave, 1, Integer.MAX_VALUE);
        Require.that(brokers.options().durable(), "only durable sessions can be drained");
        Require.that(!steps.isEmpty(), "at least one step is needed");
    }

    int messagesEach() {
        return (int) (((long) messages + sessions - 1) / sessions);
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
                Math.multiplyExact(messagesEach(), sessions),
                Duration.ZERO,
                Duration.ofMillis(1),
                patience);
    }
}
