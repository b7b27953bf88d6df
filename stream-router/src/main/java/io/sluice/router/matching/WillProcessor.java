package io.sluice.router.matching;

import io.sluice.router.topology.DeadLetters;
import io.sluice.router.topology.Outgoing;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Topics;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Hands wills on to the log, at least once; their unique ids let readers drop a second copy. The queue stage does not write them
 * itself: it writes in transactions, and one that hangs would hold up every reader of the log.
 */
final class WillProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

    private final Topics topics;
    private final MatchEvents events;
    /** Valid while the task is assigned. */
    private ProcessorContext<byte[], Outgoing> context;

    private DeadLetters deadLetters;

    WillProcessor(Topics topics, MatchEvents events) {
        this.topics = topics;
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> assigned) {
        context = assigned;
        deadLetters = new DeadLetters(assigned, MatchTopology.WILL_LETTERS, topics.deadLetter(), events::damaged);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try {
            PublishRecord.decode(record.key(), record.value(), record.headers(), -1, -1, -1);
        } catch (DamagedRecordException e) {
            deadLetters.add(record, context.recordMetadata().orElseThrow(), e);
            return;
        }
        int partition = ClientPartitions.of(record.key(), topics.partitions());
        context.forward(record.withValue(new Outgoing(partition, record.value())), MatchTopology.LOG);
        events.willForwarded();
    }
}
