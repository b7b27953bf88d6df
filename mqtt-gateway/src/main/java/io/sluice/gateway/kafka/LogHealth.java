package io.sluice.gateway.kafka;

import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.wire.Heartbeat;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether this gateway can write to Kafka, by doing so: a heartbeat at a steady pace, which also tells the leader that
 * the gateway lives. Thread-safe.
 */
public final class LogHealth implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogHealth.class);
    private static final int HEARTBEAT_PARTITION = 0;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Supplier<Heartbeat> heartbeat;
    private final long staleAfterNanos;
    private final ScheduledFuture<?> beating;
    private volatile long lastConfirmedNanos;
    private volatile boolean everConfirmed;
    private final AtomicLong lease = new AtomicLong();
    private volatile String confirmedIncarnation = "";
    private volatile boolean beatInFlight;
    private boolean reportedWritable;
    /** How far this machine's clock is ahead of Kafka's. */
    private volatile double clockAheadSeconds;

    /**
     * Starts beating.
     *
     * @param heartbeat the gateway's present incarnation
     * @param interval between heartbeats
     * @param staleAfter without a confirmed heartbeat for so long, Kafka counts as away
     */
    public LogHealth(
            Producer<byte[], byte[]> producer,
            String topic,
            Supplier<Heartbeat> heartbeat,
            ScheduledExecutorService timer,
            Duration interval,
            Duration staleAfter,
            GatewayMetrics metrics) {
        this.producer = producer;
        this.topic = topic;
        this.heartbeat = heartbeat;
        this.staleAfterNanos = staleAfter.toNanos();
        metrics.gauge(
                "sluice.log.write.age.seconds",
                "Since the last heartbeat was sent that Kafka has confirmed",
                this,
                health -> health.sinceLastConfirmed().toNanos() / 1e9);
        metrics.gauge(
                "sluice.clock.ahead.seconds",
                "How far this clock is ahead of Kafka's, negative if behind, by the last heartbeat; half of its round trip is not known",
                this,
                health -> health.clockAheadSeconds);
        this.beating = timer.scheduleAtFixedRate(this::beat, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether Kafka has confirmed a write of this gateway recently. */
    public boolean isWritable() {
        return everConfirmed && System.nanoTime() - lastConfirmedNanos < staleAfterNanos;
    }

    /** How long ago Kafka last confirmed a heartbeat; zero before the first. */
    public Duration sinceLastConfirmed() {
        return everConfirmed ? Duration.ofNanos(System.nanoTime() - lastConfirmedNanos) : Duration.ZERO;
    }

    /**
     * Since when the gateway cannot have been declared lost, as a number that is another one after each time in which its
     * heartbeats of one incarnation had a gap of {@code staleAfter}; -1 while there is one. Leaders wait longer than that.
     */
    public long lease() {
        // In this order, so that a gap that is just over is not overlooked.
        boolean isSure = isWritable();
        return isSure ? lease.get() : -1;
    }

    private void beat() {
        boolean writable = isWritable();
        if (writable != reportedWritable) {
            reportedWritable = writable;
            if (writable) {
                log.info("Kafka takes writes");
            } else {
                log.atWarn().addKeyValue("topic", topic).log("Kafka does not take writes; publishers have to wait");
            }
        }
        if (beatInFlight) {
            return; // Heartbeats must not pile up in the producer while Kafka is away.
        }
        beatInFlight = true;
        Heartbeat beat = heartbeat.get();
        long sentNanos = System.nanoTime();
        try {
            producer.send(
                    new ProducerRecord<>(topic, HEARTBEAT_PARTITION, beat.key(), beat.value()),
                    (metadata, failure) -> confirmed(beat, sentNanos, metadata, failure));
        } catch (RuntimeException e) {
            confirmed(beat, sentNanos, null, e);
        }
    }

    private void confirmed(Heartbeat beat, long sentNanos, RecordMetadata metadata, Exception failure) {
        beatInFlight = false;
        if (failure == null) {
            boolean isSame = beat.incarnation().equals(confirmedIncarnation);
            if (!isSame || sentNanos - lastConfirmedNanos >= staleAfterNanos) {
                lease.incrementAndGet();
                confirmedIncarnation = beat.incarnation();
            }
            // From the sending, so that a confirmation that was long on its way does not count as fresh.
            lastConfirmedNanos = sentNanos;
            everConfirmed = true;
            compareClocks(sentNanos, metadata.timestamp());
        } else {
            log.atDebug().setCause(failure).log("Heartbeat not written");
        }
    }

    /** The broker has stamped the heartbeat when it appended it, which was somewhere between sending and confirmation. */
    private void compareClocks(long sentNanos, long brokerMillis) {
        double halfTripMillis = (System.nanoTime() - sentNanos) / 2e6;
        clockAheadSeconds = (System.currentTimeMillis() - halfTripMillis - brokerMillis) / 1e3;
    }

    @Override
    public void close() {
        beating.cancel(false);
    }
}
