package io.sluice.leader.duty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.embedded.EmbeddedKafka;
import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import io.sluice.wire.Command;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class GatewayWatchTest {

    private static final int PARTITIONS = 3;
    private static final Duration LOST_AFTER = Duration.ofSeconds(2);
    private static final Duration STALE_AFTER = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;

    private final Register register = new Register();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ScheduledExecutorService gateway = Executors.newSingleThreadScheduledExecutor();
    private final Term term = new Term(7, "/leaders/latch/node");
    private Topics topics;
    private Admin admin;
    private Producer<byte[], byte[]> producer;
    private GatewayWatch watch;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(folder);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start(TestInfo test) throws Exception {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", PARTITIONS);
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        KafkaSettings settings = new KafkaSettings(client, topics);
        admin = Admin.create(settings.admin());
        admin.createTopics(topics.all().stream()
                        .map(spec -> new NewTopic(spec.name(), spec.partitions(), (short) 1))
                        .toList())
                .all()
                .get();
        producer = new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        watch = new GatewayWatch(settings, admin, register, LOST_AFTER, System::nanoTime, meters);
    }

    @AfterEach
    void stop() {
        gateway.shutdownNow();
        term.end();
        watch.end();
        producer.close();
        admin.close();
    }

    @Test
    void tellsEveryPartitionOfALossAndForgetsTheGateway() {
        register.absent("a-1", 5, false);

        watch.begin(term);

        await().atMost(PATIENCE).until(() -> register.records.isEmpty());
        assertThat(register.events).containsExactly("condemned a-1 by 7", "removed a-1 by 7");
        assertThat(commands()).hasSize(PARTITIONS).allSatisfy(record -> {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("a-1");
            assertThat(Command.decode(record.key(), record.value())).isEqualTo(new Command.GatewayLost(7, 5, "a-1"));
        });
        assertThat(commands()).extracting(ConsumerRecord::partition).containsExactlyInAnyOrder(0, 1, 2);
        await().until(() -> meters.counter("sluice.gateways.lost").count() == 1);
    }

    @Test
    void waitsAsLongAsItWasTold() {
        register.absent("a-1", 5, false);
        long begin = System.nanoTime();

        watch.begin(term);

        await().atMost(PATIENCE).until(() -> register.records.isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(LOST_AFTER);
    }

    @Test
    void sparesAGatewayThatWritesHeartbeats() {
        register.absent("a-1", 5, false);
        beat("a-1", 5);

        watch.begin(term);

        await().during(LOST_AFTER.multipliedBy(2))
                .atMost(PATIENCE)
                .until(() -> register.records.containsKey("a-1") && register.events.isEmpty());
        gateway.shutdownNow();
        await().atMost(PATIENCE).until(() -> register.records.isEmpty());
    }

    @Test
    void finishesAtOnceWhatADeadLeaderHasBegun() {
        register.absent("a-1", 5, true);

        watch.begin(term);

        await().atMost(PATIENCE).until(() -> register.records.isEmpty());
        assertThat(register.events).containsExactly("removed a-1 by 7");
        assertThat(commands()).hasSize(PARTITIONS);
    }

    @Test
    void losesNobodyWhileTheRegisterCannotBeRead() {
        register.absent("a-1", 5, false);
        register.readable = false;

        watch.begin(term);

        await().atMost(PATIENCE).until(() -> watch.trouble().equals("ZooKeeper is away"));
        await().during(LOST_AFTER.multipliedBy(2)).atMost(PATIENCE).until(() -> register.events.isEmpty());
        register.readable = true;

        await().atMost(PATIENCE).until(() -> watch.trouble().isEmpty());
        assertThat(register.events).isEmpty();
        await().atMost(PATIENCE).until(() -> register.records.isEmpty());
    }

    @Test
    void tellsThatKafkaCannotBeFound() {
        KafkaSettings nowhere = new KafkaSettings(Map.of("bootstrap.servers", "no-such-host.invalid:9092"), topics);
        watch = new GatewayWatch(nowhere, admin, register, LOST_AFTER, System::nanoTime, meters);
        register.absent("a-1", 5, false);

        watch.begin(term);

        await().atMost(PATIENCE).until(() -> !watch.trouble().isEmpty());
        assertThat(register.events).isEmpty();
    }

    @Test
    void writesNothingWhenTheRegisterSaysThatTheTermIsOver() {
        register.absent("a-1", 5, false);
        register.deposed = true;

        watch.begin(term);

        await().during(LOST_AFTER.multipliedBy(2)).atMost(PATIENCE).until(() -> register.events.isEmpty());
        assertThat(commands()).isEmpty();
    }

    @Test
    void sparesAGatewayThatCameBackInTheLastMoment() {
        register.absent("a-1", 5, false);
        register.changed = true;

        watch.begin(term);

        await().during(LOST_AFTER.multipliedBy(2)).atMost(PATIENCE).until(() -> register.events.isEmpty());
        assertThat(commands()).isEmpty();
    }

    @Test
    void buriesDamagedHeartbeatsAndGoesOn() throws Exception {
        producer.send(new ProducerRecord<>(
                        topics.heartbeats(), 0, "a-1".getBytes(StandardCharsets.UTF_8), new byte[] {9, 9}))
                .get();
        register.absent("a-1", 5, false);
        watch.begin(term);
        await().atMost(PATIENCE).until(() -> register.records.isEmpty());

        // The next leader does not bury it again.
        watch.end();
        watch.begin(new Term(8, "/leaders/latch/other"));
        register.absent("b-1", 6, true);
        await().atMost(PATIENCE).until(() -> register.records.isEmpty());

        List<ConsumerRecord<byte[], byte[]>> letters = read(topics.deadLetter(), 1);
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.value()).containsExactly(9, 9);
            assertThat(header(letter, "dead-letter.cause")).isEqualTo("not a heartbeat of version 1");
            assertThat(header(letter, "dead-letter.origin")).isEqualTo(topics.heartbeats() + "-0@0");
        });
        assertThat(meters.counter("sluice.heartbeats.damaged").count()).isEqualTo(1);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Writes a gateway's heartbeats until the test's gateway stops. */
    private void beat(String incarnation, int slot) {
        Heartbeat beat = new Heartbeat(incarnation, slot);
        var unused = gateway.scheduleAtFixedRate(
                () -> {
                    var unusedToo =
                            producer.send(new ProducerRecord<>(topics.heartbeats(), 0, beat.key(), beat.value()));
                },
                0,
                300,
                TimeUnit.MILLISECONDS);
    }

    private List<ConsumerRecord<byte[], byte[]>> commands() {
        return read(topics.commands(), PARTITIONS);
    }

    /** All that is in a topic now. */
    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int partitions) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                all.add(new TopicPartition(topic, partition));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long count = consumer.endOffsets(all).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (records.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** A register in memory; the one in ZooKeeper has its own tests. */
    private static final class Register implements GatewayRegister {
        private final Map<String, Absent> records = new ConcurrentHashMap<>();
        private final List<String> events = new CopyOnWriteArrayList<>();
        private volatile boolean readable = true;
        private volatile boolean deposed;
        private volatile boolean changed;

        void absent(String incarnation, int slot, boolean condemned) {
            records.put(incarnation, new Absent(incarnation, slot, STALE_AFTER, condemned, 0));
        }

        @Override
        public List<Absent> absent() throws Exception {
            if (!readable) {
                throw new IOException("ZooKeeper is away");
            }
            return List.copyOf(records.values());
        }

        @Override
        public boolean condemn(Term term, Absent gateway) throws TermOverException {
            if (deposed) {
                throw new TermOverException(term.number());
            }
            if (changed) {
                return false;
            }
            events.add("condemned " + gateway.incarnation() + " by " + term.number());
            records.put(
                    gateway.incarnation(),
                    new Absent(gateway.incarnation(), gateway.slot(), STALE_AFTER, true, gateway.version() + 1));
            return true;
        }

        @Override
        public void remove(Term term, Absent gateway) {
            events.add("removed " + gateway.incarnation() + " by " + term.number());
            records.remove(gateway.incarnation());
        }
    }
}
