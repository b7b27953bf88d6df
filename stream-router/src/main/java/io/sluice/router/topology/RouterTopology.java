package io.sluice.router.topology;

import io.sluice.wire.Topics;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The router's topology: two parts that share nothing but the process.
 *
 * <pre>{@code
 * mqtt.publish  ─┐
 *                ├─► retain (winners) ─► mqtt.retained, mqtt.dead-letter
 * mqtt.retained ─┘
 *
 * mqtt.commands ───► check ─► mqtt.dead-letter
 * }</pre>
 *
 * <p>One task reads a partition of the log and the partition of {@code mqtt.retained} of the same number, so both topics
 * need the same number of partitions.
 */
public final class RouterTopology {

    static final String RETAINED = "to-retained";
    static final String RETAINED_LETTERS = "to-dead-letter";
    static final String COMMAND_LETTERS = "commands-to-dead-letter";
    static final String WINNERS = "winners";

    private static final String LOG = "log";
    private static final String READ_BACK = "read-back";
    private static final String RETAIN = "retain";
    private static final String COMMANDS = "commands";
    private static final String CHECK = "check";

    private static final Deserializer<byte[]> READ = new ByteArrayDeserializer();
    private static final Serializer<byte[]> WRITE = new ByteArraySerializer();

    /** Takes any record, those too whose time is damaged; nothing here depends on the time of a record. */
    private static final TimestampExtractor TIME = (record, partitionTime) -> Math.max(0, record.timestamp());

    private RouterTopology() {}

    /**
     * The topology for a configuration.
     *
     * @param events is told what happens; called by the stream threads
     */
    public static Topology build(TopologyConfig config, TopologyEvents events) {
        Topology topology = new Topology();
        addRetain(topology, config, events);
        addCheck(topology, config, events);
        return topology;
    }

    private static void addRetain(Topology topology, TopologyConfig config, TopologyEvents events) {
        Topics topics = config.topics();
        addSource(topology, LOG, topics.publish());
        addSource(topology, READ_BACK, topics.retained());
        topology.addProcessor(RETAIN, () -> new RetainedProcessor(config, events), LOG, READ_BACK)
                .addStateStore(Winners.store(WINNERS), RETAIN);
        addSink(topology, RETAINED, topics.retained(), RETAIN);
        addSink(topology, RETAINED_LETTERS, topics.deadLetter(), RETAIN);
    }

    private static void addCheck(Topology topology, TopologyConfig config, TopologyEvents events) {
        addSource(topology, COMMANDS, config.topics().commands());
        topology.addProcessor(CHECK, () -> new CommandProcessor(config, events), COMMANDS);
        addSink(topology, COMMAND_LETTERS, config.topics().deadLetter(), CHECK);
    }

    private static void addSource(Topology topology, String name, String topic) {
        topology.addSource(AutoOffsetReset.earliest(), name, TIME, READ, READ, topic);
    }

    private static void addSink(Topology topology, String name, String topic, String parent) {
        topology.addSink(name, topic, WRITE, Outgoing.SERIALIZER, Outgoing.PARTITIONER, parent);
    }
}
