package io.sluice.router.matching;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.router.topology.Parts;
import io.sluice.wire.Topics;
import org.apache.kafka.streams.Topology;

/**
 * The topology of the match stage.
 *
 * <pre>{@code
 * mqtt.publish ─► match (applied) ─► mqtt.inbox, mqtt.dead-letter
 * mqtt.wills ───► forward ─────────► mqtt.publish, mqtt.dead-letter
 * }</pre>
 */
public final class MatchTopology {

    static final String INBOX = "to-inbox";
    static final String LETTERS = "to-dead-letter";
    static final String LOG = "to-log";
    static final String WILL_LETTERS = "wills-to-dead-letter";
    static final String APPLIED = "applied";

    private static final String MESSAGES = "messages";
    private static final String MATCH = "match";
    private static final String WILLS = "wills";
    private static final String FORWARD = "forward";

    private MatchTopology() {}

    /**
     * The topology for a configuration.
     *
     * @param table of all filters, kept by others
     * @param sieve of the same table, through which the log may have gone
     * @param logReader reads again what was passed before a filter became known
     * @param events is told what happens; called by the stream threads
     */
    public static Topology build(
            MatchConfig config, SubscriptionTable table, MatchSieve sieve, LogReader logReader, MatchEvents events) {
        Topics topics = config.topics();
        Topology topology = new Topology();
        Parts.addSource(topology, MESSAGES, topics.publish());
        topology.addProcessor(MATCH, () -> new MatchProcessor(config, table, sieve, logReader, events), MESSAGES)
                .addStateStore(HeldBackStore.builder(APPLIED), MATCH);
        Parts.addSink(topology, INBOX, topics.inbox(), MATCH);
        Parts.addSink(topology, LETTERS, topics.deadLetter(), MATCH);

        Parts.addSource(topology, WILLS, topics.wills());
        topology.addProcessor(FORWARD, () -> new WillProcessor(topics, events), WILLS);
        Parts.addSink(topology, LOG, topics.publish(), FORWARD);
        Parts.addSink(topology, WILL_LETTERS, topics.deadLetter(), FORWARD);
        return topology;
    }
}
