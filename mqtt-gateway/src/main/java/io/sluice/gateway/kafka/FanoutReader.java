package io.sluice.gateway.kafka;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the queue stage tells this gateway, from the partitions of the slots that it has had: clients that connected
 * under an earlier slot are answered there. One thread.
 */
public final class FanoutReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FanoutReader.class);
    private static final Duration MAX_POLL = Duration.ofMillis(500);
    private static final long PAUSE_AFTER_FAILURE_MS = 500;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final Sessions sessions;
    private final java.util.function.Consumer<Fanout.ForGroup> groups;
    private final Set<String> incarnations = ConcurrentHashMap.newKeySet();
    /** Slots that are not read from yet. */
    private final Set<Integer> newSlots = ConcurrentHashMap.newKeySet();

    private final List<TopicPartition> assigned = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "fanout");
    private volatile boolean closing;
    private volatile boolean reading;

    /**
     * A reader that is not running yet.
     *
     * @param consumer assigned to nothing, which reads only what is committed; owned by this object from now on
     * @param groups is told what concerns groups, on this object's thread
     */
    FanoutReader(
            Consumer<byte[], byte[]> consumer,
            String topic,
            Sessions sessions,
            java.util.function.Consumer<Fanout.ForGroup> groups) {
        this.consumer = consumer;
        this.topic = topic;
        this.sessions = sessions;
        this.groups = groups;
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /** Reads the partition of a slot too, from its end on; any thread. */
    public void slotChanged(int slot, String incarnation) {
        incarnations.add(incarnation);
        newSlots.add(slot);
        consumer.wakeup();
    }

    /** Whether all slots are read from; any thread. */
    public boolean isReading() {
        return reading && newSlots.isEmpty();
    }

    private void run() {
        try {
            while (!closing) {
                step();
            }
        } catch (InterruptedException | InterruptException e) {
            log.debug("Reader of answers interrupted");
        } finally {
            consumer.close();
        }
    }

    private void step() throws InterruptedException {
        try {
            readNewSlots();
            if (assigned.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(10);
            } else {
                consumer.poll(MAX_POLL).forEach(this::accept);
            }
        } catch (WakeupException e) {
            log.trace("Woken for a new slot");
        } catch (OffsetOutOfRangeException e) {
            // Nobody waits for answers that are as old as that.
            consumer.seekToEnd(e.partitions());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("Reading answers failed; trying again");
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
        }
    }

    private void readNewSlots() {
        for (int slot : List.copyOf(newSlots)) {
            TopicPartition partition = new TopicPartition(topic, Topics.fanoutPartition(slot));
            if (!assigned.contains(partition)) {
                List<TopicPartition> all = new ArrayList<>(assigned);
                all.add(partition);
                consumer.assign(all);
                consumer.seekToEnd(List.of(partition));
                consumer.position(partition); // Now, and not at the next poll: answers come behind this place.
                assigned.add(partition);
            }
            newSlots.remove(slot);
            reading = true;
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        try {
            Fanout message = Fanout.decode(record.key(), record.value());
            if (!incarnations.contains(message.incarnation())) {
                return;
            }
            if (message instanceof Fanout.ForGroup ofGroup) {
                groups.accept(ofGroup);
            } else if (message instanceof Fanout.ForClient ofClient) {
                Session session = sessions.get(ofClient.clientId());
                if (session != null) {
                    session.told(ofClient);
                }
            }
        } catch (DamagedRecordException e) {
            log.atError()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("Damaged answer passed over");
        }
    }

    /** Stops the thread. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            thread.interrupt();
        }
    }
}
