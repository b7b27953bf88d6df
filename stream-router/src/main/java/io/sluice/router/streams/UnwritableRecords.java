package io.sluice.router.streams;

import io.sluice.router.metrics.RouterMetrics;
import io.sluice.wire.DeadLetter;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about records that could not be written. One that Kafka will never take is counted, goes to the dead-letter
 * topic without its value, and stops nobody ({@link Refusals}); whatever else goes wrong is tried again. Made by Kafka Streams; called by
 * threads of its producers.
 */
public final class UnwritableRecords implements ProductionExceptionHandler {

    static final String DEAD_LETTER_TOPIC = "sluice.dead.letter.topic";
    static final String METRICS = "sluice.metrics";
    static final String LETTERS = "sluice.letters";
    static final String REFUSALS = "sluice.refusals";

    private static final Logger log = LoggerFactory.getLogger(UnwritableRecords.class);

    private String deadLetterTopic;
    private RouterMetrics metrics;
    private LetterWriter letters;
    /** Null where nothing is written in transactions. */
    private Refusals refusals;

    @Override
    public void configure(Map<String, ?> configs) {
        letters = (LetterWriter) configs.get(LETTERS);
        deadLetterTopic = (String) configs.get(DEAD_LETTER_TOPIC);
        metrics = (RouterMetrics) configs.get(METRICS);
        refusals = (Refusals) configs.get(REFUSALS);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof RetriableException) {
            return Response.retry();
        }
        boolean refusedForGood =
                exception instanceof RecordTooLargeException || exception instanceof InvalidTimestampException;
        if (!refusedForGood) {
            return Response.fail();
        }
        metrics.unwritable(record.topic());
        log.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("fromTopic", context.topic())
                .addKeyValue("fromPartition", context.partition())
                .addKeyValue("fromOffset", context.offset())
                .addKeyValue("cause", exception.getMessage())
                .log("Kafka refuses a record for good");
        boolean isNew = refusals == null
                || context.topic() == null
                || refusals.add(context.topic(), context.partition(), context.offset());
        if (isNew) {
            letters.write(letter(context, record, exception));
        }
        // What stands in a transaction with it is done again without the record that led to it.
        return refusals == null ? Response.resume() : Response.fail();
    }

    private ProducerRecord<byte[], byte[]> letter(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (record.topic().equals(deadLetterTopic)) {
            return new ProducerRecord<>(deadLetterTopic, null, record.key(), null, record.headers());
        }
        return DeadLetter.of(
                deadLetterTopic,
                context.topic(),
                context.partition(),
                context.offset(),
                record.key(),
                null,
                record.headers(),
                "refused by " + record.topic() + ", value left out: " + exception.getMessage());
    }
}
