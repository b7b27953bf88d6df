package io.sluice.router.topology;

import io.sluice.wire.Topics;
import org.apache.kafka.streams.Topology;

/**
 * The topology that keeps what is retained.
 *
 * <pre>{@code
 * mqtt.publish  ─┐
 *                ├─► retain (winners) ─► mqtt.retained, mqtt.dead-letter
 * mqtt.retained ─┘
 * }</pre>
 *
 * <p>One task reads a partition of the log and the partition of {@code mqtt.retained} of the same number, so both topics
 * need the same number of partitions.
 */
public final class RetainedTopology {

    static final String RETAINED = "to-retained";
    static final String RETAINED_LETTERS = "to-dead-letter";
    static final String WINNERS = "winners";

    private static final String LOG = "log";
    private static final String READ_BACK = "read-back";
    private static final String RETAIN = "retain";

    private RetainedTopology() {}

    /**
     * The topology for a configuration.
     *
     * @param events is told what happens; called by the stream threads
     */
    public static Topology build(TopologyConfig config, TopologyEvents events) {
        Topics topics = config.topics();
        Topology topology = new Topology();
        Parts.addSource(topology, LOG, topics.publish());
        Parts.addSource(topology, READ_BACK, topics.retained());
        topology.addProcessor(RETAIN, () -> new RetainedProcessor(config, events), LOG, READ_BACK)
                .addStateStore(Winners.store(WINNERS), RETAIN);
        Parts.addSink(topology, RETAINED, topics.retained(), RETAIN);
        Parts.addSink(topology, RETAINED_LETTERS, topics.deadLetter(), RETAIN);
        return topology;
    }
}
