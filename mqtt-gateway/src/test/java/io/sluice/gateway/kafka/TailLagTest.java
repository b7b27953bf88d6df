package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.metrics.GatewayMetrics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TailLagTest {

    private static final TopicPartition FIRST = new TopicPartition("log", 0);
    private static final TopicPartition SECOND = new TopicPartition("log", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TailLag lag = new TailLag(consumer, List.of(FIRST, SECOND), new GatewayMetrics(registry));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(FIRST, SECOND));
        consumer.updateBeginningOffsets(Map.of(FIRST, 100L, SECOND, 0L));
        consumer.seek(SECOND, 7);
    }

    private double lost() {
        return registry.get("sluice.tail.lost.records").functionCounter().count();
    }

    @Test
    void countsWhatRetentionHasRemovedBeforeItWasDelivered() {
        assertThat(lag.seekIntoRange(new OffsetOutOfRangeException(Map.of(FIRST, 40L))))
                .isEmpty();
        assertThat(consumer.position(FIRST)).isEqualTo(100);
        assertThat(consumer.position(SECOND)).isEqualTo(7);
        assertThat(lost()).isEqualTo(60);
    }

    @Test
    void goesOnWhereALogEndsThatHasLostItsEnd() {
        LogTruncationException truncated =
                new LogTruncationException("truncated", Map.of(FIRST, 500L), Map.of(FIRST, new OffsetAndMetadata(450)));
        assertThat(lag.seekIntoRange(truncated)).isEmpty();
        assertThat(consumer.position(FIRST)).isEqualTo(450);
        assertThat(lost()).isZero();
    }

    @Test
    void readsANewIncarnationFromItsStart() {
        assertThat(lag.seekIntoRange(new OffsetOutOfRangeException(Map.of(FIRST, 500L))))
                .containsExactly(0);
        assertThat(consumer.position(FIRST)).isEqualTo(100);
        assertThat(lost()).isZero();
    }
}
