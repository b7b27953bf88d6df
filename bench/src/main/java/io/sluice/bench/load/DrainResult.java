package io.sluice.bench.load;

/**
 * What a run of messages that waited showed.
 *
 * @param queueSeconds from the first message to the last acknowledgement, all subscribers being away
 * @param queueRate messages in a second, then
 * @param drainSeconds from the first subscriber's connect to the last arrival
 * @param drainRate messages in a second, then
 * @param totals of the whole run
 * @param lost messages that did not arrive
 * @param unacknowledged messages without an answer
 * @param connectionsLost of subscribers, while they fetched
 * @param firstConnectionLoss why the first one was lost, or null
 * @param generatorCpu processor time that the generator took for the draining, in processors
 */
public record DrainResult(
        double queueSeconds,
        double queueRate,
        double drainSeconds,
        double drainRate,
        Totals totals,
        long lost,
        long unacknowledged,
        int connectionsLost,
        String firstConnectionLoss,
        double generatorCpu) {

    /** Whether everything arrived once, in order, over connections that held. */
    public boolean isClean() {
        return lost == 0
                && unacknowledged == 0
                && connectionsLost == 0
                && totals.duplicates() == 0
                && totals.late() == 0
                && totals.refused() == 0
                && totals.foreign() == 0;
    }
}
