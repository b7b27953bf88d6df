package io.sluice.router.matching;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.Inbox;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.TopicFilter;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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

/** The match stage on the driver of Kafka Streams, with one partition of everything. Offsets of the log count from 0. */
class MatchTopologyTest {

    private static final Topics TOPICS = new Topics("", 1);
    private static final Duration MARK_INTERVAL = Duration.ofMillis(50);
    private static final Instant LOGGED = Instant.parse("2026-01-01T10:00:00Z");
    private static final long SESSION = 7;
    /** Marks come so many intervals after the last mark or match, and so many after the last mark at the latest. */
    private static final int ROUNDS = 3;

    private static final int MOST_ROUNDS = 10;

    private final SubscriptionTable table = new SubscriptionTable(1);
    private final MatchSieve sieve = new MatchSieve(1, table, new Counting());
    private final List<PublishRecord> log = new ArrayList<>();
    private final Map<String, Long> events = new TreeMap<>();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> publish;
    private TestInputTopic<byte[], byte[]> wills;
    private TestOutputTopic<byte[], byte[]> inbox;
    private long begin;

    @BeforeEach
    void start(@TempDir Path folder) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPICS.matchApplicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        driver = new TopologyTestDriver(
                MatchTopology.build(
                        new MatchConfig(TOPICS, MARK_INTERVAL, 100), table, sieve, new Log(), new Counting()),
                properties,
                LOGGED);
        publish = driver.createInputTopic(TOPICS.publish(), new ByteArraySerializer(), new ByteArraySerializer());
        wills = driver.createInputTopic(TOPICS.wills(), new ByteArraySerializer(), new ByteArraySerializer());
        inbox = driver.createOutputTopic(TOPICS.inbox(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private final class Log implements LogReader {
        @Override
        public long position(int partition) {
            return begin;
        }

        @Override
        public void read(int partition, long from, long to, Consumer<PublishRecord> visitor) {
            log.subList((int) from, (int) to).forEach(visitor);
        }
    }

    private final class Counting implements MatchEvents {
        private void count(String what, long by) {
            events.merge(what, by, Long::sum);
        }

        @Override
        public void messageMatched() {
            count("messages", 1);
        }

        @Override
        public void messagesLeftOut(int number) {
            count("left out", number);
        }

        @Override
        public void matchSent() {
            count("matches", 1);
        }

        @Override
        public void lookedBack(long records) {
            count("looked back", records);
        }

        @Override
        public void willForwarded() {
            count("wills", 1);
        }

        @Override
        public void damaged(String topic) {
            count("damaged " + topic, 1);
        }
    }

    @Test
    void findsTheSessionsWhoseFiltersHold() throws Exception {
        subscribe("a", 10, version("x/#", Qos.AT_LEAST_ONCE, 10, 0));
        subscribe("b", 11, version("x/1", Qos.EXACTLY_ONCE, 11, 1));
        subscribe("c", 12, version("y", Qos.EXACTLY_ONCE, 12, 0));
        subscribe("d", 13, version("x/#", Qos.AT_MOST_ONCE, 13, 0));

        publish("x/1", Qos.AT_LEAST_ONCE);
        publish("x/1", Qos.EXACTLY_ONCE);
        publish("x/1", Qos.AT_MOST_ONCE);

        assertThat(said()).containsExactlyInAnyOrder("a 0", "a 1", "b 1");
    }

    @Test
    void findsASessionOnceHoweverManyOfItsFiltersMatch() throws Exception {
        subscribe(
                "a",
                10,
                version("x/#", Qos.AT_LEAST_ONCE, 9, 0),
                version("x/+", Qos.AT_LEAST_ONCE, 10, 0),
                version("#", Qos.AT_MOST_ONCE, 10, 0));

        publish("x/1", Qos.AT_LEAST_ONCE);

        assertThat(said()).containsExactly("a 0");
    }

    @Test
    void tellsHowFarItIsBehindTheMatchesAndOnlyWhenSomethingMoved() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        publish("x", Qos.AT_LEAST_ONCE);
        time();
        assertThat(said()).containsExactly("a 0", "mark 1 10");

        for (int i = 0; i < ROUNDS; i++) {
            time();
        }
        assertThat(said()).isEmpty();

        publish("x", Qos.AT_LEAST_ONCE);
        time();
        time();
        assertThat(said()).containsExactly("a 1 mark 2 10");
        time();
        assertThat(said()).containsExactly("mark 2 10");
    }

    @Test
    void matchesTellHowFarItIsInPlaceOfMarks() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        time();
        assertThat(said()).containsExactly("mark 0 10");

        // A mark now and then there is all the same.
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 2 * MOST_ROUNDS; i++) {
            publish("x", Qos.AT_LEAST_ONCE);
            time();
            int reached = i + 1;
            wanted.add("a " + i + " mark " + reached + " 10");
            if (reached % MOST_ROUNDS == 0) {
                wanted.add("mark " + reached + " 10");
            }
        }
        assertThat(said()).isEqualTo(wanted);
    }

    /** Only what stands behind all other matches of its message may say that there are no more. */
    @Test
    void theLastMatchOfAMessageTellsHowFarItIs() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        subscribe("b", 11, version("x", Qos.AT_LEAST_ONCE, 11, 0));
        subscribe("c", 12, version("x", Qos.AT_LEAST_ONCE, 12, 0));
        time();
        assertThat(said()).containsExactly("mark 0 12");

        publish("x", Qos.AT_LEAST_ONCE);
        List<String> said = said();
        assertThat(said).hasSize(3);
        assertThat(said.subList(0, 2)).noneMatch(match -> match.contains("mark"));
        assertThat(said.get(2)).endsWith(" 0 mark 1 12");
    }

    /** Before it has told what it knows of the filters there is nothing that a match could stand for. */
    @Test
    void aMatchTellsNothingBeforeTheFirstMark() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        publish("x", Qos.AT_LEAST_ONCE);

        assertThat(said()).containsExactly("a 0");
    }

    /** Filters that were learned since the last mark may still be looked back for. */
    @Test
    void aMatchTellsNoMoreOfTheFiltersThanTheLastMark() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        publish("x", Qos.AT_LEAST_ONCE);
        time();
        assertThat(said()).containsExactly("a 0", "mark 1 10");

        subscribe("b", 11, version("x", Qos.AT_LEAST_ONCE, 11, 0));
        publish("x", Qos.AT_LEAST_ONCE);
        List<String> said = said();
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).doesNotContain("mark");
        assertThat(said.get(1)).endsWith(" 1 mark 2 10");

        time();
        assertThat(said()).containsExactly("b 0", "mark 2 11");
    }

    /** What was settled is forgotten by marks, and where no match went nothing was. A session that is resumed there waits. */
    @Test
    void tellsLessOftenWhereNoMatchWent() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        time();
        assertThat(said()).containsExactly("mark 0 10");

        publish("other", Qos.AT_LEAST_ONCE);
        time();
        publish("other", Qos.AT_LEAST_ONCE);
        time();
        assertThat(said()).isEmpty();
        time();
        assertThat(said()).containsExactly("mark 2 10");

        publish("other", Qos.AT_LEAST_ONCE);
        subscribe("a", 11);
        time();
        assertThat(said()).containsExactly("mark 3 11");
    }

    @Test
    void looksBackForAFilterThatItLearnsOfLate() throws Exception {
        publish("x", Qos.AT_LEAST_ONCE);
        publish("x", Qos.AT_LEAST_ONCE);
        publish("y", Qos.AT_LEAST_ONCE);
        publish("x", Qos.AT_LEAST_ONCE);
        time();
        assertThat(said()).containsExactly("mark 4 -1");

        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 1));
        publish("x", Qos.AT_LEAST_ONCE);
        assertThat(said()).containsExactly("a 4");
        time();

        assertThat(said()).contains("a 1", "a 3").doesNotContain("a 0", "a 2").endsWith("mark 5 10");
        assertThat(events).containsKey("looked back");
    }

    /** Nobody wanted the messages when they were sifted, and they do not come again by themselves. */
    @Test
    void looksBackAsFarAsTheLogWasSiftedBeforeItKnewTheFilter() throws Exception {
        publish("x", Qos.AT_LEAST_ONCE);
        log("x", Qos.AT_LEAST_ONCE);
        log("x", Qos.AT_LEAST_ONCE);
        sieve.sifted(0, 3, 2);
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 1));
        time();

        assertThat(said()).containsExactly("a 1", "a 2", "mark 1 10");
    }

    @Test
    void leavesOutSecondCopiesWhenItLooksBack() throws Exception {
        publish("y", Qos.AT_LEAST_ONCE);
        logCopy("x", 1);
        logCopy("x", 1);
        sieve.sifted(0, 3, 0);
        subscribe("a", 10, version("x", Qos.EXACTLY_ONCE, 10, 0));
        time();

        assertThat(said()).containsExactly("a 1", "mark 1 10");
    }

    /** The task has just begun, and knows nothing of what its predecessor matched. */
    @Test
    void leavesOutSecondCopiesOfWhatStandsBeforeWhereItLooksBackTo() throws Exception {
        logCopy("x", 0);
        begin = 1;
        logCopy("x", 0);
        log("x", Qos.EXACTLY_ONCE);
        sieve.sifted(0, 3, 0);
        subscribe("a", 10, version("x", Qos.EXACTLY_ONCE, 10, 1));
        time();

        assertThat(said()).containsExactly("a 2", "mark 1 10");
    }

    @Test
    void looksBackForEachVersionOnce() throws Exception {
        publish("x", Qos.AT_LEAST_ONCE);
        FilterVersion first = version("x", Qos.AT_LEAST_ONCE, 10, 0);
        subscribe("a", 10, first);
        time();
        assertThat(said()).containsExactly("a 0", "mark 1 10");

        subscribe("a", 11, first, version("y", Qos.AT_LEAST_ONCE, 11, 1));
        time();

        assertThat(said()).containsExactly("mark 1 11");
    }

    /** A router that starts while nothing is published has to tell how far it is all the same. */
    @Test
    void tellsWhereItBeginsWhenNothingComes() throws Exception {
        begin = 5;

        time();

        assertThat(said()).containsExactly("mark 5 -1");
    }

    @Test
    void forgetsFiltersThatEnded() throws Exception {
        subscribe("a", 10, version("x", Qos.AT_LEAST_ONCE, 10, 0));
        subscribe("a", 11);
        subscribe("b", 12, version("x", Qos.AT_LEAST_ONCE, 12, 0));
        table.remove("b");

        publish("x", Qos.AT_LEAST_ONCE);

        assertThat(said()).isEmpty();
        assertThat(table.sessions()).isZero();
    }

    @Test
    void passesOverADamagedMessage() throws Exception {
        subscribe("a", 10, version("#", Qos.AT_LEAST_ONCE, 10, 0));
        publish.pipeInput("x/+".getBytes(UTF_8), new byte[0]);
        time();

        assertThat(said()).containsExactly("mark 1 10");
    }

    @Test
    void handsOnAWillAsItIs() {
        Headers headers = new RecordHeaders()
                .add("mqtt.qos", "2".getBytes(UTF_8))
                .add("mqtt.unique-id", "a/3/will".getBytes(UTF_8));
        wills.pipeInput(new TestRecord<>("w/x".getBytes(UTF_8), "gone".getBytes(UTF_8), headers, LOGGED));
        wills.pipeInput("w/+".getBytes(UTF_8), new byte[0]);

        TestRecord<byte[], byte[]> will = output(TOPICS.publish()).readRecord();
        assertThat(will.key()).isEqualTo("w/x".getBytes(UTF_8));
        assertThat(will.value()).isEqualTo("gone".getBytes(UTF_8));
        assertThat(will.headers()).isEqualTo(headers);
        assertThat(output(TOPICS.deadLetter()).readRecordsToList()).hasSize(1);
        assertThat(events).containsEntry("wills", 1L).containsEntry("damaged mqtt.wills", 1L);
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void subscribe(String clientId, long offset, FilterVersion... versions) {
        table.put(0, new SubscriptionsRecord(clientId, SESSION, offset, List.of(versions)));
    }

    private static FilterVersion version(String filter, Qos qos, long since, long from) {
        return new FilterVersion(
                new TopicFilter(filter), new SubscriptionOptions(qos, false, false, 0), since, new long[] {from}, null);
    }

    private void publish(String topic, Qos qos) throws DamagedRecordException {
        PublishRecord message = log(topic, qos);
        Headers headers = new RecordHeaders();
        message.writeHeaders(headers);
        publish.pipeInput(new TestRecord<>(message.topic(), message.payload(), headers, LOGGED));
    }

    /** A message that the log has, and the topology has not. */
    private PublishRecord log(String topic, Qos qos) throws DamagedRecordException {
        return log(topic, qos, new RecordHeaders());
    }

    /** All of a topic have the same unique id. */
    private void logCopy(String topic, long notBefore) throws DamagedRecordException {
        log(
                topic,
                Qos.EXACTLY_ONCE,
                new RecordHeaders()
                        .add("mqtt.unique-id", ("id of " + topic).getBytes(UTF_8))
                        .add("mqtt.unique-after", Long.toString(notBefore).getBytes(UTF_8)));
    }

    private PublishRecord log(String topic, Qos qos, Headers headers) throws DamagedRecordException {
        headers.add("mqtt.qos", Integer.toString(qos.level()).getBytes(UTF_8));
        PublishRecord message =
                PublishRecord.decode(topic.getBytes(UTF_8), new byte[0], headers, 0, log.size(), LOGGED.toEpochMilli());
        log.add(message);
        return message;
    }

    private void time() {
        driver.advanceWallClockTime(MARK_INTERVAL);
    }

    /** What stands in the inbox and was not read yet: client and offset, or how far a mark says that it is. */
    private List<String> said() throws DamagedRecordException {
        List<String> said = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : inbox.readRecordsToList()) {
            Inbox decoded = Inbox.decode(record.key(), record.value());
            if (decoded instanceof Inbox.Match match) {
                assertThat(match.sessionId()).isEqualTo(SESSION);
                String told = match.mark() == null
                        ? ""
                        : " mark " + match.mark().reached() + " " + match.mark().applied();
                said.add(match.clientId() + " " + match.message().offset() + told);
            } else {
                Inbox.Mark mark = (Inbox.Mark) decoded;
                said.add("mark " + mark.reached() + " " + mark.applied());
            }
        }
        return said;
    }
}
