package io.sluice.bench.load;

import java.util.List;

/**
 * What a run of messages that waited showed. What belongs to a step that was left out is 0.
 *
 * @param createSeconds from the first connect of a session to the last one's leaving
 * @param queueSeconds from the first message to the last acknowledgement, all subscribers being away
 * @param queueRate messages in a second, then
 * @param drainSeconds from the first subscriber's connect to the last arrival, of all waves together
 * @param drainRate messages in a second, then
 * @param waves of subscribers, one after the other
 * @param totals of the whole run
 * @param lost messages that did not arrive
 * @param unacknowledged messages without an answer
 * @param connectionsLost of subscribers, while they fetched
 * @param firstConnectionLoss why the first one was lost, or null
 * @param generatorCpu processor time that the generator took for the draining, in processors
 */
public record DrainResult(
        double createSeconds,
        double queueSeconds,
        double queueRate,
        double drainSeconds,
        double drainRate,
        List<Wave> waves,
        Totals totals,
        long lost,
        long unacknowledged,
        int connectionsLost,
        String firstConnectionLoss,
        double generatorCpu) {

    /**
     * Sessions that came back together.
     *
     * @param sessions how many
     * @param connectSeconds from the first connect until all were connected
     * @param drainSeconds from the first connect to the last arrival
     * @param refused connects that the server did not accept for the moment; those clients came again
     * @param lost messages that did not arrive
     */
    public record Wave(int sessions, double connectSeconds, double drainSeconds, int refused, long lost) {}

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
