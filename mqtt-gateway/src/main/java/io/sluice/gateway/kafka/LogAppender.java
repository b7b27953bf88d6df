package io.sluice.gateway.kafka;

import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.PublicationSink;
import io.sluice.wire.PublishRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Appends publications to {@code mqtt.publish}. The producer is idempotent with acks=all and tries for as long as it
 * takes; what bounds memory is that publishers are not read from while too much is on its way.
 */
public final class LogAppender implements PublicationSink {

    /** Kafka's own cost of a record, roughly, so that many empty messages count too. */
    private static final int RECORD_OVERHEAD_BYTES = 100;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final long maxInFlightBytes;
    private final GatewayMetrics metrics;
    private final AtomicLong inFlightBytes = new AtomicLong();
    private final AtomicLong inFlightRecords = new AtomicLong();
    private final AtomicBoolean full = new AtomicBoolean();
    private final List<Runnable> onRoom = new CopyOnWriteArrayList<>();

    /**
     * An appender on a producer that it does not own.
     *
     * @param maxInFlightBytes what may be on its way before {@link #isFull}
     */
    public LogAppender(Producer<byte[], byte[]> producer, String topic, long maxInFlightBytes, GatewayMetrics metrics) {
        this.producer = producer;
        this.topic = topic;
        this.maxInFlightBytes = maxInFlightBytes;
        this.metrics = metrics;
        metrics.gauge(
                "sluice.appends.inflight",
                "Messages handed to Kafka and not confirmed",
                inFlightRecords,
                AtomicLong::get);
        metrics.gauge(
                "sluice.appends.inflight.bytes",
                "Bytes handed to Kafka and not confirmed",
                inFlightBytes,
                AtomicLong::get);
    }

    @Override
    public void append(PublishRecord message, Listener listener) {
        int size = message.weight() + RECORD_OVERHEAD_BYTES;
        inFlightRecords.incrementAndGet();
        if (inFlightBytes.addAndGet(size) >= maxInFlightBytes) {
            full.set(true);
        }
        Append append = new Append(listener, size, System.nanoTime());
        try {
            producer.send(message.toProducerRecord(topic), append);
        } catch (RuntimeException e) {
            // Kafka tells of some failures by throwing instead of calling back: closed, interrupted, not serializable.
            append.onCompletion(null, e);
        }
    }

    @Override
    public boolean isFull() {
        return full.get();
    }

    @Override
    public void onRoom(Runnable callback) {
        onRoom.add(callback);
    }

    private void completed(int size) {
        inFlightRecords.decrementAndGet();
        long left = inFlightBytes.addAndGet(-size);
        // Half way down, so that publishers are not stopped and started for every batch.
        if (left <= maxInFlightBytes / 2 && full.compareAndSet(true, false)) {
            onRoom.forEach(Runnable::run);
        }
    }

    private static Refusal refusal(Exception failure) {
        Cause cause = Cause.FAILED;
        if (failure instanceof RecordTooLargeException) {
            cause = Cause.TOO_LARGE;
        } else if (failure instanceof TopicAuthorizationException || failure instanceof ClusterAuthorizationException) {
            cause = Cause.NOT_AUTHORIZED;
        } else if (failure instanceof InvalidRecordException || failure instanceof InvalidTopicException) {
            cause = Cause.INVALID;
        }
        return new Refusal(cause, "Kafka refused the message: " + failure.getMessage());
    }

    /** One record on its way. */
    private final class Append implements Callback {
        private final Listener listener;
        private final int size;
        private final long startNanos;

        private Append(Listener listener, int size, long startNanos) {
            this.listener = listener;
            this.size = size;
            this.startNanos = startNanos;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            completed(size);
            if (failure == null) {
                metrics.appended(System.nanoTime() - startNanos);
                listener.appended();
            } else {
                listener.refused(refusal(failure));
            }
        }
    }
}
