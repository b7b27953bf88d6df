package io.sluice.gateway.kafka;

import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes commands of groups to {@code mqtt.commands}, those of one group in the order of the calls. One that Kafka does not take is
 * tried again until it does, and those behind it wait. Belongs to the tail's thread.
 */
final class GroupJournal {

    private static final Logger log = LoggerFactory.getLogger(GroupJournal.class);
    private static final long RETRY_SECONDS = 1;

    /** What one group has to write, by the number of its call. */
    private static final class Stalled {
        private final TreeMap<Long, Pending> commands = new TreeMap<>();
        /** Whether the first of them is on its way, or will be in a moment. */
        private boolean isTrying;
    }

    private record Pending(long number, GroupCommand command, LongConsumer durable) {}

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final Consumer<Runnable> onTail;
    private final Map<GroupId, Stalled> stalled = new HashMap<>();
    private ScheduledExecutorService timer;
    private long calls;
    private long disorders;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * A journal on a producer that it does not own.
     *
     * @param onTail runs something on the tail's thread; any thread
     */
    GroupJournal(Producer<byte[], byte[]> producer, String topic, int partitions, Consumer<Runnable> onTail) {
        this.producer = producer;
        this.topic = topic;
        this.partitions = partitions;
        this.onTail = onTail;
    }

    /** Before the first command. */
    void start(ScheduledExecutorService retries) {
        timer = retries;
    }

    /** Commands that wait for Kafka to take one, of about now; any thread. */
    int waiting() {
        return waiting.get();
    }

    /** Whether nothing of a group waits. */
    boolean isTaken(GroupId group) {
        return !stalled.containsKey(group);
    }

    /** How often Kafka has refused what it had begun to take, so that what was written behind it may count without it. */
    long disorders() {
        return disorders;
    }

    /**
     * Writes a command.
     *
     * @param durable is told its offset
     */
    void append(GroupCommand command, LongConsumer durable) {
        calls++;
        Pending pending = new Pending(calls, command, durable);
        Stalled before = stalled.get(command.group());
        if (before == null) {
            send(pending);
        } else {
            putAside(before, pending);
        }
    }

    private void putAside(Stalled group, Pending pending) {
        if (group.commands.put(pending.number, pending) == null) {
            waiting.incrementAndGet();
        }
    }

    private void send(Pending pending) {
        GroupCommand command = pending.command;
        Thread tail = Thread.currentThread();
        Callback callback = (metadata, failure) -> {
            if (failure == null) {
                long offset = metadata.offset();
                onTail.accept(() -> written(pending, offset));
            } else if (Thread.currentThread() == tail) {
                notTaken(pending, failure);
            } else {
                onTail.accept(() -> {
                    disorders++;
                    notTaken(pending, failure);
                });
            }
        };
        int partition = command.group().partition(partitions);
        try {
            producer.send(new ProducerRecord<>(topic, partition, command.key(), command.value()), callback);
        } catch (RuntimeException e) {
            // Kafka tells of some failures by throwing instead of calling back.
            notTaken(pending, e);
        }
    }

    private void written(Pending pending, long offset) {
        GroupId id = pending.command.group();
        Stalled group = stalled.get(id);
        if (group != null && group.commands.remove(pending.number) != null) {
            waiting.decrementAndGet();
            if (group.commands.isEmpty()) {
                stalled.remove(id);
            } else {
                send(group.commands.firstEntry().getValue());
            }
        }
        pending.durable.accept(offset);
    }

    private void notTaken(Pending pending, Exception failure) {
        GroupId id = pending.command.group();
        Stalled group = stalled.computeIfAbsent(id, unused -> new Stalled());
        boolean wasTried = group.commands.containsKey(pending.number);
        putAside(group, pending);
        if (group.isTrying && !wasTried) {
            return; // It was on its way before the first one came back.
        }
        group.isTrying = true;
        log.atWarn()
                .addKeyValue("group", id)
                .addKeyValue("cause", failure.getMessage())
                .log("Kafka did not take what concerns a group of shared subscriptions; trying again");
        try {
            timer.schedule(
                    () -> onTail.accept(() -> send(group.commands.firstEntry().getValue())),
                    RETRY_SECONDS,
                    TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("The gateway stops, and others will serve the group");
        }
    }
}
