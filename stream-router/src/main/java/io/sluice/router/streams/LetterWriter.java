package io.sluice.router.streams;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters on behalf of threads that must not wait: the producer of Kafka Streams reports a refused record on
 * the very thread that it would need for writing another one. Thread and producer are made for the first letter, which
 * seldom comes. Thread-safe.
 */
final class LetterWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LetterWriter.class);
    private static final int MAX_WAITING = 1_000;
    private static final long IDLE_THREAD_S = 60;

    private final Map<String, Object> clientProperties;
    private final Duration closeTimeout;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            IDLE_THREAD_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            work -> new Thread(work, "letter-writer"));
    /** Owned by the thread, and by {@link #close} when that has ended. */
    private Producer<byte[], byte[]> producer;

    /** @param clientProperties what every Kafka client starts from */
    LetterWriter(Map<String, Object> clientProperties, Duration closeTimeout) {
        this.clientProperties = clientProperties;
        this.closeTimeout = closeTimeout;
        thread.allowCoreThreadTimeOut(true);
    }

    /** Writes a letter soon; does not wait. */
    void write(ProducerRecord<byte[], byte[]> letter) {
        try {
            thread.execute(() -> send(letter));
        } catch (RejectedExecutionException e) {
            log.atWarn().addKeyValue("waiting", MAX_WAITING).log("Too many dead letters at once; one is left out");
        }
    }

    private void send(ProducerRecord<byte[], byte[]> letter) {
        try {
            if (producer == null) {
                producer = new KafkaProducer<>(clientProperties, new ByteArraySerializer(), new ByteArraySerializer());
            }
            producer.send(letter, (written, failure) -> {
                if (failure != null) {
                    log.atError().addKeyValue("cause", failure.getMessage()).log("A dead letter could not be written");
                }
            });
        } catch (KafkaException e) {
            log.atError().addKeyValue("cause", e.getMessage()).log("A dead letter could not be written");
        }
    }

    /** Writes what waits, if that is possible in time. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        if (thread.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS) && producer != null) {
            producer.close(closeTimeout);
        }
    }
}
