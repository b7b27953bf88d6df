package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.RetainedRecord;
import io.sluice.wire.Topics;
import io.sluice.wire.UniqueIds;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one partition of {@code mqtt.retained} as the same partition of the log has it: one writer, in the log's order, at
 * least once.
 *
 * <p>The processor reads back what stands in {@code mqtt.retained}, because a predecessor that was paused can wake up and
 * write something old over something new. Where an older message follows a newer one, the newer is written again. What
 * this writer has just written over is older as well, but what follows it is still on its way here ({@link #unread}), so
 * it needs nothing; and to meet the winner itself is the echo of an earlier write.
 */
final class RetainedProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

    private static final Logger log = LoggerFactory.getLogger(RetainedProcessor.class);
    private static final Duration FIRST_PUNCTUATION = Duration.ofMillis(1);
    private static final Duration LONGEST_SWEEP_INTERVAL = Duration.ofHours(1);
    private static final int SWEEPS_IN_A_RETENTION = 24;
    private static final int REMEMBERED_IDS = 100_000;

    private final TopologyConfig config;
    private final TopologyEvents events;

    // Valid while the task is assigned; the same object may be assigned again.
    private ProcessorContext<byte[], Outgoing> context;
    private DeadLetters deadLetters;
    private Winners winners;
    private Cancellable firstPunctuation;
    private UniqueIds uniqueIds;
    /**
     * The topics whose winner this writer has written and not yet read back: it stands later in {@code mqtt.retained} than
     * all that was read so far.
     */
    private final Set<Bytes> unread = new HashSet<>();

    RetainedProcessor(TopologyConfig config, TopologyEvents events) {
        this.config = config;
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> assigned) {
        context = assigned;
        deadLetters = new DeadLetters(
                assigned, RetainedTopology.RETAINED_LETTERS, config.topics().deadLetter(), events::deadLetter);
        winners = new Winners(assigned.getStateStore(RetainedTopology.WINNERS), events);
        unread.clear();
        uniqueIds = new UniqueIds(REMEMBERED_IDS);
        checkTopics();
        long retentionMillis = config.clearedMarkerRetention().toMillis();
        assigned.schedule(
                sweepInterval(config.clearedMarkerRetention()),
                PunctuationType.WALL_CLOCK_TIME,
                now -> winners.forgetClearedBefore(now - retentionMillis));
    }

    /** The state may belong to topics that were deleted, and these are others by the same names. */
    private void checkTopics() {
        TopicIds known = winners.topicIds();
        if (config.ids().equals(known)) {
            return;
        }
        if (known != null && !known.log().equals(config.ids().log())) {
            Topics topics = config.topics();
            throw new ForeignStateException(
                    topics.publish() + " was made anew, but what is retained belongs to the old one."
                            + " To begin anew, stop the routers and delete " + topics.retained() + " and "
                            + topics.retainedApplicationId() + "-" + RetainedTopology.WINNERS
                            + "-changelog and their local state");
        }
        // State cannot be written before the first record or punctuation.
        firstPunctuation =
                context.schedule(FIRST_PUNCTUATION, PunctuationType.WALL_CLOCK_TIME, now -> adoptTopics(known != null));
    }

    private void adoptTopics(boolean retainedAnew) {
        firstPunctuation.cancel();
        if (retainedAnew) {
            log.atWarn()
                    .addKeyValue("topic", config.topics().retained())
                    .addKeyValue("partition", context.taskId().partition())
                    .log("What is retained was made anew; writing all of it again");
            winners.forEach((topic, winner) -> {
                write(topic, winner);
                events.retainedRewritten();
            });
        }
        winners.putTopicIds(config.ids());
    }

    private static Duration sweepInterval(Duration retention) {
        Duration interval = retention.dividedBy(SWEEPS_IN_A_RETENTION);
        return interval.compareTo(LONGEST_SWEEP_INTERVAL) < 0 ? interval.plusMillis(1) : LONGEST_SWEEP_INTERVAL;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context.recordMetadata().orElseThrow();
        if (place.topic().equals(config.topics().retained())) {
            readBack(record, place);
        } else {
            retain(record, place);
        }
    }

    /** A message of the log. */
    private void retain(Record<byte[], byte[]> record, RecordMetadata place) {
        PublishRecord message;
        try {
            message = PublishRecord.decode(
                    record.key(),
                    record.value(),
                    record.headers(),
                    place.partition(),
                    place.offset(),
                    record.timestamp());
        } catch (DamagedRecordException e) {
            deadLetters.add(record, place, e);
            return;
        }
        // A second copy of a will must not replace what its client has said of itself since.
        if (message.retain() && !uniqueIds.isRepeated(message)) {
            retain(message, record);
        }
    }

    private void retain(PublishRecord message, Record<byte[], byte[]> record) {
        Winner present = winners.get(message.topic());
        if (present != null && present.offset() > message.offset()) {
            // A replay after a restart, and the newer one is replayed too or was written before the offsets were.
            return;
        }
        Winner winner = winner(message, record);
        winners.put(message.topic(), present, winner);
        // Written also when it is the winner already: the state can be safe in Kafka when what it stands for is not.
        write(message.topic(), winner);
        if (winner.isCleared()) {
            events.retainedCleared();
        } else {
            events.retainedWritten();
        }
    }

    /** A record that this writer, or another one, has written to {@code mqtt.retained}. */
    private void readBack(Record<byte[], byte[]> record, RecordMetadata place) {
        try {
            readBack(decode(record, place), record);
        } catch (DamagedRecordException e) {
            deadLetters.add(record, place, e);
            Winner winner = record.key() == null ? null : winners.get(record.key());
            if (winner != null) {
                writeAgain(record.key(), winner);
            }
        }
    }

    private static PublishRecord decode(Record<byte[], byte[]> record, RecordMetadata place)
            throws DamagedRecordException {
        PublishRecord message = RetainedRecord.decode(
                        record.key(), record.value(), record.headers(), record.timestamp())
                .message();
        if (message.partition() != place.partition()) {
            throw new DamagedRecordException("the origin is in another partition: " + message.partition());
        }
        return message;
    }

    private void readBack(PublishRecord message, Record<byte[], byte[]> record) {
        Winner present = winners.get(message.topic());
        if (present == null || present.offset() < message.offset()) {
            // A predecessor came further than the offsets that it could commit.
            winners.put(message.topic(), present, winner(message, record));
            unread.remove(Bytes.wrap(message.topic()));
        } else if (present.offset() == message.offset()) {
            unread.remove(Bytes.wrap(message.topic()));
        } else {
            writeAgain(message.topic(), present);
        }
    }

    private Winner winner(PublishRecord message, Record<byte[], byte[]> record) {
        return Winner.of(
                message.offset(),
                message.timestamp(),
                record.headers(),
                message.payload(),
                context.currentSystemTimeMs());
    }

    /** Something older or damaged follows the winner, unless this writer's own record of the winner is yet to come. */
    private void writeAgain(byte[] topic, Winner winner) {
        if (unread.contains(Bytes.wrap(topic))) {
            return;
        }
        // Who has written the old message may have written its old state too.
        winners.put(topic, winner, winner);
        write(topic, winner);
        events.retainedRewritten();
    }

    private void write(byte[] topic, Winner winner) {
        int partition = context.taskId().partition();
        unread.add(Bytes.wrap(topic));
        context.forward(
                new Record<>(
                        topic,
                        new Outgoing(partition, winner.retainedValue()),
                        winner.timestamp(),
                        winner.retainedHeaders(partition)),
                RetainedTopology.RETAINED);
    }
}
