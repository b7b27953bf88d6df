package io.sluice.router.topology;

import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Checks the commands: a damaged one goes to the dead-letter topic. Those that are sound have no reader here yet. */
final class CommandProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

    private final TopologyConfig config;
    private final TopologyEvents events;
    /** Valid while the task is assigned. */
    private ProcessorContext<byte[], Outgoing> context;

    private DeadLetters deadLetters;

    CommandProcessor(TopologyConfig config, TopologyEvents events) {
        this.config = config;
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> assigned) {
        context = assigned;
        deadLetters = new DeadLetters(
                assigned, RouterTopology.COMMAND_LETTERS, config.topics().deadLetter(), events);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try {
            Command.decode(record.key(), record.value());
        } catch (DamagedRecordException e) {
            deadLetters.add(record, context.recordMetadata().orElseThrow(), e);
        }
    }
}
