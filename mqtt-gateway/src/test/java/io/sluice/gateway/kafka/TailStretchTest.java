package io.sluice.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PublishRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TailStretchTest {

    private static final TopicPartition FIRST = new TopicPartition("log", 0);
    private static final TopicPartition SECOND = new TopicPartition("log", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final TailStretch stretch = new TailStretch(consumer, List.of(FIRST, SECOND), () -> false);
    private final List<Long> seen = new ArrayList<>();

    @BeforeEach
    void assign() {
        consumer.assign(List.of(FIRST, SECOND));
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 3L));
        consumer.updateEndOffsets(Map.of(FIRST, 100L, SECOND, 60L));
        consumer.seek(FIRST, 7);
        consumer.seek(SECOND, 50);
    }

    private void willCome(long... offsets) {
        consumer.schedulePollTask(() -> {
            for (long offset : offsets) {
                consumer.addRecord(record(offset));
            }
        });
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("mqtt.qos", "2".getBytes(UTF_8));
        return new ConsumerRecord<>(
                "log",
                1,
                offset,
                0,
                TimestampType.CREATE_TIME,
                1,
                0,
                "t".getBytes(UTF_8),
                new byte[0],
                headers,
                Optional.empty());
    }

    private void read(long from, long to) {
        stretch.read(1, from, to, (PublishRecord message) -> seen.add(message.offset()));
    }

    private void assertThatTheTailGoesOnWhereItWas() {
        assertThat(consumer.position(FIRST)).isEqualTo(7);
        assertThat(consumer.position(SECOND)).isEqualTo(50);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void readsAStretchAndGoesBackToItsPlace() {
        willCome(10, 11);
        willCome(12, 13, 14);
        read(10, 14);
        assertThat(seen).containsExactly(10L, 11L, 12L, 13L);
        assertThatTheTailGoesOnWhereItWas();
    }

    @Test
    void readsWhatRetentionHasLeft() {
        willCome(3, 4);
        read(0, 5);
        assertThat(seen).containsExactly(3L, 4L);

        read(0, 2);
        assertThat(seen).containsExactly(3L, 4L);
        assertThatTheTailGoesOnWhereItWas();
    }

    /** It must not wait for what will never come. */
    @Test
    void endsWhereTheLogHasLostItsEnd() {
        consumer.updateEndOffsets(Map.of(SECOND, 12L));
        willCome(10, 11);
        read(10, 20);
        assertThat(seen).containsExactly(10L, 11L);
        assertThatTheTailGoesOnWhereItWas();
    }

    @Test
    void triesAgainWhatFails() {
        consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("not now")));
        willCome(10, 11);
        read(10, 12);
        assertThat(seen).containsExactly(10L, 11L);
        assertThatTheTailGoesOnWhereItWas();
    }
}
