package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

    @Test
    void keepsKeyValueAndHeadersAsTheyWereAndTellsWhyAndFromWhere() {
        byte[] key = {1, 2};
        byte[] value = {3, 4};
        Headers headers = new RecordHeaders()
                .add("mqtt.qos", "9".getBytes(UTF_8))
                .add("traceparent", "00-0af7".getBytes(UTF_8))
                .add("mqtt.qos", null);

        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.of("dead", "mqtt.publish", 3, 42, key, value, headers, "qos is 9");

        assertThat(letter.topic()).isEqualTo("dead");
        assertThat(letter.key()).isSameAs(key);
        assertThat(letter.value()).isSameAs(value);
        assertThat(StreamSupport.stream(letter.headers().spliterator(), false).map(DeadLetterTest::text))
                .containsExactly(
                        "dead-letter.cause=qos is 9",
                        "dead-letter.origin=mqtt.publish-3@42",
                        "mqtt.qos=9",
                        "traceparent=00-0af7",
                        "mqtt.qos=null");
    }

    @Test
    void takesARecordThatHasNothing() {
        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.of("dead", "mqtt.commands", 0, 0, null, null, new RecordHeaders(), "empty");

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
        assertThat(letter.headers()).hasSize(2);
    }

    private static String text(Header header) {
        return header.key() + "=" + (header.value() == null ? "null" : new String(header.value(), UTF_8));
    }
}
