package io.sluice.bench.kafka;

import io.sluice.bench.BenchException;
import io.sluice.bench.load.Cpu;
import io.sluice.bench.load.Latency;
import io.sluice.bench.load.Progress;
import io.sluice.bench.load.RunClock;
import io.sluice.bench.load.Timetable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One producer, all replicas acknowledging, and one consumer that reads all partitions without a group: what a message
 * through the log costs at the least.
 */
public final class KafkaHop {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PRACTICE_TIMEOUT = Duration.ofMinutes(1);
    /** When a record was due that is only practised with. */
    private static final long BEFORE_ALL = -1;

    private static final long DRAIN_MICROS = 5_000_000;
    private static final double MICROS_PER_SECOND = 1e6;

    private final HopPlan plan;
    private final String topic = Clients.topic();
    private final RunClock clock = new RunClock();
    private final Histogram times = Latency.histogram();
    private final Progress progress;
    /** Complete when the consumer reads. */
    private final CompletableFuture<Void> reading = new CompletableFuture<>();
    /** Complete when it has all that is practised with. */
    private final CompletableFuture<Void> practised = new CompletableFuture<>();

    private volatile Timetable timetable;

    private KafkaHop(HopPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Runs it, on a topic of its own that is deleted in the end.
     *
     * @throws BenchException if Kafka does not answer
     */
    public static HopResult run(HopPlan plan, Progress progress) {
        KafkaHop hop = new KafkaHop(plan, progress);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", plan.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(hop.topic, plan.partitions(), (short) 1)))
                    .all()
                    .get();
            try {
                return hop.run();
            } finally {
                admin.deleteTopics(List.of(hop.topic)).all().get();
            }
        } catch (ExecutionException | CompletionException e) {
            throw new BenchException("Kafka at " + plan.bootstrapServers() + ": " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private HopResult run() {
        try (Producer<byte[], byte[]> producer = Clients.producer(plan.bootstrapServers(), plan.linger())) {
            producer.partitionsFor(topic);
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(this::receive, work -> {
                Thread thread = new Thread(work, "bench-consumer");
                thread.setDaemon(true);
                thread.start();
            });
            CompletableFuture.anyOf(reading, received).join();
            byte[][] keys = Clients.keys(plan.keys());
            practise(producer, keys);
            CompletableFuture.anyOf(practised, received)
                    .orTimeout(PRACTICE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            timetable = Timetable.of(clock.micros() + 1_000, plan.warmUp(), plan.duration(), plan.rate());
            Cpu cpu = send(producer, keys);
            double busy = cpu.busy();
            return new HopResult(
                    (timetable.end() - timetable.measureFrom()) / MICROS_PER_SECOND,
                    plan.practice() + timetable.messages(),
                    received.join(),
                    Latency.of(times),
                    busy);
        }
    }

    /** Sends at full speed what nobody measures. */
    private void practise(Producer<byte[], byte[]> producer, byte[][] keys) {
        for (int message = 0; message < plan.practice(); message++) {
            byte[] payload = new byte[plan.payloadBytes()];
            ByteBuffer.wrap(payload).putLong(message).putLong(BEFORE_ALL);
            producer.send(new ProducerRecord<>(topic, keys[message % keys.length], payload));
        }
        producer.flush();
    }

    /** Sends all that is due, each millisecond's records together; gives the processor time since the measurement began. */
    private Cpu send(Producer<byte[], byte[]> producer, byte[][] keys) {
        byte[] filler = new byte[plan.payloadBytes()];
        ThreadLocalRandom.current().nextBytes(filler);
        long messages = timetable.messages();
        Cpu cpu = new Cpu();
        boolean measuring = false;
        for (long message = 0; message < messages; message++) {
            long due = timetable.due(message);
            awaitMicros(due);
            if (!measuring && timetable.isMeasured(due)) {
                measuring = true;
                progress.measuring();
                cpu = new Cpu();
            }
            byte[] payload = filler.clone();
            ByteBuffer.wrap(payload).putLong(message).putLong(due);
            producer.send(new ProducerRecord<>(topic, keys[(int) (message % keys.length)], payload));
        }
        producer.flush();
        return cpu;
    }

    private void awaitMicros(long micros) {
        long left = micros - clock.micros();
        while (left > 0) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(left));
            left = micros - clock.micros();
        }
    }

    private long receive() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(plan.bootstrapServers(), topic, plan.partitions())) {
            consumer.assignment().forEach(consumer::position);
            reading.complete(null);
            long received = 0;
            while (!isOver(received)) {
                if (received >= plan.practice()) {
                    practised.complete(null);
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                long now = clock.micros();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    look(record.value(), now);
                    received++;
                }
            }
            return received;
        }
    }

    private boolean isOver(long received) {
        Timetable current = timetable;
        return current != null
                && (received >= plan.practice() + current.messages() || clock.micros() > current.end() + DRAIN_MICROS);
    }

    private void look(byte[] payload, long now) {
        long due = ByteBuffer.wrap(payload).getLong(Long.BYTES);
        if (due != BEFORE_ALL && timetable.isMeasured(due)) {
            times.recordValue(now - due);
        }
    }
}
