package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRecordTest {

    private static final byte[] TOPIC = "a/b".getBytes(UTF_8);
    private static final byte[] PAYLOAD = "21.5".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomMessages messages = new RandomMessages(seed);
        for (int round = 0; round < 2_000; round++) {
            PublishRecord message = messages.next();

            PublishRecord read = decode(message.toProducerRecord("log"));

            assertThat(read).usingRecursiveComparison().isEqualTo(message);
        }
    }

    @Test
    void standsInTheLogAsAnyKafkaConsumerReadsIt() {
        PublishProperties properties = new PublishProperties(
                1, 60, "text/plain", "reply/to", new byte[] {1, 2}, List.of(new UserProperty("unit", "°C")));

        ProducerRecord<byte[], byte[]> record = PublishRecord.outgoing(
                        TOPIC, PAYLOAD, Qos.EXACTLY_ONCE, true, "sensor".getBytes(UTF_8), properties)
                .toProducerRecord("log");

        assertThat(record.topic()).isEqualTo("log");
        assertThat(record.key()).isEqualTo(TOPIC);
        assertThat(record.value()).isEqualTo(PAYLOAD);
        assertThat(record.partition()).isNull();
        assertThat(text(record.headers()))
                .containsExactly(
                        "mqtt.qos=2",
                        "mqtt.client-id=sensor",
                        "mqtt.retain=1",
                        "mqtt.payload-format=1",
                        "mqtt.message-expiry=60",
                        "mqtt.content-type=text/plain",
                        "mqtt.response-topic=reply/to",
                        "mqtt.correlation-data=\1\2",
                        "unit=°C");
    }

    @Test
    void takesARecordWithoutHeadersAsADurableMessageFromOutsideMqtt() throws DamagedRecordException {
        PublishRecord read = PublishRecord.decode(TOPIC, PAYLOAD, new RecordHeaders(), 3, 7, 1_000);

        assertThat(read.qos()).isEqualTo(Qos.AT_LEAST_ONCE);
        assertThat(read.retain()).isFalse();
        assertThat(read.clientId()).isNull();
        assertThat(read.properties()).isSameAs(PublishProperties.NONE);
        assertThat(read.partition()).isEqualTo(3);
        assertThat(read.offset()).isEqualTo(7);
        assertThat(read.timestamp()).isEqualTo(1_000);
    }

    @Test
    void takesARecordWithoutAValueAsAnEmptyMessage() throws DamagedRecordException {
        assertThat(PublishRecord.decode(TOPIC, null, new RecordHeaders(), 0, 0, 0)
                        .payload())
                .isEmpty();
    }

    @Test
    void carriesItsUniqueIdAsText() throws DamagedRecordException {
        PublishRecord message = PublishRecord.outgoing(
                        TOPIC, PAYLOAD, Qos.EXACTLY_ONCE, true, null, PublishProperties.NONE)
                .withUniqueId("1-2-3", 42);

        ProducerRecord<byte[], byte[]> record = message.toProducerRecord("log");

        assertThat(text(record.headers()))
                .containsExactly("mqtt.qos=2", "mqtt.retain=1", "mqtt.unique-id=1-2-3", "mqtt.unique-after=42");
        assertThat(decode(record).uniqueId()).isEqualTo("1-2-3");
        assertThat(decode(record).uniqueAfter()).isEqualTo(42);
        assertThat(decode(record).properties()).isSameAs(PublishProperties.NONE);
    }

    @Test
    void hasNothingToLookBackForWithoutAUniqueId() throws DamagedRecordException {
        assertThat(decode(new RecordHeaders()).uniqueId()).isNull();
        assertThat(decode(headers("mqtt.unique-after", "42")).uniqueAfter()).isEqualTo(-1);
    }

    /** [MQTT-3.3.2-18]: user properties keep their order, and a name may come twice. */
    @Test
    void keepsUserPropertiesInOrder() throws DamagedRecordException {
        List<UserProperty> properties =
                List.of(new UserProperty("b", "1"), new UserProperty("a", "2"), new UserProperty("b", ""));

        PublishRecord read = decode(PublishRecord.outgoing(
                        TOPIC,
                        PAYLOAD,
                        Qos.AT_MOST_ONCE,
                        false,
                        null,
                        new PublishProperties(-1, -1, null, null, null, properties))
                .toProducerRecord("log"));

        assertThat(read.properties().userProperties()).isEqualTo(properties);
    }

    @Test
    void handsOnHeadersThatAreNotOursAsUserProperties() throws DamagedRecordException {
        Headers headers = headers("traceparent", "00-0af7-b7ad-01").add("empty", null);

        PublishRecord read = decode(headers);

        assertThat(read.properties().userProperties())
                .containsExactly(new UserProperty("traceparent", "00-0af7-b7ad-01"), new UserProperty("empty", ""));
    }

    @Test
    void handsOnUserPropertiesOfAnyLengthThatMqttHas() throws DamagedRecordException {
        List<UserProperty> properties = List.of(
                new UserProperty("n".repeat(65_535), "v".repeat(65_535)), new UserProperty("ü".repeat(32_767), "x"));

        PublishRecord read = decode(PublishRecord.outgoing(
                        TOPIC,
                        PAYLOAD,
                        Qos.AT_MOST_ONCE,
                        false,
                        null,
                        new PublishProperties(-1, -1, null, null, null, properties))
                .toProducerRecord("log"));

        assertThat(read.properties().userProperties()).isEqualTo(properties);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt.qos", "mqtt.user.x", "mqtt."})
    void keepsAUserPropertyApartFromAHeaderOfOursWithItsName(String name) throws DamagedRecordException {
        PublishRecord message = PublishRecord.outgoing(
                TOPIC,
                PAYLOAD,
                Qos.AT_MOST_ONCE,
                false,
                null,
                new PublishProperties(-1, -1, null, null, null, List.of(new UserProperty(name, "2"))));

        PublishRecord read = decode(message.toProducerRecord("log"));

        assertThat(read.qos()).isEqualTo(Qos.AT_MOST_ONCE);
        assertThat(read.properties().userProperties()).containsExactly(new UserProperty(name, "2"));
    }

    @Test
    void leavesInKafkaWhatMqttCannotCarry() throws DamagedRecordException {
        Headers headers = new RecordHeaders()
                .add("binary", new byte[] {(byte) 0xFF})
                .add("long", new byte[65_536])
                .add("n\0ull", "x".getBytes(UTF_8))
                .add("n".repeat(65_536), "x".getBytes(UTF_8))
                .add("fits", "x".getBytes(UTF_8));

        assertThat(decode(headers).properties().userProperties()).containsExactly(new UserProperty("fits", "x"));
    }

    @Test
    void ignoresAHeaderOfALaterVersion() throws DamagedRecordException {
        assertThat(decode(headers("mqtt.of-tomorrow", "x")).properties()).isSameAs(PublishProperties.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt.qos, 3",
        "mqtt.qos, ''",
        "mqtt.qos, 01",
        "mqtt.qos, /",
        "mqtt.retain, 2",
        "mqtt.retain, true",
        "mqtt.payload-format, 2",
        "mqtt.message-expiry, ''",
        "mqtt.message-expiry, -1",
        "mqtt.message-expiry, 1s",
        "mqtt.message-expiry, 4294967296",
        "mqtt.message-expiry, 99999999999",
        "mqtt.unique-id, ''",
        "mqtt.unique-id,",
        "mqtt.unique-after, ''",
        "mqtt.unique-after, -1",
        "mqtt.unique-after, 1234567890123456789",
        "mqtt.response-topic, ''",
        "mqtt.response-topic, a/#",
        "mqtt.content-type,",
        "mqtt.qos,",
        "mqtt.retain,",
        "mqtt.message-expiry,",
        "mqtt.correlation-data,",
        "mqtt.response-topic,",
    })
    void refusesAHeaderOfOursWithAValueThatItMayNotHave(String name, String value) {
        Headers headers = new RecordHeaders().add(name, value == null ? null : value.getBytes(UTF_8));

        assertThatThrownBy(() -> decode(headers))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining(name);
    }

    @Test
    void refusesATopicThatBelongsToTheServer() {
        byte[] key = "$SYS/broker/version".getBytes(UTF_8);

        assertThatThrownBy(() -> PublishRecord.decode(key, new byte[0], new RecordHeaders(), 0, 0, 0))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("$");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        Headers headers = new RecordHeaders().add("mqtt.content-type", new byte[] {(byte) 0xC0, (byte) 0x80});

        assertThatThrownBy(() -> decode(headers)).hasMessageContaining("mqtt.content-type");
    }

    @Test
    void refusesCorrelationDataThatNoPacketCanCarry() {
        Headers headers = new RecordHeaders().add("mqtt.correlation-data", new byte[65_536]);

        assertThatThrownBy(() -> decode(headers)).hasMessageContaining("mqtt.correlation-data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/#", "+", "a\0b"})
    void refusesAKeyThatIsNoTopicName(String key) {
        assertThatThrownBy(() -> PublishRecord.decode(key.getBytes(UTF_8), PAYLOAD, new RecordHeaders(), 0, 0, 0))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("key");
    }

    @Test
    void refusesARecordWithoutAKey() {
        assertThatThrownBy(() -> PublishRecord.decode(null, PAYLOAD, new RecordHeaders(), 0, 0, 0))
                .isInstanceOf(DamagedRecordException.class);
    }

    /** [MQTT-3.3.2-5], [MQTT-3.3.2-6]. */
    @Test
    void countsItsExpiryDownFromTheTimeInTheLog() throws DamagedRecordException {
        PublishRecord message =
                PublishRecord.decode(TOPIC, PAYLOAD, headers("mqtt.message-expiry", "10"), 0, 0, 50_000);

        assertThat(message.remainingExpirySeconds(53_999)).isEqualTo(7);
        assertThat(message.isExpired(59_999)).isFalse();
        assertThat(message.isExpired(60_000)).isTrue();
        assertThat(message.remainingExpirySeconds(40_000))
                .as("by a clock that is behind")
                .isEqualTo(10);
    }

    @Test
    void neverExpiresWithoutAnInterval() throws DamagedRecordException {
        assertThat(decode(new RecordHeaders()).isExpired(Long.MAX_VALUE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadOrRefusedWhateverStandsInIt(long seed) {
        Random random = new Random(seed);
        RandomMessages messages = new RandomMessages(seed);
        List<String> surprises = new ArrayList<>();
        for (int round = 0; round < 5_000; round++) {
            ProducerRecord<byte[], byte[]> record = messages.next().toProducerRecord("log");
            Headers damaged = new RecordHeaders();
            for (Header header : record.headers()) {
                damaged.add(header.key(), damage(random, header.value()));
            }
            try {
                PublishRecord.decode(damage(random, record.key()), record.value(), damaged, 0, 0, 0);
            } catch (DamagedRecordException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            } catch (RuntimeException e) {
                surprises.add("round " + round + ": " + e);
            }
        }
        assertThat(surprises).isEmpty();
    }

    private static byte[] damage(Random random, byte[] bytes) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> Arrays.copyOf(bytes, bytes.length + 1);
            case 3 -> {
                byte[] changed = bytes.clone();
                if (changed.length > 0) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                yield changed;
            }
            default -> bytes;
        };
    }

    private static PublishRecord decode(Headers headers) throws DamagedRecordException {
        return PublishRecord.decode(TOPIC, PAYLOAD, headers, 0, 0, 0);
    }

    private static PublishRecord decode(ProducerRecord<byte[], byte[]> record) throws DamagedRecordException {
        return PublishRecord.decode(record.key(), record.value(), record.headers(), -1, -1, -1);
    }

    private static Headers headers(String name, String value) {
        return new RecordHeaders().add(name, value.getBytes(UTF_8));
    }

    private static List<String> text(Headers headers) {
        return StreamSupport.stream(headers.spliterator(), false)
                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .collect(Collectors.toList());
    }
}
