package io.sluice.bench.load;

/**
 * Counts of a run, from its first message on.
 *
 * @param sent messages written to sockets
 * @param acknowledged QoS 1 and 2 messages whose acknowledgement is complete
 * @param refused QoS 1 and 2 messages that the server answered with a failure
 * @param delivered messages that arrived at subscribers, each time they did
 * @param duplicates those that had arrived before
 * @param late those that a later one of the same publisher and topic had overtaken
 * @param foreign messages that should not have arrived where they did, or that are no messages of this run
 * @param writtenOff messages that a closed loop no longer waited for, so that it could go on
 */
public record Totals(
        long sent,
        long acknowledged,
        long refused,
        long delivered,
        long duplicates,
        long late,
        long foreign,
        long writtenOff) {

    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0);

    Totals plus(Totals o) {
        return new Totals(
                sent + o.sent,
                acknowledged + o.acknowledged,
                refused + o.refused,
                delivered + o.delivered,
                duplicates + o.duplicates,
                late + o.late,
                foreign + o.foreign,
                writtenOff + o.writtenOff);
    }

    /** Messages that have reached their publisher's goal: acknowledged, or at QoS 0 sent. */
    long published(int qos) {
        return qos == 0 ? sent : acknowledged;
    }
}
