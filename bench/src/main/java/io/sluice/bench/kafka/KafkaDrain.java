package io.sluice.bench.kafka;

import io.sluice.bench.BenchException;
import io.sluice.bench.load.Cpu;
import io.sluice.bench.load.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records that wait, and one consumer that fetches all of them: what a log allows at the most. */
public final class KafkaDrain {

    private static final Duration LINGER = Duration.ofMillis(1);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final double NANOS_PER_SECOND = 1e9;

    private final KafkaDrainPlan plan;
    private final Progress progress;
    private final String topic = Clients.topic();

    private KafkaDrain(KafkaDrainPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Runs it, on a topic of its own that is deleted in the end.
     *
     * @throws BenchException if Kafka does not answer
     */
    public static KafkaDrainResult run(KafkaDrainPlan plan, Progress progress) {
        KafkaDrain drain = new KafkaDrain(plan, progress);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", plan.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(drain.topic, plan.partitions(), (short) 1)
                            .configs(Map.of("retention.bytes", "-1"))))
                    .all()
                    .get();
            try {
                return drain.drain(drain.queue());
            } finally {
                admin.deleteTopics(List.of(drain.topic)).all().get();
            }
        } catch (ExecutionException e) {
            throw new BenchException("Kafka at " + plan.bootstrapServers() + ": " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** Gives records in a second. */
    private double queue() {
        byte[] payload = new byte[plan.payloadBytes()];
        ThreadLocalRandom.current().nextBytes(payload);
        byte[][] keys = Clients.keys(plan.keys());
        long start = System.nanoTime();
        try (Producer<byte[], byte[]> producer = Clients.producer(plan.bootstrapServers(), LINGER)) {
            for (int message = 0; message < plan.messages(); message++) {
                producer.send(new ProducerRecord<>(topic, keys[message % keys.length], payload));
            }
            producer.flush();
        }
        return plan.messages() * NANOS_PER_SECOND / (System.nanoTime() - start);
    }

    private KafkaDrainResult drain(double queueRate) {
        progress.measuring();
        Cpu cpu = new Cpu();
        long start = System.nanoTime();
        long last = start;
        long received = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(plan.bootstrapServers(), topic, plan.partitions())) {
            while (received < plan.messages() && System.nanoTime() - last < PATIENCE.toNanos()) {
                int count = consumer.poll(POLL).count();
                if (count > 0) {
                    received += count;
                    last = System.nanoTime();
                }
            }
        }
        double seconds = (last - start) / NANOS_PER_SECOND;
        return new KafkaDrainResult(plan.messages(), received, queueRate, seconds, received / seconds, cpu.busy());
    }
}
