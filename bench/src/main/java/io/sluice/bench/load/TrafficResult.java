package io.sluice.bench.load;

/**
 * What a run of messages showed.
 *
 * @param seconds that were measured
 * @param publishRate messages in a second that were acknowledged, or at QoS 0 sent, while it was measured
 * @param deliveryRate messages in a second that arrived while it was measured
 * @param megabytesRate payload that arrived, in a second, in millions of bytes
 * @param totals of the whole run, warm-up and drain included
 * @param expected deliveries of all messages that were sent
 * @param unsent messages that were due, and that the broker did not take before the drain was over
 * @param lost deliveries that did not happen
 * @param unacknowledged QoS 1 and 2 messages without an answer at the end
 * @param connectionsLost during the run
 * @param firstConnectionLoss why the first one was lost, or null
 * @param delivery times from the intended sending to the receipt, of messages that were due while it was measured
 * @param acknowledgement times from the intended sending to the acknowledgement, likewise
 * @param generatorCpu processor time that the generator took, in processors
 */
public record TrafficResult(
        double seconds,
        double publishRate,
        double deliveryRate,
        double megabytesRate,
        Totals totals,
        long expected,
        long unsent,
        long lost,
        long unacknowledged,
        int connectionsLost,
        String firstConnectionLoss,
        Latency delivery,
        Latency acknowledgement,
        double generatorCpu) {

    /** Whether everything arrived once, in order and acknowledged, over connections that held. */
    public boolean isClean() {
        return lost == 0
                && unsent == 0
                && unacknowledged == 0
                && connectionsLost == 0
                && totals.duplicates() == 0
                && totals.late() == 0
                && totals.refused() == 0
                && totals.foreign() == 0;
    }
}
