package io.sluice.router.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientCommand.Attach;
import io.sluice.wire.ClientCommand.WillAction;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.Inbox;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.StoredWill;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.TopicFilter;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue stage on the driver of Kafka Streams, with one partition of everything. Offsets of commands count from 0. */
class QueueTopologyTest {

    private static final Topics TOPICS = new Topics("", 1);
    private static final Duration TAKE_OVER = Duration.ofSeconds(1);
    private static final Duration LAG_INTERVAL = Duration.ofSeconds(10);
    static final QueueLimits UNLIMITED = new QueueLimits(
            Long.MAX_VALUE, Long.MAX_VALUE, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST);
    private static final Instant STARTED = Instant.parse("2026-01-01T10:00:00Z");
    private static final long LOGGED = STARTED.toEpochMilli();
    private static final String CLIENT = "c1";
    private static final int SLOT = 0;
    private static final SubscriptionOptions QOS_1 = new SubscriptionOptions(Qos.AT_LEAST_ONCE, false, false, 0);

    private final RecordingQueueEvents events = new RecordingQueueEvents();
    private final ObjectMapper json = new ObjectMapper();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> commands;
    private TestInputTopic<byte[], byte[]> inbox;
    private TestOutputTopic<byte[], byte[]> fanout;
    private Duration elapsed;
    private long nextCommand;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        start(UNLIMITED);
    }

    private void startWith(QueueLimits limits) {
        driver.close();
        start(limits);
    }

    private void start(QueueLimits limits) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPICS.queueApplicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        QueueConfig config = new QueueConfig(
                TOPICS,
                List.of("log", "commands", "inbox"),
                Duration.ofMillis(50),
                TAKE_OVER,
                Duration.ZERO,
                Duration.ofHours(1),
                3,
                1 << 20,
                limits,
                LAG_INTERVAL,
                2);
        driver = new TopologyTestDriver(
                QueueTopology.build(config, (topic, partition, offset) -> false, events, Runnable::run),
                properties,
                STARTED);
        elapsed = Duration.ZERO;
        commands = input(TOPICS.commands());
        inbox = input(TOPICS.inbox());
        fanout = output(TOPICS.fanout());
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void createsASessionAndSubscribes() throws Exception {
        long epoch = command(attach("gw-1", false));
        Fanout.Page page = page();
        assertThat(page.incarnation()).isEqualTo("gw-1");
        assertThat(page.sessionPresent()).isFalse();
        assertThat(page.last()).isTrue();

        long since = command(subscribe(epoch, "x/#", 0));

        TestRecord<byte[], byte[]> written = output(TOPICS.subscriptions()).readRecord();
        SubscriptionsRecord record = SubscriptionsRecord.decode(written.key(), written.value());
        assertThat(record.clientId()).isEqualTo(CLIENT);
        assertThat(record.sessionId()).isEqualTo(epoch);
        assertThat(record.commandsOffset()).isEqualTo(since);
        assertThat(record.versions()).hasSize(1);
    }

    @Test
    void queuesWhatIsMatchedAndGivesItToTheNextConnectionInPages() throws Exception {
        long epoch = subscribed("x/#");
        command(detach(epoch, -1, WillAction.FORGET));
        for (int offset = 0; offset < 5; offset++) {
            match(epoch, offset);
        }
        mark(5);
        assertThat(events.size().messages()).isEqualTo(5);

        long second = command(attach("gw-2", false));
        Fanout.Page first = page();
        assertThat(first.sessionPresent()).isTrue();
        assertThat(first.sessionId()).isEqualTo(epoch);
        assertThat(first.last()).isFalse();
        assertThat(offsets(first)).containsExactly(0L, 1L, 2L);
        assertThat(first.completeBelow()).containsExactly(3);

        command(new ClientCommand.Pull(CLIENT, second, 9, new long[] {3}));
        Fanout.Page next = page();
        assertThat(next.request()).isEqualTo(9);
        assertThat(offsets(next)).containsExactly(3L, 4L);
        assertThat(next.last()).isTrue();
        assertThat(next.completeBelow()).containsExactly(5);
    }

    /** It tells, as a mark behind it would, that nothing more of its message or earlier ones comes. */
    @Test
    void takesAMatchThatTellsWhatWasAppliedForAMark() throws Exception {
        long epoch = subscribed("x");
        match(epoch, 0);
        PublishRecord second = message(1, Qos.AT_LEAST_ONCE, LOGGED, -1, new byte[0]);
        Inbox.Match last = new Inbox.Match(CLIENT, epoch, nextCommand, second);
        inbox.pipeInput(last.key(), last.value());

        inbox.pipeInput(last.key(), last.value());
        match(epoch, 0);
        match(epoch, 2);

        assertThat(events.passedOver()).containsExactly(PassedOver.REPLAY, PassedOver.REPLAY);
        command(new ClientCommand.Pull(CLIENT, epoch, 1, new long[] {0}));
        // Others of the third message may still come.
        assertThat(offsets(page())).containsExactly(0L, 1L);
    }

    @Test
    void forgetsWhatIsSettledAndDropsItsReplay() throws Exception {
        long epoch = subscribed("x");
        match(epoch, 0);
        match(epoch, 1);
        settle(epoch, 0);
        mark(2);
        match(epoch, 0);
        match(epoch, 1);

        command(new ClientCommand.Pull(CLIENT, epoch, 1, new long[] {0}));

        assertThat(offsets(page())).containsExactly(1L);
        assertThat(events.passedOver()).containsExactly(PassedOver.REPLAY, PassedOver.REPLAY);
        assertThat(keys('S')).isZero();
    }

    /** The gateway may be faster than the match stage. */
    @Test
    void remembersWhatIsSettledBeforeItIsMatchedUntilAMarkCoversIt() throws Exception {
        long epoch = subscribed("x");
        settle(epoch, 0);
        match(epoch, 0);
        assertThat(events.passedOver()).containsExactly(PassedOver.KNOWN);
        assertThat(keys('S')).isEqualTo(1);

        mark(1);

        assertThat(keys('S')).isZero();
        assertThat(keys('E')).isZero();
    }

    @Test
    void takesASessionOverWhenTheEarlierGatewayLetsGo() throws Exception {
        long first = command(attach("gw-1", false));
        page();

        command(attach("gw-2", false));
        Fanout.Evict evict = (Fanout.Evict) said();
        assertThat(evict.incarnation()).isEqualTo("gw-1");
        assertThat(evict.epoch()).isEqualTo(first);
        assertThat(fanout.isEmpty()).isTrue();

        command(detach(first, -1, WillAction.FORGET));
        assertThat(page().incarnation()).isEqualTo("gw-2");
    }

    @Test
    void takesASessionOverWhenTheEarlierGatewayIsSilent() throws Exception {
        command(attach("gw-1", false));
        page();
        command(attach("gw-2", false));
        said();

        advance(TAKE_OVER.plusMillis(200));

        assertThat(page().incarnation()).isEqualTo("gw-2");
    }

    @Test
    void publishesTheWillsOfALostGatewayOnceAndRefusesIt() throws Exception {
        long epoch = command(attach("gw-1", false, 0));
        page();

        command(new Command.GatewayLost(1, SLOT, "gw-1"));
        command(new Command.GatewayLost(1, SLOT, "gw-1"));

        List<TestRecord<byte[], byte[]>> wills = output(TOPICS.wills()).readRecordsToList();
        assertThat(wills).hasSize(1);
        PublishRecord will = PublishRecord.decode(
                wills.get(0).key(), wills.get(0).value(), wills.get(0).headers(), -1, -1, -1);
        assertThat(will.topic()).isEqualTo("will".getBytes(UTF_8));
        assertThat(will.uniqueId()).isEqualTo(CLIENT + "/" + epoch + "/will");

        command(attach("gw-1", false));
        assertThat(said()).isInstanceOf(Fanout.Refused.class);
    }

    /** [MQTT-3.1.3-9]: a will waits for its delay, and is not published if the session resumed in time. */
    @Test
    void publishesADelayedWillUnlessTheSessionResumes() {
        long first = command(attach("gw-1", false, 10));
        command(detach(first, -1, WillAction.PUBLISH));
        advance(Duration.ofSeconds(9));
        long second = command(attach("gw-2", false, 10));
        advance(Duration.ofSeconds(9));
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();

        command(detach(second, -1, WillAction.PUBLISH));
        advance(Duration.ofSeconds(10).plusMillis(200));

        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(1);
    }

    @Test
    void tellsAnalystsOfSessions() throws Exception {
        long epoch = subscribed("x/#");
        JsonNode session = last(TOPICS.sessions());
        assertThat(session.get("version").asInt()).isEqualTo(1);
        assertThat(session.get("clientId").asText()).isEqualTo(CLIENT);
        assertThat(session.get("sessionId").asLong()).isEqualTo(epoch);
        assertThat(session.get("connected").asBoolean()).isTrue();
        assertThat(session.get("gateway").asText()).isEqualTo("gw-1");
        assertThat(session.get("epoch").asLong()).isEqualTo(epoch);
        assertThat(session.get("expirySeconds").asLong()).isEqualTo(3600);
        assertThat(session.get("subscriptions").get(0).get("filter").asText()).isEqualTo("x/#");

        command(detach(epoch, 0, WillAction.FORGET));

        assertThat(output(TOPICS.sessions()).readRecordsToList())
                .last()
                .satisfies(record -> assertThat(record.value()).isNull());
        assertEvents("connected", "subscriptions", "disconnected", "ended");
    }

    /** A field that goes or changes its meaning breaks those who read the topics. */
    @Test
    void tellsAnalystsEachField() throws Exception {
        long epoch = command(attachAt("gw-1", 77));
        page();
        command(subscribe(epoch, "x/#", 0));
        String known = """
                "connectedAt":77, "address":"127.0.0.1:1", "protocolVersion":5, "keepAliveSeconds":60, "clean":false,
                "expirySeconds":3600, "sessionId":0, "willTopic":null, "subscriptions":[{"filter":"x/#", "qos":1}]
                """;
        assertThat(last(TOPICS.sessions())).isEqualTo(json.readTree("""
                                {"version":1, "clientId":"c1", "connected":true, "gateway":"gw-1", "slot":0, "epoch":0, %s,
                                "queue":{"messages":0, "bytes":0, "oldest":null, "secondsToLimit":null,
                                "dropped":{"messages":0, "bytes":0, "age":0, "expired":0}}}
                                """.formatted(known)));

        command(detach(epoch, -1, WillAction.FORGET));
        assertThat(last(TOPICS.events())).isEqualTo(json.readTree("""
                                {"version":1, "clientId":"c1", "event":"disconnected", "time":%d, "reason":"because",
                                "connected":false, "gateway":null, "slot":null, "epoch":null, %s}
                                """.formatted(now(), known)));
    }

    @Test
    void tellsAnalystsOfClientsWithoutADurableSession() throws Exception {
        long epoch = command(clean("gw-1", true));
        assertThat(fanout.isEmpty()).isTrue();
        JsonNode client = last(TOPICS.sessions());
        assertThat(client.get("connected").asBoolean()).isTrue();
        assertThat(client.get("gateway").asText()).isEqualTo("gw-1");
        assertThat(client.get("slot").asInt()).isEqualTo(SLOT);
        assertThat(client.get("address").asText()).isEqualTo("127.0.0.1:2");
        assertThat(client.get("protocolVersion").asInt()).isEqualTo(4);
        assertThat(client.get("keepAliveSeconds").asInt()).isEqualTo(30);
        assertThat(client.get("clean").asBoolean()).isTrue();
        assertThat(client.get("expirySeconds").asLong()).isZero();
        assertThat(client.get("willTopic").asText()).isEqualTo("will");
        assertThat(client.get("subscriptions").isNull()).isTrue();

        command(detach(epoch, -1, WillAction.FORGET));

        assertThat(output(TOPICS.sessions()).readRecordsToList())
                .singleElement()
                .satisfies(record -> assertThat(record.value()).isNull());
        assertEvents("connected", "disconnected");
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();
        assertThat(keys('C')).isZero();
    }

    private void assertEvents(String... kinds) {
        assertThat(output(TOPICS.events()).readRecordsToList())
                .extracting(record -> json.readTree(record.value()).get("event").asText())
                .containsExactly(kinds);
    }

    @Test
    void givesAClientToTheLaterOfTwoCleanConnectionsAtOnce() throws Exception {
        long first = command(clean("gw-1", true));
        long second = command(clean("gw-2", false));

        Fanout.Evict evict = (Fanout.Evict) said();
        assertThat(evict.incarnation()).isEqualTo("gw-1");
        assertThat(evict.epoch()).isEqualTo(first);
        assertThat(last(TOPICS.sessions()).get("epoch").asLong()).isEqualTo(second);
        assertEvents("connected", "taken-over", "connected");
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();

        command(detach(first, -1, WillAction.PUBLISH));
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(1);
        assertThat(output(TOPICS.sessions()).isEmpty()).isTrue();
        command(detach(first, -1, WillAction.PUBLISH));
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();
    }

    @Test
    void publishesTheWillOfAConnectionThatWasTakenOverUnlessItsGatewayHasSettledIt() {
        long first = command(clean("gw-1", true));
        command(clean("gw-2", true));
        command(detach(first, -1, WillAction.FORGET));
        driver.advanceWallClockTime(TAKE_OVER.plusMillis(200));
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();

        command(clean("gw-3", false));
        driver.advanceWallClockTime(TAKE_OVER.plusMillis(200));
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(1);
    }

    /** All that waits for a word of its gateway stands in the one record of its client. */
    @Test
    void boundsTheWillsOfAClientThatConnectsAnewAllTheTime() {
        for (int i = 0; i < 50; i++) {
            command(clean("gw-1", true));
        }
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(49 - 8);

        driver.advanceWallClockTime(TAKE_OVER.plusMillis(200));
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(8);
    }

    @Test
    void doesNotLockAClientOutBecauseTheClockOfAGatewayWasAhead() throws Exception {
        long epoch = command(attachAt("gw-1", now() + Duration.ofHours(1).toMillis()));
        page();
        command(detach(epoch, -1, WillAction.FORGET));

        advance(Duration.ofSeconds(1));
        command(attachAt("gw-2", now()));

        assertThat(page().sessionPresent()).isTrue();
    }

    private static Attach attachAt(String incarnation, long connectedAt) {
        return new Attach(CLIENT, incarnation, SLOT, 1, connectedAt, false, 3600, 5, 60, "127.0.0.1:1", null);
    }

    /** [MQTT-3.1.2-4]: a clean start ends the session, wherever it was served. */
    @Test
    void aCleanConnectionEndsADurableSessionThatIsServedElsewhere() throws Exception {
        long epoch = subscribed("x");
        match(epoch, 0);
        output(TOPICS.subscriptions()).readRecordsToList();

        command(clean("gw-2", false));

        assertThat(((Fanout.Evict) said()).epoch()).isEqualTo(epoch);
        TestRecord<byte[], byte[]> filters = output(TOPICS.subscriptions()).readRecord();
        assertThat(SubscriptionsRecord.decode(filters.key(), filters.value()).versions())
                .isEmpty();
        command(subscribe(epoch, "y", 0));
        settle(epoch, 0);
        assertThat(output(TOPICS.subscriptions()).isEmpty()).isTrue();
        mark(1);
        assertThat(keys('E')).isZero();
    }

    @Test
    void aDurableConnectionWaitsForACleanOne() throws Exception {
        long clean = command(clean("gw-1", false));
        command(attach("gw-2", false));
        assertThat(((Fanout.Evict) said()).epoch()).isEqualTo(clean);
        assertThat(fanout.isEmpty()).isTrue();

        command(detach(clean, -1, WillAction.FORGET));

        assertThat(page().sessionPresent()).isFalse();
    }

    @Test
    void publishesTheWillsOfCleanConnectionsOfALostGatewayOnce() throws Exception {
        long epoch = command(clean("gw-1", true));
        command(new Command.GatewayLost(2, SLOT, "gw-1"));
        command(new Command.GatewayLost(2, SLOT, "gw-1"));

        List<TestRecord<byte[], byte[]>> wills = output(TOPICS.wills()).readRecordsToList();
        assertThat(wills).hasSize(1);
        assertThat(PublishRecord.decode(
                                wills.get(0).key(),
                                wills.get(0).value(),
                                wills.get(0).headers(),
                                -1,
                                -1,
                                -1)
                        .uniqueId())
                .isEqualTo(StoredWill.uniqueId(CLIENT, epoch));
        assertThat(keys('C')).isZero();

        // It wakes up, and a client connects to it that it tells so.
        long late = command(clean("gw-1", true));
        assertThat(((Fanout.Evict) said()).epoch()).isEqualTo(late);
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(1);
    }

    @Test
    void passesOverALossThatALeaderOfAnEarlierTermTells() {
        command(clean("gw-1", true));
        command(new Command.GatewayLost(7, 3, "gw-9"));
        command(new Command.GatewayLost(6, SLOT, "gw-1"));
        assertThat(output(TOPICS.wills()).isEmpty()).isTrue();

        command(new Command.GatewayLost(8, SLOT, "gw-1"));
        assertThat(output(TOPICS.wills()).readRecordsToList()).hasSize(1);
    }

    @Test
    void forgetsASessionWhenItExpires() throws Exception {
        long epoch = subscribed("x");
        match(epoch, 0);
        command(detach(epoch, 60, WillAction.FORGET));
        output(TOPICS.subscriptions()).readRecordsToList();

        advance(Duration.ofSeconds(61));

        TestRecord<byte[], byte[]> filters = output(TOPICS.subscriptions()).readRecord();
        assertThat(SubscriptionsRecord.decode(filters.key(), filters.value()).versions())
                .isEmpty();
        assertThat(keys('C')).isZero();
        advance(Duration.ofSeconds(1));
        assertThat(keys('E')).isZero();
    }

    @Test
    void endsALongQueueAtOnceAndRemovesItInSmallSteps() throws Exception {
        long epoch = subscribed("x");
        command(detach(epoch, -1, WillAction.FORGET));
        for (int offset = 0; offset < 1_000; offset++) {
            match(epoch, offset);
        }
        mark(1_000);
        int written = changelog().size();

        long second = command(attach("gw-1", true));
        assertThat(page().entries()).isEmpty();
        assertThat(changelog()).hasSizeLessThan(written + 10);
        assertThat(events.size().messages()).isZero();

        // It is another session, whatever is still left of the former one.
        command(subscribe(second, "x", 1_000));
        match(second, 1_000);
        mark(1_001);
        command(new ClientCommand.Pull(CLIENT, second, 9, new long[] {0}));
        assertThat(offsets(page())).containsExactly(1_000L);

        int steps = 0;
        while (keys('R') > 0) {
            written = changelog().size();
            advance(Duration.ofMillis(20));
            assertThat(changelog()).hasSizeLessThan(written + 300);
            steps++;
        }
        assertThat(steps).isBetween(2, 20);
        assertThat(keys('E')).isOne();
    }

    @Test
    void dropsOnlySoManyExpiredMessagesForOneAnswer() throws Exception {
        long epoch = subscribed("x");
        command(detach(epoch, -1, WillAction.FORGET));
        int expired = 2 * QueueBounds.DROPPED_AT_ONCE + 10;
        for (int offset = 0; offset < expired; offset++) {
            match(epoch, offset, Qos.AT_LEAST_ONCE, now(), 5, new byte[0]);
        }
        match(epoch, expired, Qos.AT_LEAST_ONCE, now(), -1, new byte[0]);
        mark(expired + 1);
        advance(Duration.ofSeconds(6)); // Drops the first ones.

        long second = command(attach("gw-2", false));
        Fanout.Page first = page();
        assertThat(first.entries()).isEmpty();
        assertThat(first.last()).isFalse();
        assertThat(first.completeBelow()).containsExactly(2 * QueueBounds.DROPPED_AT_ONCE);

        command(new ClientCommand.Pull(CLIENT, second, 9, first.completeBelow()));
        Fanout.Page next = page();
        assertThat(offsets(next)).containsExactly((long) expired);
        assertThat(next.last()).isTrue();
    }

    @Test
    void handsDamagedRecordsToTheDeadLetterTopicAndGoesOn() {
        commands.pipeInput(CLIENT.getBytes(UTF_8), new byte[] {99});
        commands.pipeInput(CLIENT.getBytes(UTF_8), (byte[]) null);
        inbox.pipeInput(CLIENT.getBytes(UTF_8), new byte[] {1, 2});
        inbox.pipeInput(null, new Inbox.Mark(5, 1, 1).value());
        ClientCommand ofAnotherLog = new ClientCommand.Pull(CLIENT, 0, 0, new long[3]);
        commands.pipeInput(ofAnotherLog.key(), ofAnotherLog.value());
        nextCommand = 3;

        command(attach("gw-1", false));

        assertThat(output(TOPICS.deadLetter()).readRecordsToList()).hasSize(5);
        assertThat(fanout.isEmpty()).isFalse();
    }

    // --- limits

    @Test
    void dropsTheOldestWhenTheQueueIsFull() throws Exception {
        startWith(limited(3, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = away("x");
        for (int offset = 0; offset < 5; offset++) {
            match(epoch, offset);
        }
        mark(5);

        command(attach("gw-2", false));

        assertThat(offsets(page())).containsExactly(2L, 3L, 4L);
        assertThat(events.dropped()).containsExactly(DropReason.MESSAGES, DropReason.MESSAGES);
    }

    @Test
    void dropsTheNewestWhenTheQueueIsFull() throws Exception {
        startWith(limited(3, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_NEWEST));
        long epoch = away("x");
        for (int offset = 0; offset < 5; offset++) {
            match(epoch, offset);
        }
        mark(5);

        command(attach("gw-2", false));

        assertThat(offsets(page())).containsExactly(0L, 1L, 2L);
        JsonNode queue = last(TOPICS.sessions()).get("queue");
        assertThat(queue.get("messages").asLong()).isEqualTo(3);
        assertThat(queue.get("dropped").get("messages").asLong()).isEqualTo(2);
        assertThat(queue.get("oldest").asLong()).isEqualTo(LOGGED);
    }

    @Test
    void boundsTheBytesOfAQueue() throws Exception {
        startWith(new QueueLimits(Long.MAX_VALUE, 2_500, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = away("x");
        for (int offset = 0; offset < 5; offset++) {
            match(epoch, offset, Qos.AT_LEAST_ONCE, LOGGED, -1, new byte[1_000]);
        }
        mark(5);

        command(attach("gw-2", false));

        assertThat(offsets(page())).containsExactly(3L, 4L);
        assertThat(events.dropped()).containsOnly(DropReason.BYTES).hasSize(3);
        assertThat(events.size().bytes()).isBetween(2_000L, 2_500L);
    }

    /** It is told once, so that it can come back and take what is queued. */
    @Test
    void disconnectsAClientWhoseQueueIsFullOnceUntilHalfOfItIsFree() throws Exception {
        startWith(limited(4, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DISCONNECT));
        long epoch = subscribed("x");
        for (int offset = 0; offset < 6; offset++) {
            match(epoch, offset);
        }
        Fanout.Overflow overflow = (Fanout.Overflow) said();
        assertThat(overflow.incarnation()).isEqualTo("gw-1");
        assertThat(overflow.epoch()).isEqualTo(epoch);
        assertThat(fanout.isEmpty()).isTrue();

        command(detach(epoch, -1, WillAction.FORGET));
        long second = command(attach("gw-2", false));
        page();
        match(epoch, 6);
        assertThat(fanout.isEmpty()).isTrue();

        mark(7);
        settle(second, 0);
        settle(second, 1);
        match(epoch, 7);
        match(epoch, 8);
        assertThat(fanout.isEmpty()).isTrue();
        match(epoch, 9);
        assertThat(said()).isInstanceOf(Fanout.Overflow.class);
    }

    @Test
    void dropsWhatIsQueuedForTooLong() throws Exception {
        startWith(limited(100, 60_000, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = away("x");
        match(epoch, 0);
        advance(Duration.ofSeconds(30));
        match(epoch, 1, Qos.AT_LEAST_ONCE, LOGGED + 30_000, -1, new byte[0]);
        mark(2);

        advance(Duration.ofSeconds(37));

        assertThat(events.dropped()).containsExactly(DropReason.AGE);
        command(attach("gw-2", false));
        assertThat(offsets(page())).containsExactly(1L);
    }

    /** [MQTT-3.3.2-5] */
    @Test
    void givesNoMessageThatHasExpiredAndKeepsNone() throws Exception {
        long epoch = away("x");
        match(epoch, 0, Qos.AT_LEAST_ONCE, LOGGED, 10, new byte[0]);
        match(epoch, 1, Qos.AT_LEAST_ONCE, LOGGED, 100, new byte[0]);
        match(epoch, 2);
        mark(3);
        assertThat(keys('X')).isEqualTo(2);

        advance(Duration.ofSeconds(12));

        assertThat(keys('E')).isEqualTo(2);
        assertThat(keys('X')).isEqualTo(1);
        assertThat(events.dropped()).containsExactly(DropReason.EXPIRED);
        command(attach("gw-2", false));
        assertThat(offsets(page())).containsExactly(1L, 2L);
    }

    /** A client that holds a packet identifier keeps it until PUBREL comes. */
    @Test
    void releasesTheIdentifierOfADroppedMessageThatMayHaveBeenSent() throws Exception {
        startWith(limited(1, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = subscribed("x", Qos.EXACTLY_ONCE);
        match(epoch, 0, Qos.EXACTLY_ONCE, LOGGED, -1, new byte[0]);
        mark(1);
        command(new ClientCommand.Detach(CLIENT, epoch, -1, WillAction.FORGET, new long[] {1}, "because"));

        match(epoch, 1, Qos.EXACTLY_ONCE, LOGGED, -1, new byte[0]);
        match(epoch, 2, Qos.EXACTLY_ONCE, LOGGED, -1, new byte[0]);
        mark(3);

        command(attach("gw-2", false));
        Fanout.Page page = page();
        assertThat(page.entries()).first().isEqualTo(new Fanout.Received(new Origin(0, 0)));
        assertThat(offsets(page)).containsExactly(0L, 2L);
    }

    /** What is left of dropped messages must not grow for as long as a client stays connected and takes nothing. */
    @Test
    void endsEachConnectionOfAClientThatHoldsMoreIdentifiersThanThereAre() throws Exception {
        startWith(limited(1, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = subscribed("x", Qos.EXACTLY_ONCE);
        List<Origin> received = LongStream.rangeClosed(1, 0xFFFF)
                .mapToObj(offset -> new Origin(0, 1_000 + offset))
                .toList();
        command(new Command.Progress(
                List.of(new Command.Progress.Session(CLIENT, epoch, List.of(), received, List.of(), List.of()))));

        for (int offset = 0; offset < 4; offset++) {
            match(epoch, offset, Qos.EXACTLY_ONCE, LOGGED, -1, new byte[0]);
        }
        assertThat(((Fanout.Overflow) said()).epoch()).isEqualTo(epoch);
        assertThat(fanout.isEmpty()).isTrue();

        command(new ClientCommand.Detach(CLIENT, epoch, -1, WillAction.FORGET, new long[] {1}, "because"));
        long second = command(attach("gw-2", false));
        page();
        match(epoch, 4, Qos.EXACTLY_ONCE, LOGGED, -1, new byte[0]);
        assertThat(((Fanout.Overflow) said()).epoch()).isEqualTo(second);
    }

    /** [MQTT-3.3.1-1]: DUP says that a message may have been sent before. */
    @Test
    void tellsWhatMayHaveBeenSent() throws Exception {
        long epoch = subscribed("x");
        for (int offset = 0; offset < 5; offset++) {
            match(epoch, offset);
        }
        mark(5);
        command(new ClientCommand.Detach(CLIENT, epoch, -1, WillAction.FORGET, new long[] {2}, "because"));

        long second = command(attach("gw-2", false));
        Fanout.Page first = page();
        command(new ClientCommand.Pull(CLIENT, second, 9, new long[] {3}));
        Fanout.Page next = page();

        assertThat(maybeSent(first)).containsExactly(true, true, false);
        assertThat(first.sentBelow()).containsExactly(2);
        assertThat(maybeSent(next)).containsExactly(false, false);

        command(new Command.GatewayLost(1, SLOT, "gw-2"));
        long lostAt = now();
        match(epoch, 5, Qos.AT_LEAST_ONCE, lostAt + 1, -1, new byte[0]);
        mark(6);
        long third = command(attach("gw-3", false));
        page();
        command(new ClientCommand.Pull(CLIENT, third, 9, new long[] {3}));
        assertThat(maybeSent(page())).containsExactly(true, true, false);
    }

    private static List<Boolean> maybeSent(Fanout.Page page) {
        return page.entries().stream()
                .map(entry -> ((Fanout.Queued) entry).maybeSent())
                .toList();
    }

    @Test
    void tellsHowFarASessionIsBehindOnceInAnInterval() throws Exception {
        startWith(limited(100, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_OLDEST));
        long epoch = away("x");
        output(TOPICS.sessions()).readRecordsToList();
        for (int offset = 0; offset < 10; offset++) {
            match(epoch, offset);
        }
        assertThat(output(TOPICS.sessions()).isEmpty()).isTrue();

        advance(LAG_INTERVAL.plusMillis(1_200));
        assertThat(output(TOPICS.sessions()).readRecordsToList()).hasSize(1);
        advance(LAG_INTERVAL.plusMillis(1_200));
        assertThat(output(TOPICS.sessions()).isEmpty()).isTrue();

        for (int offset = 10; offset < 30; offset++) {
            match(epoch, offset);
        }
        advance(LAG_INTERVAL.plusMillis(1_200));

        JsonNode queue = last(TOPICS.sessions()).get("queue");
        assertThat(queue.get("messages").asLong()).isEqualTo(30);
        // 20 more came within two intervals, and there is room for 70.
        assertThat(queue.get("secondsToLimit").asLong()).isBetween(60L, 80L);
        assertThat(events.size().atLeast()).startsWith(1L, 1L, 0L);
        assertThat(events.size().farthest())
                .extracting(QueueSize.Behind::clientId, QueueSize.Behind::messages)
                .containsExactly(tuple(CLIENT, 30L));
    }

    /** All of many sessions at once could take longer than a transaction may. */
    @Test
    void tellsHowFarManySessionsAreBehindInParts() throws Exception {
        int sessions = 250;
        for (int i = 0; i < sessions; i++) {
            String client = "many" + i;
            long epoch = command(new Attach(client, "gw-1", SLOT, 1, 0, false, 3600, 5, 60, "127.0.0.1:1", null));
            command(new ClientCommand.Subscribe(
                    client,
                    epoch,
                    new long[] {0},
                    List.of(new ClientCommand.Subscribe.Requested(new TopicFilter("x"), QOS_1))));
            command(new ClientCommand.Detach(client, epoch, -1, WillAction.FORGET, new long[] {0}, "because"));
            match(client, epoch, 0, Qos.AT_LEAST_ONCE, LOGGED, -1, new byte[0]);
        }
        output(TOPICS.sessions()).readRecordsToList();

        advance(LAG_INTERVAL.plusMillis(1_200));
        int told = output(TOPICS.sessions()).readRecordsToList().size();
        assertThat(told).isPositive().isLessThan(sessions / 2);

        for (int part = 0; part < 10; part++) {
            advance(Duration.ofMillis(50));
            told += output(TOPICS.sessions()).readRecordsToList().size();
        }
        assertThat(told).isEqualTo(sessions);
    }

    /** What is queued may take a little more than the limit. */
    @Test
    void tellsThatALimitIsReached() throws Exception {
        startWith(new QueueLimits(Long.MAX_VALUE, 1_000, QueueLimits.UNLIMITED_AGE, QueueLimits.WhenFull.DROP_NEWEST));
        long epoch = away("x");
        match(epoch, 0);
        advance(LAG_INTERVAL.plusMillis(1_200));
        for (int offset = 1; events.dropped().isEmpty(); offset++) {
            match(epoch, offset);
        }
        advance(LAG_INTERVAL.plusMillis(1_200));

        JsonNode queue = last(TOPICS.sessions()).get("queue");
        assertThat(queue.get("bytes").asLong()).isGreaterThan(1_000);
        assertThat(queue.get("secondsToLimit").isNull()).isFalse();
        assertThat(queue.get("secondsToLimit").asLong()).isZero();
    }

    /** The topic must not grow with each session that was. The last record tells the last command, so it stays for a while. */
    @Test
    void forgetsTheFiltersOfASessionThatEndedWhenAnotherRecordStandsBehind() throws Exception {
        long epoch = subscribed("x");
        command(detach(epoch, 0, WillAction.FORGET));
        List<TestRecord<byte[], byte[]>> before = output(TOPICS.subscriptions()).readRecordsToList();
        assertThat(before).last().satisfies(record -> assertThat(record.value()).isNotNull());

        Attach other = new Attach("c2", "gw-1", SLOT, 1, 0, false, 3600, 5, 60, "127.0.0.1:1", null);
        long second = command(other);
        command(new ClientCommand.Subscribe(
                "c2",
                second,
                new long[] {0},
                List.of(new ClientCommand.Subscribe.Requested(new TopicFilter("y"), QOS_1))));

        List<TestRecord<byte[], byte[]>> after = output(TOPICS.subscriptions()).readRecordsToList();
        assertThat(after).extracting(record -> new String(record.key(), UTF_8)).containsExactly("c2", CLIENT);
        assertThat(after.get(1).value()).isNull();
    }

    private static QueueLimits limited(long messages, long ageMillis, QueueLimits.WhenFull whenFull) {
        return new QueueLimits(messages, Long.MAX_VALUE, ageMillis, whenFull);
    }

    /** A session with a filter whose client has gone after it was sent nothing. */
    private long away(String filter) throws DamagedRecordException {
        long epoch = subscribed(filter);
        command(new ClientCommand.Detach(CLIENT, epoch, -1, WillAction.FORGET, new long[] {0}, "because"));
        return epoch;
    }

    // --- what it is told

    private void advance(Duration time) {
        driver.advanceWallClockTime(time);
        elapsed = elapsed.plus(time);
    }

    private long now() {
        return STARTED.plus(elapsed).toEpochMilli();
    }

    private long command(Command command) {
        commands.pipeInput(command.key(), command.value());
        return nextCommand++;
    }

    private static Attach attach(String incarnation, boolean cleanStart) {
        return new Attach(CLIENT, incarnation, SLOT, 1, 0, cleanStart, 3600, 5, 60, "127.0.0.1:1", null);
    }

    private static Attach attach(String incarnation, boolean cleanStart, long willDelay) {
        PublishRecord will = PublishRecord.outgoing(
                "will".getBytes(UTF_8), new byte[0], Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE);
        StoredWill stored = new StoredWill(willDelay, will);
        return new Attach(CLIENT, incarnation, SLOT, 1, 0, cleanStart, 3600, 5, 60, "127.0.0.1:1", stored);
    }

    /** Of a session that ends with its connection. */
    private static Attach clean(String incarnation, boolean hasWill) {
        Attach withWill = attach(incarnation, true, 0);
        return new Attach(
                CLIENT, incarnation, SLOT, 0, 0, true, 0, 4, 30, "127.0.0.1:2", hasWill ? withWill.will() : null);
    }

    private static ClientCommand.Detach detach(long epoch, long expirySeconds, WillAction will) {
        return new ClientCommand.Detach(CLIENT, epoch, expirySeconds, will, null, "because");
    }

    private static ClientCommand.Subscribe subscribe(long epoch, String filter, long at) {
        return subscribe(epoch, filter, at, QOS_1);
    }

    private static ClientCommand.Subscribe subscribe(long epoch, String filter, long at, SubscriptionOptions options) {
        return new ClientCommand.Subscribe(
                CLIENT,
                epoch,
                new long[] {at},
                List.of(new ClientCommand.Subscribe.Requested(new TopicFilter(filter), options)));
    }

    /** A new session with a filter; returns its id, which is its epoch too. */
    private long subscribed(String filter) throws DamagedRecordException {
        return subscribed(filter, Qos.AT_LEAST_ONCE);
    }

    private long subscribed(String filter, Qos qos) throws DamagedRecordException {
        long epoch = command(attach("gw-1", false));
        page();
        command(subscribe(epoch, filter, 0, new SubscriptionOptions(qos, false, false, 0)));
        return epoch;
    }

    private void match(long sessionId, long offset) {
        match(sessionId, offset, Qos.AT_LEAST_ONCE, LOGGED, -1, new byte[0]);
    }

    private void match(long sessionId, long offset, Qos qos, long timestamp, long expirySeconds, byte[] payload) {
        match(CLIENT, sessionId, offset, qos, timestamp, expirySeconds, payload);
    }

    private static PublishRecord message(long offset, Qos qos, long timestamp, long expirySeconds, byte[] payload) {
        return new PublishRecord(
                "x".getBytes(UTF_8),
                payload,
                qos,
                false,
                null,
                new PublishProperties(-1, expirySeconds, null, null, null, List.of()),
                0,
                offset,
                timestamp);
    }

    private void match(
            String client, long sessionId, long offset, Qos qos, long timestamp, long expirySeconds, byte[] payload) {
        PublishRecord message = message(offset, qos, timestamp, expirySeconds, payload);
        Inbox.Match match = new Inbox.Match(client, sessionId, -1, message);
        inbox.pipeInput(match.key(), match.value());
    }

    /** Everything below is matched, with all filters that there are. */
    private void mark(long reached) {
        inbox.pipeInput(null, new Inbox.Mark(0, reached, nextCommand).value());
        advance(Duration.ofMillis(100));
    }

    private void settle(long epoch, long offset) {
        command(new Command.Progress(List.of(new Command.Progress.Session(
                CLIENT, epoch, List.of(new Origin(0, offset)), List.of(), List.of(), List.of()))));
    }

    // --- what it says

    private Fanout said() throws DamagedRecordException {
        TestRecord<byte[], byte[]> record = fanout.readRecord();
        return Fanout.decode(record.key(), record.value());
    }

    private Fanout.Page page() throws DamagedRecordException {
        return (Fanout.Page) said();
    }

    private static List<Long> offsets(Fanout.Page page) {
        return page.entries().stream().map(entry -> entry.origin().offset()).toList();
    }

    private JsonNode last(String topic) throws Exception {
        List<TestRecord<byte[], byte[]>> records = output(topic).readRecordsToList();
        return json.readTree(records.get(records.size() - 1).value());
    }

    /** How many keys of a kind the changelog leaves. */
    private long keys(char kind) {
        List<String> left = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : changelog()) {
            String key = new String(record.key(), ISO_8859_1);
            if (key.charAt(0) == kind) {
                left.remove(key);
                if (record.value() != null) {
                    left.add(key);
                }
            }
        }
        return left.size();
    }

    private final List<TestRecord<byte[], byte[]>> changes = new ArrayList<>();

    private List<TestRecord<byte[], byte[]>> changelog() {
        String topic = TOPICS.queueApplicationId() + "-" + QueueTopology.STATE + "-changelog";
        changes.addAll(output(topic).readRecordsToList());
        return changes;
    }
}
