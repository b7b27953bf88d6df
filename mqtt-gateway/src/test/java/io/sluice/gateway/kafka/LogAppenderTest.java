package io.sluice.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.PublicationSink.Cause;
import io.sluice.gateway.session.PublicationSink.Listener;
import io.sluice.gateway.session.PublicationSink.Refusal;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LogAppenderTest {

    private static final int PAYLOAD = 1_000;
    private static final int MAX_IN_FLIGHT = 10_000;

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final LogAppender appender =
            new LogAppender(producer, "log", MAX_IN_FLIGHT, new GatewayMetrics(new SimpleMeterRegistry()));
    private final List<String> outcomes = new ArrayList<>();

    private void append(String topic) {
        PublishRecord message = PublishRecord.outgoing(
                topic.getBytes(UTF_8), new byte[PAYLOAD], Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE);
        appender.append(message, new Listener() {
            @Override
            public void appended() {
                outcomes.add(topic + " appended");
            }

            @Override
            public void refused(Refusal refusal) {
                outcomes.add(topic + " " + refusal.cause());
            }
        });
    }

    @Test
    void tellsOfEachMessageWhenKafkaHasConfirmedItAndNotBefore() {
        append("a");
        append("b");
        assertThat(producer.history())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsExactly("a", "b");
        assertThat(outcomes).isEmpty();

        producer.completeNext();
        assertThat(outcomes).containsExactly("a appended");

        producer.completeNext();
        assertThat(outcomes).containsExactly("a appended", "b appended");
    }

    /** P10: what bounds memory while Kafka is away. */
    @Test
    void isFullFromItsLimitOnUntilHalfOfItIsConfirmed() {
        int[] rooms = {0};
        appender.onRoom(() -> rooms[0]++);
        int appended = 0;
        while (!appender.isFull()) {
            append("a");
            appended++;
            assertThat(appended).as("messages of %d bytes", PAYLOAD).isLessThanOrEqualTo(MAX_IN_FLIGHT / PAYLOAD);
        }
        assertThat(appended).isGreaterThan(MAX_IN_FLIGHT / PAYLOAD / 2);

        int confirmed = 0;
        while (appender.isFull()) {
            assertThat(rooms[0]).isZero();
            assertThat(producer.completeNext()).isTrue();
            confirmed++;
        }
        assertThat(confirmed).isBetween(appended / 2, appended / 2 + 1);
        assertThat(rooms[0]).isEqualTo(1);
    }

    @Test
    void tellsWhyKafkaRefused() {
        Map.of(
                        "large", new RecordTooLargeException("too large"),
                        "forbidden", new TopicAuthorizationException("log"),
                        "invalid", new InvalidRecordException("no"),
                        "late", new TimeoutException("too late"))
                .forEach((topic, failure) -> {
                    append(topic);
                    producer.errorNext(failure);
                });
        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        "large " + Cause.TOO_LARGE,
                        "forbidden " + Cause.NOT_AUTHORIZED,
                        "invalid " + Cause.INVALID,
                        "late " + Cause.FAILED);
    }

    /** Kafka's producer tells of some failures by throwing; the message counts as in flight no longer. */
    @Test
    void refusesWhatTheProducerDoesNotTake() {
        producer.sendException = new IllegalStateException("closed");
        for (int i = 0; i < 2 * MAX_IN_FLIGHT / PAYLOAD; i++) {
            append("a");
        }
        assertThat(outcomes).hasSize(2 * MAX_IN_FLIGHT / PAYLOAD).containsOnly("a " + Cause.FAILED);
        assertThat(appender.isFull()).isFalse();
    }
}
