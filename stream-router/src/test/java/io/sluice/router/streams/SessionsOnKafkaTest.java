package io.sluice.router.streams;

import static io.sluice.router.KafkaCluster.publish;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.config.Configs;
import io.sluice.kit.http.Check;
import io.sluice.kit.metrics.Metrics;
import io.sluice.router.KafkaCluster;
import io.sluice.router.RouterConfig;
import io.sluice.router.SharedKafka;
import io.sluice.router.matching.MatchEvents;
import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.queue.DropReason;
import io.sluice.router.queue.PassedOver;
import io.sluice.router.queue.QueueEvents;
import io.sluice.router.queue.QueueSize;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.StoredWill;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Match and queue stage on a real Kafka, with gateways that are the test's own. */
class SessionsOnKafkaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;
    private static final String CLIENT = "client-1";

    @RegisterExtension
    static final SharedKafka SHARED = new SharedKafka();

    static KafkaCluster kafka;

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Topics topics;

    @BeforeAll
    static void findKafka() {
        kafka = SHARED.cluster();
    }

    @BeforeEach
    void provision(TestInfo test) throws Exception {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", PARTITIONS);
        kafka.provision(topics);
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    /** The epoch of a first connection whose session has a filter. */
    private static long subscribed(FakeGateway gateway) throws Exception {
        long epoch = gateway.attach(CLIENT, false, null);
        gateway.nextPage();
        gateway.subscribe(CLIENT, epoch, "a/#", Qos.AT_LEAST_ONCE);
        return epoch;
    }

    @Test
    void queuesForAClientThatIsAwayAndGivesItsMessagesToWhicheverGatewayItComesBackTo() throws Exception {
        start();
        FakeGateway one = gateway("one", 0);
        long epoch = one.attach(CLIENT, false, null);
        Fanout.Page created = one.nextPage();
        assertThat(created.sessionPresent()).isFalse();
        one.subscribe(CLIENT, epoch, "a/#", Qos.AT_LEAST_ONCE);
        one.detach(CLIENT, epoch);
        List<String> published = publishSome(0, 1_200);
        kafka.write(publish(topics, "b", "for nobody"));

        FakeGateway two = gateway("two", 1);
        long second = two.attach(CLIENT, false, null);
        Fanout.Page resumed = two.nextPage();
        assertThat(resumed.sessionPresent()).isTrue();
        assertThat(resumed.sessionId()).isEqualTo(created.sessionId());
        List<Fanout.Entry> entries = two.drain(CLIENT, second, resumed);
        assertThat(payloads(entries)).containsExactlyInAnyOrderElementsOf(published);

        List<Origin> half =
                entries.stream().limit(600).map(Fanout.Entry::origin).toList();
        two.settle(CLIENT, second, half);
        two.detach(CLIENT, second);
        long third = one.attach(CLIENT, false, null);
        List<Fanout.Entry> rest = one.drain(CLIENT, third, one.nextPage());
        assertThat(origins(rest)).containsExactlyInAnyOrderElementsOf(origins(entries.subList(600, entries.size())));
    }

    /** A gateway that keeps up settles about as fast as the match stage finds. */
    @Test
    void keepsNothingOfWhatWasSettled() throws Exception {
        start();
        FakeGateway gateway = gateway("one", 0);
        long epoch = subscribed(gateway);
        for (int i = 0; i < 200; i++) {
            RecordMetadata place = kafka.write(publish(topics, "a/" + i % 7, "m" + i));
            gateway.settle(CLIENT, epoch, List.of(new Origin(place.partition(), place.offset())));
        }

        gateway.detach(CLIENT, epoch);
        long second = gateway.attach(CLIENT, false, null);
        assertThat(gateway.drain(CLIENT, second, gateway.nextPage())).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(liveEntries()).isZero());
    }

    @Test
    void losesAndDoublesNothingWhenTheStagesDieInTheMiddle() throws Exception {
        Dying events = new Dying(new RouterMetrics(metrics().registry()));
        start(Map.of("SLUICE_SESSIONS_COMMIT_INTERVAL", "300ms"), events, events);
        FakeGateway gateway = gateway("one", 0);
        long epoch = subscribed(gateway);

        List<Origin> unsettled = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            RecordMetadata place = kafka.write(publish(topics, "a/" + i % 7, "m" + i));
            Origin origin = new Origin(place.partition(), place.offset());
            if (i % 3 == 0) {
                unsettled.add(origin);
            } else {
                gateway.settle(CLIENT, epoch, List.of(origin));
            }
            if (i == 150 || i == 450) {
                events.queueDies.set(40);
            }
            if (i == 300 || i == 600) {
                events.matchDies.set(40);
            }
        }
        assertThat(events.deaths).hasValueGreaterThanOrEqualTo(2);

        gateway.detach(CLIENT, epoch);
        long second = gateway.attach(CLIENT, false, null);
        Fanout.Page page = gateway.nextPage();
        assertThat(page.sessionPresent()).isTrue();
        assertThat(origins(gateway.drain(CLIENT, second, page))).containsExactlyInAnyOrderElementsOf(unsettled);
        assertThat(events.deaths).hasValueGreaterThanOrEqualTo(4);
    }

    /** A transaction with a record that Kafka refuses fails, and would fail again whenever it is repeated. */
    @Test
    void passesOverACommandWhoseAnswerKafkaRefusesForGood() throws Exception {
        kafka.limit(topics.fanout(), 50_000);
        start();
        FakeGateway one = gateway("one", 0);
        long epoch = subscribed(one);
        one.detach(CLIENT, epoch);
        kafka.write(publish(topics, "a/1", "x".repeat(100_000)));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(liveEntries()).isEqualTo(1));

        one.attach(CLIENT, false, null);
        one.attach("client-2", false, null);

        assertThat(one.nextPage().clientId()).isEqualTo("client-2");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.read(topics.deadLetter()))
                        .singleElement()
                        .satisfies(letter -> assertThat(letter.headers()
                                        .lastHeader("dead-letter.cause")
                                        .value())
                                .asString()
                                .contains(topics.fanout())));
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        List<StreamsRun> runs = start();
        FakeGateway gateway = gateway("one", 0);
        long epoch = subscribed(gateway);
        List<String> published = publishSome(0, 20);
        runs.forEach(StreamsRun::close);
        published.addAll(publishSome(20, 20));
        gateway.detach(CLIENT, epoch);

        start();

        long second = gateway.attach(CLIENT, false, null);
        List<Fanout.Entry> entries = gateway.drain(CLIENT, second, gateway.nextPage());
        assertThat(payloads(entries)).containsExactlyInAnyOrderElementsOf(published);
    }

    /** As Kafka has been seen to give offsets of an earlier time after it was killed. */
    @Test
    void passesOverWhatItHasAppliedWhenKafkaGoesBack() throws Exception {
        List<StreamsRun> runs = start();
        FakeGateway gateway = gateway("one", 0);
        long epoch = subscribed(gateway);
        List<String> published = publishSome(0, 20);
        gateway.detach(CLIENT, epoch);
        long second = gateway.attach(CLIENT, false, null);
        List<Fanout.Entry> entries = gateway.drain(CLIENT, second, gateway.nextPage());
        gateway.settle(CLIENT, second, origins(entries.subList(0, 10)));
        gateway.detach(CLIENT, second);
        runs.forEach(StreamsRun::close);
        kafka.rewind(topics.queueApplicationId());
        int told = kafka.read(topics.events()).size();
        int answered = kafka.read(topics.fanout()).size();

        start();

        long third = gateway.attach(CLIENT, false, null);
        List<Fanout.Entry> rest = gateway.drain(CLIENT, third, gateway.nextPage());
        assertThat(published).hasSize(20);
        assertThat(origins(rest)).isEqualTo(origins(entries.subList(10, 20)));
        // The answers to the last connect alone.
        assertThat(kafka.read(topics.events())).hasSize(told + 1);
        assertThat(kafka.read(topics.fanout()).stream().skip(answered))
                .isNotEmpty()
                .allSatisfy(record -> assertThat(Fanout.decode(record.key(), record.value()))
                        .isInstanceOfSatisfying(
                                Fanout.Page.class,
                                page -> assertThat(page.epoch()).isEqualTo(third)));
    }

    @Test
    void takesASessionOverFromAGatewayThatIsSilent() throws Exception {
        start();
        FakeGateway one = gateway("one", 0);
        FakeGateway two = gateway("two", 1);
        long epoch = one.attach(CLIENT, false, null);
        one.nextPage();

        two.attach(CLIENT, false, null);

        Fanout.Evict evict = (Fanout.Evict) one.next();
        assertThat(evict.epoch()).isEqualTo(epoch);
        assertThat(two.nextPage().sessionPresent()).isTrue();
    }

    @Test
    void publishesTheWillOfAClientWhoseGatewayIsLost() throws Exception {
        start();
        FakeGateway one = gateway("one", 0);
        PublishRecord will = PublishRecord.outgoing(
                "w/1".getBytes(UTF_8), "gone".getBytes(UTF_8), Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE);
        long epoch = one.attach(CLIENT, false, new StoredWill(0, will));
        one.nextPage();

        one.send(CLIENT, new Command.GatewayLost(1, 0, one.incarnation()));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kafka.read(topics.publish()))
                        .singleElement()
                        .satisfies(record -> {
                            PublishRecord published = PublishRecord.decode(record);
                            assertThat(record.key()).isEqualTo("w/1".getBytes(UTF_8));
                            assertThat(KafkaCluster.payload(record)).isEqualTo("gone");
                            assertThat(published.uniqueId()).isEqualTo(CLIENT + "/" + epoch + "/will");
                        }));
        one.attach(CLIENT, false, null);
        assertThat(one.next()).isInstanceOf(Fanout.Refused.class);
    }

    // --- what runs

    private List<StreamsRun> start() {
        return start(Map.of());
    }

    private List<StreamsRun> start(Map<String, String> more) {
        RouterMetrics meters = new RouterMetrics(metrics().registry());
        return start(more, meters, meters);
    }

    private Metrics metrics() {
        Metrics metrics = Metrics.create("router", "test");
        opened.push(metrics);
        return metrics;
    }

    private List<StreamsRun> start(Map<String, String> more, MatchEvents matchEvents, QueueEvents queueEvents) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "SLUICE_STATE_FOLDER",
                folder.toString(),
                "SLUICE_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SLUICE_KAFKA_TOPIC_PREFIX",
                topics.prefix(),
                "SLUICE_KAFKA_PARTITIONS",
                Integer.toString(PARTITIONS),
                "SLUICE_KAFKA_REPLICATION_FACTOR",
                "1",
                "SLUICE_PROCESSING_COMMIT_INTERVAL",
                "100ms",
                "SLUICE_PROCESSING_SESSION_TIMEOUT",
                "2s"));
        settings.putAll(more);
        RouterConfig config = Configs.load(RouterConfig.class, null, settings);
        Metrics metrics = metrics();
        RouterMetrics meters = new RouterMetrics(metrics.registry());
        List<StreamsRun> runs = List.of(
                StreamsRun.start(new MatchStage(config, matchEvents), config, metrics, meters),
                StreamsRun.start(new QueueStage(config, queueEvents), config, metrics, meters));
        runs.forEach(opened::push);
        await().atMost(PATIENCE)
                .until(() -> runs.stream().flatMap(run -> run.ready().stream()).allMatch(Check::ok));
        return runs;
    }

    private FakeGateway gateway(String incarnation, int slot) {
        FakeGateway gateway = new FakeGateway(kafka.bootstrapServers(), topics, incarnation, slot);
        opened.push(gateway);
        return gateway;
    }

    /** Lets a stage's thread die when it has been told so many more times of a record: in the middle of its work, between commits. */
    private static final class Dying implements MatchEvents, QueueEvents {
        private static final int NEVER = -1;

        private final RouterMetrics metrics;
        private final AtomicInteger queueDies = new AtomicInteger(NEVER);
        private final AtomicInteger matchDies = new AtomicInteger(NEVER);
        private final AtomicInteger deaths = new AtomicInteger();

        Dying(RouterMetrics metrics) {
            this.metrics = metrics;
        }

        private void step(AtomicInteger countdown) {
            if (countdown.get() >= 0 && countdown.getAndDecrement() == 0) {
                deaths.incrementAndGet();
                throw new IllegalStateException("killed by the test");
            }
        }

        @Override
        public void groups(int partition, int count) {
            metrics.groups(partition, count);
        }

        @Override
        public void groupCommandRefused() {
            metrics.groupCommandRefused();
        }

        @Override
        public void messageMatched() {
            metrics.messageMatched();
            step(matchDies);
        }

        @Override
        public void messagesLeftOut(int count) {}

        @Override
        public void matchSent() {
            metrics.matchSent();
        }

        @Override
        public void lookedBack(long records) {
            metrics.lookedBack(records);
        }

        @Override
        public void willForwarded() {
            metrics.willForwarded();
        }

        @Override
        public void damaged(String topic) {
            metrics.damaged(topic);
        }

        @Override
        public void read(String topic) {
            metrics.read(topic);
            step(queueDies);
        }

        @Override
        public void written(String topic) {
            metrics.written(topic);
        }

        @Override
        public void pageSent() {
            metrics.pageSent();
        }

        @Override
        public void passedOver(PassedOver reason) {
            metrics.passedOver(reason);
        }

        @Override
        public void dropped(DropReason reason) {
            metrics.dropped(reason);
        }

        @Override
        public void size(int partition, QueueSize size) {
            metrics.size(partition, size);
        }

        @Override
        public void left(int partition) {
            metrics.left(partition);
        }
    }

    // --- what is there

    private List<String> publishSome(int from, int count) throws Exception {
        List<String> payloads = new ArrayList<>();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            records.add(publish(topics, "a/" + i % 7, "m" + i));
            payloads.add("m" + i);
        }
        kafka.write(records);
        return payloads;
    }

    private static List<String> payloads(List<Fanout.Entry> entries) {
        return entries.stream()
                .map(entry -> new String(((Fanout.Queued) entry).message().payload(), UTF_8))
                .toList();
    }

    private static List<Origin> origins(List<Fanout.Entry> entries) {
        return entries.stream().map(Fanout.Entry::origin).toList();
    }

    private String changelog() {
        return topics.queueApplicationId() + "-state-changelog";
    }

    /** How many entries the changelog leaves. */
    private long liveEntries() {
        Map<String, Boolean> live = new HashMap<>();
        kafka.read(changelog()).forEach(record -> {
            String key = new String(record.key(), ISO_8859_1);
            if (key.charAt(0) == 'E') {
                live.put(key, record.value() != null);
            }
        });
        return live.values().stream().filter(alive -> alive).count();
    }
}
