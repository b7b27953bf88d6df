package io.sluice.bench.kafka;

/**
 * What a run of records that waited showed.
 *
 * @param sent records
 * @param received records
 * @param queueRate records in a second while they were produced
 * @param drainSeconds from the making of the consumer to the last record
 * @param drainRate records in a second, then
 * @param generatorCpu processor time that the consumer took, in processors
 */
public record KafkaDrainResult(
        long sent, long received, double queueRate, double drainSeconds, double drainRate, double generatorCpu) {

    /** Whether everything arrived, and once. */
    public boolean isClean() {
        return sent == received;
    }
}
