package io.sluice.gateway.kafka;

import io.sluice.gateway.group.GroupLink.Found;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the log what groups have to take that the tail has passed long ago: one request after the other, each a bounded
 * stretch. One thread.
 */
final class GroupReader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GroupReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** Messages of one request are not more than that together, but for one. */
    private static final int MAX_BYTES = 1 << 20;
    /** Records of one request that do not match, after which it is answered all the same. */
    private static final int MAX_RECORDS = 20_000;

    private static final long PAUSE_AFTER_FAILURE_MS = 500;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    /**
     * What is wanted.
     *
     * @param most messages
     * @param found is told on this object's thread
     */
    record Request(
            TopicPartition partition,
            long from,
            TopicFilter filter,
            int most,
            java.util.function.Consumer<Found> found) {}

    private final Consumer<byte[], byte[]> consumer;
    private final int lookBack;
    private final AtomicLong lost = new AtomicLong();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "group-reader");
    private volatile boolean closing;

    /**
     * A reader that is not running yet.
     *
     * @param consumer assigned to nothing; owned by this object from now on
     * @param lookBack records before a message among which a first copy of it is looked for, at most
     */
    GroupReader(Consumer<byte[], byte[]> consumer, int lookBack) {
        this.consumer = consumer;
        this.lookBack = lookBack;
    }

    /** Starts the thread. */
    void start() {
        thread.start();
    }

    /** Asks for messages; any thread. */
    void read(Request request) {
        requests.add(request);
    }

    /** Records that the log no longer held when a group came to them; any thread. */
    AtomicLong lost() {
        return lost;
    }

    private void run() {
        try {
            while (!closing) {
                Request request = requests.take();
                request.found().accept(answer(request));
            }
        } catch (InterruptedException | InterruptException e) {
            log.debug("Reader for groups interrupted");
        } finally {
            consumer.close();
        }
    }

    private Found answer(Request request) throws InterruptedException {
        try {
            return search(request);
        } catch (OffsetOutOfRangeException e) {
            return outOfRange(request);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("Reading the log for groups failed; trying again");
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
            return nothing(request);
        }
    }

    private static Found nothing(Request request) {
        return new Found(List.of(), request.from() - 1);
    }

    private Found outOfRange(Request request) throws InterruptedException {
        try {
            long start = consumer.beginningOffsets(List.of(request.partition())).get(request.partition());
            if (start > request.from()) {
                lost.addAndGet(start - request.from());
                log.atError()
                        .addKeyValue("partition", request.partition())
                        .addKeyValue("filter", request.filter())
                        .addKeyValue("from", request.from())
                        .addKeyValue("to", start)
                        .log("Messages were removed from the log before a group of shared subscriptions came to them");
                return new Found(List.of(), start);
            }
        } catch (KafkaException e) {
            log.atDebug().setCause(e).log("The start of the log is not known");
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
        return nothing(request);
    }

    private Found search(Request request) {
        consumer.assign(List.of(request.partition()));
        consumer.seek(request.partition(), request.from());
        List<PublishRecord> messages = new ArrayList<>();
        long reached = request.from();
        int read = 0;
        long bytes = 0;
        while (messages.size() < request.most() && bytes < MAX_BYTES && read < MAX_RECORDS) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (messages.size() == request.most() || bytes >= MAX_BYTES) {
                    break;
                }
                read++;
                reached = record.offset() + 1;
                PublishRecord message = decode(record);
                if (message != null && matches(request, message)) {
                    messages.add(message);
                    bytes += message.weight();
                }
            }
            if (records.isEmpty()) {
                reached = Math.max(reached, consumer.position(request.partition()));
                break;
            }
        }
        return new Found(withoutCopies(request, messages), reached);
    }

    private static boolean matches(Request request, PublishRecord message) {
        return request.filter().matches(new String(message.topic(), StandardCharsets.UTF_8));
    }

    private static PublishRecord decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return PublishRecord.decode(record);
        } catch (DamagedRecordException e) {
            return null; // The tail has counted it.
        }
    }

    /**
     * Leaves out second copies: the first may stand before where the search began, though not before the place it tells. As the
     * tail, it looks back only so far.
     */
    private List<PublishRecord> withoutCopies(Request request, List<PublishRecord> messages) {
        long first = request.from();
        Set<String> wanted = new HashSet<>();
        for (PublishRecord message : messages) {
            if (message.uniqueId() != null && message.uniqueAfter() >= 0) {
                first = Math.min(first, message.uniqueAfter());
                wanted.add(message.uniqueId());
            }
        }
        Set<String> seen = idsBetween(Math.max(first, request.from() - lookBack), request, wanted);
        List<PublishRecord> left = new ArrayList<>(messages.size());
        for (PublishRecord message : messages) {
            if (message.uniqueId() == null || seen.add(message.uniqueId())) {
                left.add(message);
            }
        }
        return left;
    }

    /** Which of the wanted ids stand before where the search began. */
    private Set<String> idsBetween(long first, Request request, Set<String> wanted) {
        Set<String> ids = new HashSet<>();
        if (first == request.from()) {
            return ids;
        }
        long at = Math.max(
                first, consumer.beginningOffsets(List.of(request.partition())).get(request.partition()));
        consumer.seek(request.partition(), at);
        while (at < request.from() && ids.size() < wanted.size()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                PublishRecord message = record.offset() < request.from() ? decode(record) : null;
                if (message != null && message.uniqueId() != null && wanted.contains(message.uniqueId())) {
                    ids.add(message.uniqueId());
                }
            }
            at = closing ? request.from() : consumer.position(request.partition());
        }
        return ids;
    }

    /** Stops the thread. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
