package io.sluice.router.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole topology on the driver of Kafka Streams, which hands what is written to {@code mqtt.retained} back to the
 * topology at once. Offsets of the log count from 0.
 */
class RetainedTopologyTest {

    private static final Instant LOGGED = Instant.parse("2026-01-01T10:00:00Z");
    private static final Duration RETENTION = Duration.ofHours(24);
    private static final Topics TOPICS = new Topics("", 1);

    private final RecordingEvents events = new RecordingEvents();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> log;
    private TestInputTopic<byte[], byte[]> retainedByOthers;
    private TestOutputTopic<byte[], byte[]> retained;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start(@TempDir Path folder) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPICS.retainedApplicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        driver = new TopologyTestDriver(
                RetainedTopology.build(new TopologyConfig(TOPICS, RETENTION, new TopicIds("log", "retained")), events),
                properties,
                LOGGED);
        log = input(TOPICS.publish());
        retainedByOthers = input(TOPICS.retained());
        retained = output(TOPICS.retained());
        deadLetters = output(TOPICS.deadLetter());
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
    void keepsWhatIsRetainedWithItsOriginAndItsTime() {
        publish("a", "not retained", new RecordHeaders());
        publish("a", "21.5", retain());

        TestRecord<byte[], byte[]> record = onlyRetained();
        assertThat(record.key()).isEqualTo(bytes("a"));
        assertThat(record.value()).isEqualTo(bytes("21.5"));
        assertThat(record.getRecordTime()).isEqualTo(LOGGED);
        assertThat(text(record.headers())).containsExactly("mqtt.qos=1", "mqtt.retain=1", "mqtt.origin=0:1");
        assertThat(events.counts()).containsExactly(Map.entry("written", 1));
    }

    @Test
    void handsOnEveryHeaderAsItIs() {
        Headers headers = retain().add("mqtt.message-expiry", bytes("60"))
                .add("mqtt.content-type", bytes("text/plain"))
                .add("mqtt.of-tomorrow", bytes("x"))
                .add("unit", bytes("°C"))
                .add("traceparent", bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
                .add("binary", new byte[] {(byte) 0xFF})
                .add("unit", null);

        publish("a", "21.5", headers);

        Headers written = onlyRetained().headers();
        assertThat(written.toArray()).startsWith(headers.toArray()).hasSize(headers.toArray().length + 1);
    }

    @Test
    void setsTheOriginEvenIfThePublisherHasSentOne() {
        publish("a", "21.5", retain().add("mqtt.origin", bytes("0:999")));

        assertThat(text(onlyRetained().headers())).containsExactly("mqtt.qos=1", "mqtt.retain=1", "mqtt.origin=0:0");
    }

    /** [MQTT-3.3.1-5]: a later message takes the place of an earlier one. */
    @Test
    void overwritesTheEarlierMessage() {
        publish("a", "first", retain());
        publish("a", "second", retain());

        assertThat(retained.readRecordsToList())
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("first", "second");
        assertThat(events.counts()).containsExactly(Map.entry("written", 2));
    }

    /** [MQTT-3.3.1-6], [MQTT-3.3.1-7]. */
    @Test
    void clearsATopicWithATombstoneThatHasItsOrigin() {
        publish("a", "first", retain());
        retained.readRecord();

        publish("a", "", retain());

        TestRecord<byte[], byte[]> tombstone = onlyRetained();
        assertThat(tombstone.key()).isEqualTo(bytes("a"));
        assertThat(tombstone.value()).isNull();
        assertThat(text(tombstone.headers())).containsExactly("mqtt.qos=1", "mqtt.retain=1", "mqtt.origin=0:1");
        assertThat(events.counts()).containsExactly(Map.entry("cleared", 1), Map.entry("written", 1));
    }

    /** Its own state may be lost while the retained message is not. */
    @Test
    void clearsATopicThatItDoesNotKnow() {
        publish("a", "", retain());

        assertThat(onlyRetained().value()).isNull();
    }

    @Test
    void takesARecordWithoutValueAsEmpty() {
        log.pipeInput(new TestRecord<>(bytes("a"), null, retain(), LOGGED));

        assertThat(onlyRetained().value()).isNull();
    }

    @Test
    void handsADamagedMessageToTheDeadLetterTopicAndGoesOn() {
        Headers damaged = new RecordHeaders().add("mqtt.qos", bytes("9")).add("traceparent", bytes("00-0af7"));
        publish("a", "damaged", damaged);
        publish("a/#", "no topic name", retain());
        log.pipeInput(new TestRecord<>(null, bytes("no key"), retain(), LOGGED));
        publish("a", "sound", retain());

        List<TestRecord<byte[], byte[]>> letters = deadLetters.readRecordsToList();
        assertThat(letters).hasSize(3);
        assertThat(letters.get(0).key()).isEqualTo(bytes("a"));
        assertThat(letters.get(0).value()).isEqualTo(bytes("damaged"));
        assertThat(text(letters.get(0).headers()))
                .containsExactly(
                        "dead-letter.cause=header mqtt.qos must be 0 to 2",
                        "dead-letter.origin=mqtt.publish-0@0",
                        "mqtt.qos=9",
                        "traceparent=00-0af7");
        assertThat(letters.get(2).key()).isNull();
        assertThat(onlyRetained().value()).isEqualTo(bytes("sound"));
        assertThat(events.counts())
                .containsExactly(Map.entry("dead letter of mqtt.publish", 3), Map.entry("written", 1));
    }

    @Test
    void writesTheWinnerAgainWhenAPredecessorWakesUpAndWritesSomethingOlder() {
        publish("a", "old", retain());
        publish("a", "new", retain().add("traceparent", bytes("00-0af7")));
        retained.readRecordsToList();

        writeRetained("a", "old", 0);

        TestRecord<byte[], byte[]> again = onlyRetained();
        assertThat(again.value()).isEqualTo(bytes("new"));
        assertThat(again.getRecordTime()).isEqualTo(LOGGED);
        assertThat(text(again.headers()))
                .containsExactly("mqtt.qos=1", "mqtt.retain=1", "traceparent=00-0af7", "mqtt.origin=0:1");
        assertThat(events.counts()).containsExactly(Map.entry("rewritten", 1), Map.entry("written", 2));
    }

    @Test
    void clearsAgainWhenAPredecessorBringsBackAClearedMessage() {
        publish("a", "old", retain());
        publish("a", "", retain());
        retained.readRecordsToList();

        writeRetained("a", "old", 0);

        TestRecord<byte[], byte[]> again = onlyRetained();
        assertThat(again.value()).isNull();
        assertThat(text(again.headers())).contains("mqtt.origin=0:1");
    }

    @Test
    void takesItsOwnEchoForNothing() {
        publish("a", "21.5", retain());
        retained.readRecordsToList();

        writeRetained("a", "21.5", 0);

        assertThat(retained.isEmpty()).isTrue();
        assertThat(events.counts()).containsExactly(Map.entry("written", 1));
    }

    @Test
    void learnsFromAPredecessorThatCameFurther() {
        writeRetained("a", "of the predecessor", 2);

        publish("a", "replayed", retain());
        publish("b", "of another topic", retain());
        publish("a", "of the predecessor", retain());

        assertThat(retained.readRecordsToList())
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("of another topic", "of the predecessor");
    }

    @Test
    void handsADamagedRecordOfWhatIsRetainedToTheDeadLetterTopicAndMendsTheTopic() {
        publish("a", "21.5", retain());
        retained.readRecordsToList();

        retainedByOthers.pipeInput(bytes("a"), bytes("without origin"));
        retainedByOthers.pipeInput(bytes("b"), bytes("without origin"));

        assertThat(onlyRetained().value()).isEqualTo(bytes("21.5"));
        assertThat(deadLetters.readRecordsToList()).hasSize(2);
        assertThat(events.counts())
                .containsExactly(
                        Map.entry("dead letter of mqtt.retained", 2),
                        Map.entry("rewritten", 1),
                        Map.entry("written", 1));
    }

    @Test
    void refusesAnOriginInAnotherPartition() {
        Headers headers = retain().add("mqtt.origin", bytes("1:7"));

        retainedByOthers.pipeInput(new TestRecord<>(bytes("a"), bytes("21.5"), headers, LOGGED));

        assertThat(text(deadLetters.readRecord().headers()))
                .contains("dead-letter.cause=the origin is in another partition: 1");
    }

    @Test
    void takesARecordWithoutATime() {
        log.pipeInput(new TestRecord<>(bytes("a"), bytes("21.5"), retain(), 0L));

        assertThat(onlyRetained().timestamp()).isZero();
    }

    @Test
    void forgetsAClearedTopicAfterTheConfiguredTime() {
        publish("a", "kept", retain());
        for (int i = 0; i < 2_500; i++) {
            publish("cleared/" + i, "", retain());
        }
        assertThat(stateSize()).isGreaterThan(2_500);

        driver.advanceWallClockTime(RETENTION.plusHours(2));

        assertThat(stateSize()).isEqualTo(1);
    }

    @Test
    void remembersAClearedTopicUntilThen() {
        publish("a", "old", retain());
        publish("a", "", retain());
        retained.readRecordsToList();

        driver.advanceWallClockTime(RETENTION.minusHours(2));
        writeRetained("a", "old", 0);

        assertThat(onlyRetained().value()).isNull();
    }

    @Test
    void doesNotForgetATopicThatIsRetainedAgain() {
        publish("a", "", retain());
        publish("a", "21.5", retain());

        driver.advanceWallClockTime(RETENTION.plusHours(2));

        assertThat(stateSize()).isEqualTo(1);
        retained.readRecordsToList();
        writeRetained("a", "", 0);
        assertThat(onlyRetained().value()).isEqualTo(bytes("21.5"));
    }

    @Test
    void countsTheTimeOfATopicThatIsClearedTwiceFromTheSecond() {
        publish("a", "", retain());
        driver.advanceWallClockTime(RETENTION.minusHours(2));
        publish("a", "", retain());

        driver.advanceWallClockTime(Duration.ofHours(4));

        assertThat(stateSize()).as("the winner and its entry in the list").isEqualTo(2);
    }

    @Test
    void takesADamagedEntryOfItsStateAsAbsent() {
        publish("a", "old", retain());
        KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(RetainedTopology.WINNERS);
        store.put(Bytes.wrap(bytes("Ta")), new byte[] {99});

        publish("a", "new", retain());

        assertThat(retained.readRecordsToList()).hasSize(2);
        assertThat(events.counts()).containsEntry("state damaged", 1);
    }

    /** Winners and entries of the list of cleared topics. */
    private long stateSize() {
        KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(RetainedTopology.WINNERS);
        long size = 0;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext()) {
                size += all.next().key.get()[0] == 'I' ? 0 : 1;
            }
        }
        return size;
    }

    private void publish(String topic, String payload, Headers headers) {
        log.pipeInput(new TestRecord<>(bytes(topic), bytes(payload), headers, LOGGED));
    }

    private void writeRetained(String topic, String payload, long originOffset) {
        Headers headers = retain().add("mqtt.origin", bytes("0:" + originOffset));
        byte[] value = payload.isEmpty() ? null : bytes(payload);
        retainedByOthers.pipeInput(new TestRecord<>(bytes(topic), value, headers, LOGGED));
    }

    private TestRecord<byte[], byte[]> onlyRetained() {
        List<TestRecord<byte[], byte[]>> records = retained.readRecordsToList();
        assertThat(records).hasSize(1);
        return records.get(0);
    }

    private static Headers retain() {
        return new RecordHeaders().add("mqtt.qos", bytes("1")).add("mqtt.retain", bytes("1"));
    }

    private static List<String> text(Headers headers) {
        return Arrays.stream(headers.toArray()).map(RetainedTopologyTest::text).toList();
    }

    private static String text(Header header) {
        return header.key() + "=" + new String(header.value(), UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
