package io.sluice.gateway.kafka;

import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The product's own journal of groups in a model, over a producer that does not take everything. */
public final class ModelJournal {

    /** What lies between the journal and the log. */
    @FunctionalInterface
    public interface Log {
        /**
         * A command is on its way.
         *
         * @param durable is told its offset
         * @param failed runs when the producer gives it up, whether or not it is in the log
         */
        void send(GroupCommand command, LongConsumer durable, Runnable failed);
    }

    private static final int REFUSED_AT_ONCE = 150;

    private final Log log;
    private final Random random;
    private final GroupJournal journal;
    private final Deque<Runnable> retries = new ArrayDeque<>();
    private boolean isCalm;

    /** A journal that writes to a log of the model. */
    public ModelJournal(Log log, Consumer<Runnable> onTail, Random random) {
        this.log = log;
        this.random = random;
        this.journal = new GroupJournal(new Unreliable(), "commands", 1, onTail);
        journal.start(new Retries());
    }

    /** A producer that refuses some commands at once, and gives up others later. */
    private final class Unreliable extends MockProducer<byte[], byte[]> {
        private Unreliable() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            CompletableFuture<RecordMetadata> unused = new CompletableFuture<>();
            if (!isCalm && random.nextInt(REFUSED_AT_ONCE) == 0) {
                callback.onCompletion(null, new TimeoutException("no metadata"));
                return unused;
            }
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            log.send(
                    command(record.key(), record.value()),
                    offset -> callback.onCompletion(new RecordMetadata(partition, offset, 0, 0, 0, 0), null),
                    () -> onAnotherThread(() -> callback.onCompletion(null, new TimeoutException("given up"))));
            return unused;
        }
    }

    /** Time does not pass by itself here. */
    private final class Retries extends ScheduledThreadPoolExecutor {
        private Retries() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable retry, long delay, TimeUnit unit) {
            retries.add(retry);
            return null;
        }
    }

    private static GroupCommand command(byte[] key, byte[] value) {
        try {
            return (GroupCommand) Command.decode(key, value);
        } catch (DamagedRecordException e) {
            throw new AssertionError(e);
        }
    }

    /** As a producer tells of what it had begun to send. */
    private static void onAnotherThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** See {@link GroupJournal#append}. */
    public void append(GroupCommand command, LongConsumer durable) {
        journal.append(command, durable);
    }

    /** See {@link GroupJournal#isTaken}. */
    public boolean isTaken(GroupId group) {
        return journal.isTaken(group);
    }

    /** See {@link GroupJournal#disorders}. */
    public long disorders() {
        return journal.disorders();
    }

    /** Time for another try. */
    public void retry() {
        Runnable retry = retries.poll();
        if (retry != null) {
            retry.run();
        }
    }

    /** From now on all is taken. */
    public void calm() {
        isCalm = true;
    }

    /** Whether something waits. */
    public boolean isBusy() {
        return journal.waiting() > 0 || !retries.isEmpty();
    }
}
