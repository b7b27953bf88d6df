package io.sluice.bench.kafka;

/**
 * A run of records that wait for a consumer.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param partitions of the topic that is made for the run
 * @param keys that records have in turn
 * @param payloadBytes 1 or more
 * @param messages 1 or more
 */
public record KafkaDrainPlan(String bootstrapServers, int partitions, int keys, int payloadBytes, int messages) {

    /** Checks the ranges. */
    public KafkaDrainPlan {
        if (partitions < 1 || keys < 1 || payloadBytes < 1 || messages < 1) {
            throw new IllegalArgumentException("partitions, keys, payload and messages must be 1 or more");
        }
    }
}
