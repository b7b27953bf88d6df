package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.router.topology.Parts;
import io.sluice.wire.Topics;
import java.util.concurrent.Executor;
import org.apache.kafka.streams.Topology;

/**
 * The topology of the queue stage.
 *
 * <pre>{@code
 * mqtt.commands ─┐                ┌─► mqtt.fanout, mqtt.subscriptions, mqtt.wills, mqtt.commands
 *                ├─► queue (state)┤
 * mqtt.inbox ────┘                └─► mqtt.sessions, mqtt.events, mqtt.dead-letter
 * }</pre>
 *
 * <p>One task reads partitions of the same number, so the two topics, and those that are keyed by client, need the same number of
 * partitions.
 */
public final class QueueTopology {

    static final String STATE = "state";
    static final String FANOUT = "to-fanout";
    static final String FILTERS = "to-subscriptions";
    static final String WILLS = "to-wills";
    static final String COMMANDS_BACK = "to-commands";
    static final String SESSIONS = "to-sessions";
    static final String EVENTS = "to-events";
    static final String LETTERS = "to-dead-letter";

    private static final String COMMANDS = "commands";
    private static final String INBOX = "inbox";
    private static final String QUEUE = "queue";

    private QueueTopology() {}

    /** Tells of records of which something followed that Kafka has refused for good. */
    @FunctionalInterface
    public interface Refused {
        /** Whether the record at an offset of a partition of a topic is one of them. */
        boolean is(String topic, int partition, long offset);
    }

    /**
     * The topology for a configuration.
     *
     * @param refused which records are passed over; called by the stream threads
     * @param events is told what happens; called by the stream threads
     * @param closer does what closes a state store
     */
    public static Topology build(QueueConfig config, Refused refused, QueueEvents events, Executor closer) {
        Topics topics = config.topics();
        Topology topology = new Topology();
        CommitTogether together = new CommitTogether();
        Parts.addSource(topology, COMMANDS, topics.commands());
        Parts.addSource(topology, INBOX, topics.inbox());
        topology.addProcessor(QUEUE, () -> new QueueProcessor(config, refused, events, together), COMMANDS, INBOX)
                .addStateStore(HeldBackStore.builder(STATE, closer), QUEUE);
        Parts.addSink(topology, FANOUT, topics.fanout(), QUEUE);
        Parts.addSink(topology, FILTERS, topics.subscriptions(), QUEUE);
        Parts.addSink(topology, WILLS, topics.wills(), QUEUE);
        Parts.addSink(topology, COMMANDS_BACK, topics.commands(), QUEUE);
        Parts.addSink(topology, SESSIONS, topics.sessions(), QUEUE);
        Parts.addSink(topology, EVENTS, topics.events(), QUEUE);
        Parts.addSink(topology, LETTERS, topics.deadLetter(), QUEUE);
        return topology;
    }
}
