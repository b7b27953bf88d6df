package io.sluice.leader.duty;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import io.sluice.leader.duty.GatewayRegister.Absent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the gateways that died and reaps them. Dead is who is gone from ZooKeeper and writes no heartbeat to Kafka, for a
 * time in which both could be seen.
 */
public final class GatewayWatch implements Duty {

    private static final Logger log = LoggerFactory.getLogger(GatewayWatch.class);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);
    private static final int LOOKS_BEFORE_LOST = 8;

    private final KafkaSettings kafka;
    private final Admin admin;
    private final GatewayRegister register;
    private final Duration lostAfter;
    private final Duration interval;
    private final LongSupplier clock;
    private final Counter lost;
    private final Counter damaged;
    private final DutyThread thread = new DutyThread("gateway-watch", this::watch);
    private volatile String trouble = "";

    /**
     * @param admin kept and closed by the caller
     * @param lostAfter how long a gateway may be silent at least
     * @param clock nanoseconds that only go forward
     */
    public GatewayWatch(
            KafkaSettings kafka,
            Admin admin,
            GatewayRegister register,
            Duration lostAfter,
            LongSupplier clock,
            MeterRegistry meters) {
        this.kafka = kafka;
        this.admin = admin;
        this.register = register;
        this.lostAfter = lostAfter;
        this.clock = clock;
        Duration fine = lostAfter.dividedBy(LOOKS_BEFORE_LOST);
        interval = fine.compareTo(LONGEST_INTERVAL) < 0 ? fine : LONGEST_INTERVAL;
        lost = Counter.builder("sluice.gateways.lost")
                .description("Gateways declared lost and reaped by this leader")
                .register(meters);
        damaged = Counter.builder("sluice.heartbeats.damaged")
                .description("Damaged heartbeats put into the dead-letter topic")
                .register(meters);
    }

    @Override
    public void begin(Term term) {
        thread.begin(term);
    }

    @Override
    public void end() {
        thread.end();
        trouble = "";
    }

    /** What keeps the watch from its work, empty if nothing does. Any thread. */
    public String trouble() {
        return trouble;
    }

    private void watch(Term term) throws InterruptedException {
        while (!term.isOver()) {
            try {
                watchUntilTrouble(term);
            } catch (TermOverException e) {
                return;
            } catch (InterruptedException | InterruptException e) {
                throw e;
            } catch (Exception e) {
                report(e);
            }
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        }
    }

    /** With clients of its own: one that cannot be made, or that has failed for good, is made anew. */
    private void watchUntilTrouble(Term term) throws Exception {
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            Reaper reaper = new Reaper(register, kafka.topics().commands(), producer, lost);
            watchUntilTrouble(term, producer, reaper);
        } finally {
            DutyThread.undisturbed(() -> producer.close(Duration.ZERO));
        }
    }

    private void watchUntilTrouble(Term term, Producer<byte[], byte[]> producer, Reaper reaper) throws Exception {
        LossDetector detector = new LossDetector(lostAfter, clock);
        int heartbeatPartitions = partitions(kafka.topics().heartbeats());
        try (HeartbeatReader reader = new HeartbeatReader(kafka, heartbeatPartitions, producer, damaged, clock)) {
            long nextLook = clock.getAsLong();
            while (!term.isOver()) {
                reader.poll(interval, beat -> detector.heartbeat(beat.incarnation()));
                if (clock.getAsLong() - nextLook >= 0) {
                    reader.seenUntil().ifPresent(detector::heartbeatsSeenUntil);
                    look(term, detector, reaper);
                    report(null);
                    nextLook = clock.getAsLong() + interval.toNanos();
                }
            }
        }
    }

    private void look(Term term, LossDetector detector, Reaper reaper) throws Exception {
        List<Absent> absent = register.absent();
        Set<String> dead =
                detector.absent(absent.stream().collect(Collectors.toMap(Absent::incarnation, Absent::staleAfter)));
        for (Absent gateway : absent) {
            if (gateway.condemned() || dead.contains(gateway.incarnation())) {
                reaper.reap(term, gateway, partitions(kafka.topics().commands()));
            }
        }
    }

    private int partitions(String topic) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get()
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "Kafka does not tell of topic " + topic + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    /** Logs each trouble once, and its end. */
    private void report(Exception e) {
        String now = e == null ? "" : String.valueOf(e.getMessage());
        if (now.equals(trouble)) {
            return;
        }
        if (e == null) {
            log.atInfo().log("Gateways are watched again");
        } else if (e.getCause() instanceof UnknownTopicOrPartitionException) {
            log.atInfo().log("Gateways are not watched until the topics are there");
        } else {
            log.atWarn().setCause(e).log("Gateways cannot be watched; nobody is declared lost meanwhile");
        }
        trouble = now;
    }
}
