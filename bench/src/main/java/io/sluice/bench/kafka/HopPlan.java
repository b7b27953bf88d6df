package io.sluice.bench.kafka;

import java.time.Duration;

/**
 * A run of a producer and a consumer.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param partitions of the topic that is made for the run
 * @param keys that records have in turn
 * @param payloadBytes 16 or more
 * @param rate records in a second, more than 0
 * @param linger of the producer
 * @param practice records that go at full speed before the warm-up, so that neither side is a cold one; 0 for none
 * @param warmUp before anything is measured
 * @param duration of the measurement
 */
public record HopPlan(
        String bootstrapServers,
        int partitions,
        int keys,
        int payloadBytes,
        double rate,
        Duration linger,
        int practice,
        Duration warmUp,
        Duration duration) {

    static final int MIN_PAYLOAD_BYTES = 16;

    /** Checks the ranges. */
    public HopPlan {
        if (payloadBytes < MIN_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("payload: must be 16 bytes or more, was " + payloadBytes);
        }
        if (practice < 0) {
            throw new IllegalArgumentException("practice: must not be negative, was " + practice);
        }
        if (rate <= 0) {
            throw new IllegalArgumentException("rate: must be more than 0, was " + rate);
        }
    }
}
