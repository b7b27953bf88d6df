package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetainedRecordTest {

    private static final byte[] TOPIC = "a/b".getBytes(UTF_8);
    private static final byte[] PAYLOAD = "21.5".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomMessages messages = new RandomMessages(seed);
        for (int round = 0; round < 2_000; round++) {
            PublishRecord message = messages.logged();
            RetainedRecord retained = new RetainedRecord(message);
            Headers headers = new RecordHeaders();
            retained.writeHeaders(headers);

            RetainedRecord read =
                    RetainedRecord.decode(message.topic(), retained.value(), headers, message.timestamp());

            assertThat(read).usingRecursiveComparison().isEqualTo(retained);
        }
    }

    @Test
    void takesPlaceFromItsOriginAndTimeFromTheRecord() throws DamagedRecordException {
        RetainedRecord read = RetainedRecord.decode(new ConsumerRecord<>(
                "retained",
                3,
                99,
                5_000,
                TimestampType.CREATE_TIME,
                TOPIC.length,
                PAYLOAD.length,
                TOPIC,
                PAYLOAD,
                origin("3:42"),
                Optional.empty()));

        assertThat(read.message().partition()).isEqualTo(3);
        assertThat(read.message().offset()).isEqualTo(42);
        assertThat(read.message().timestamp()).isEqualTo(5_000);
        assertThat(read.isCleared()).isFalse();
    }

    /** [MQTT-3.3.1-6]. */
    @Test
    void isATombstoneWhenTheTopicWasCleared() throws DamagedRecordException {
        RetainedRecord read = RetainedRecord.decode(TOPIC, null, origin("3:42"), 5_000);

        assertThat(read.isCleared()).isTrue();
        assertThat(read.value()).isNull();
        assertThat(read.message().offset()).isEqualTo(42);
    }

    /** A record that was written from outside may have a header of that name already; what we add comes last. */
    @Test
    void takesTheLastOrigin() throws DamagedRecordException {
        Headers headers = origin("1:1").add("mqtt.origin", "2:2".getBytes(UTF_8));

        assertThat(RetainedRecord.decode(TOPIC, PAYLOAD, headers, 0).message().partition())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "3", "3:", ":42", "3:42:1", "a:b", "-3:42", "3:-42", "3: 42", "4294967296:1"})
    void refusesAnOriginThatIsNoPlaceInTheLog(String origin) {
        assertThatThrownBy(() -> RetainedRecord.decode(TOPIC, PAYLOAD, origin(origin), 0))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("mqtt.origin");
    }

    @Test
    void refusesARecordWithoutOrigin() {
        assertThatThrownBy(() -> RetainedRecord.decode(TOPIC, PAYLOAD, new RecordHeaders(), 0))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("mqtt.origin");
        assertThatThrownBy(() -> RetainedRecord.decode(TOPIC, PAYLOAD, new RecordHeaders().add("mqtt.origin", null), 0))
                .isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesAMessageThatIsDamaged() {
        assertThatThrownBy(() ->
                        RetainedRecord.decode(TOPIC, PAYLOAD, origin("0:1").add("mqtt.qos", "9".getBytes(UTF_8)), 0))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("mqtt.qos");
        assertThatThrownBy(() -> RetainedRecord.decode(null, PAYLOAD, origin("0:1"), 0))
                .isInstanceOf(DamagedRecordException.class);
    }

    private static Headers origin(String origin) {
        return new RecordHeaders().add("mqtt.origin", origin.getBytes(UTF_8));
    }
}
