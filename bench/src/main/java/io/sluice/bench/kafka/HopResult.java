package io.sluice.bench.kafka;

import io.sluice.bench.load.Latency;

/**
 * What a run of a producer and a consumer showed.
 *
 * @param seconds that were measured
 * @param sent records in the whole run, those to practise with included
 * @param received records in the whole run
 * @param delivery times from the intended sending to the receipt, of records that were due while it was measured
 * @param generatorCpu processor time that producer and consumer took, in processors
 */
public record HopResult(double seconds, long sent, long received, Latency delivery, double generatorCpu) {

    /** Whether everything arrived, and once. */
    public boolean isClean() {
        return sent == received;
    }
}
