package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.DeadLetter;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands damaged records of one task to its dead-letter sink. Owned by the task's stream thread. */
public final class DeadLetters {

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    /** However many records are damaged, the log file gets a line a second. */
    private static final long LINE_EVERY_MS = 1_000;

    private static final int PARTITION = 0;

    private final ProcessorContext<byte[], Outgoing> context;
    private final String sink;
    private final String topic;
    private final Consumer<String> counted;
    private long nextLineAt;
    private long withoutLine;

    /**
     * For one task.
     *
     * @param sink the name of the sink that leads to the topic
     * @param topic of dead letters
     * @param counted is told the topic of each damaged record
     */
    public DeadLetters(
            ProcessorContext<byte[], Outgoing> context, String sink, String topic, Consumer<String> counted) {
        this.context = context;
        this.sink = sink;
        this.topic = topic;
        this.counted = counted;
    }

    /** Hands on a damaged record. */
    public void add(Record<byte[], byte[]> record, RecordMetadata origin, DamagedRecordException damage) {
        long now = context.currentSystemTimeMs();
        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(
                topic,
                origin.topic(),
                origin.partition(),
                origin.offset(),
                record.key(),
                record.value(),
                record.headers(),
                damage.getMessage());
        // The time is when it was found: one that is damaged too would be refused, or deleted at once.
        context.forward(
                new Record<>(letter.key(), new Outgoing(PARTITION, letter.value()), now, letter.headers()), sink);
        counted.accept(origin.topic());
        tell(origin, damage, now);
    }

    private void tell(RecordMetadata origin, DamagedRecordException damage, long now) {
        if (now < nextLineAt) {
            withoutLine++;
            return;
        }
        log.atWarn()
                .addKeyValue("topic", origin.topic())
                .addKeyValue("partition", origin.partition())
                .addKeyValue("offset", origin.offset())
                .addKeyValue("cause", damage.getMessage())
                .addKeyValue("more", withoutLine)
                .log("Damaged record handed to the dead-letter topic");
        nextLineAt = now + LINE_EVERY_MS;
        withoutLine = 0;
    }
}
