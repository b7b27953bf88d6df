package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.Normative;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final int WINDOW = 2;
    private static final int QUEUE = 3;
    private static final int QUEUE_BYTES = 1_000;
    private static final PublicationSink.Refusal TOO_LARGE =
            new PublicationSink.Refusal(PublicationSink.Cause.TOO_LARGE, "too large");
    private static final PublicationSink.Refusal FAILED =
            new PublicationSink.Refusal(PublicationSink.Cause.FAILED, "timed out");

    private final RecordingConnection client = new RecordingConnection();
    private final ManualSink sink = new ManualSink();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Session session = session(false);

    private Session session(boolean dropWhenFull) {
        return new Session(
                "client",
                0,
                client,
                new SessionLimits(WINDOW, QUEUE, QUEUE_BYTES, dropWhenFull, 4),
                new QueuedBytes(1_000_000),
                sink,
                new Mailbox<>(Runnable::run, Publication::complete, () -> {}),
                new GatewayMetrics(registry));
    }

    private static PublishRecord message(String payload, Qos qos) {
        return PublishRecord.outgoing(
                "t".getBytes(StandardCharsets.UTF_8),
                payload.getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                null,
                PublishProperties.NONE);
    }

    private void deliver(String payload, Qos qos) {
        session.deliver(message(payload, qos), qos, false, new int[0]);
    }

    private double dropped(String reason) {
        return registry.get("sluice.drops")
                .tag("reason", reason)
                .functionCounter()
                .count();
    }

    @Test
    @Normative({"MQTT-4.3.2-4", "MQTT-4.3.3-8"})
    void acknowledgesInTheOrderOfThePublishesThoughTheLogAnswersInAnother() {
        session.publish(message("a", Qos.AT_LEAST_ONCE), 1);
        session.publish(message("b", Qos.AT_LEAST_ONCE), 2);
        session.publish(message("c", Qos.EXACTLY_ONCE), 3);

        sink.listeners.get(2).appended();
        sink.listeners.get(1).appended();
        assertThat(client.take()).isEmpty();

        sink.listeners.get(0).appended();
        assertThat(client.take()).containsExactly("PUBACK 1", "PUBACK 2", "PUBREC 3");
    }

    @Test
    @Normative("MQTT-4.3.3-10")
    void appendsAQos2MessageOnceHoweverOftenItIsSent() {
        session.publish(message("a", Qos.EXACTLY_ONCE), 7);
        assertThat(session.isUnreleased(7)).isTrue();

        session.publishedAgain(7);
        assertThat(client.take()).as("no PUBREC before the log has it").isEmpty();

        sink.listeners.get(0).appended();
        session.publishedAgain(7);
        assertThat(client.take()).containsExactly("PUBREC 7", "PUBREC 7");
        assertThat(sink.messages).hasSize(1);
    }

    @Test
    @Normative({"MQTT-4.3.3-11", "MQTT-4.3.3-12"})
    void freesAQos2IdentifierWithPubrelAndNotBefore() {
        session.publish(message("a", Qos.EXACTLY_ONCE), 7);
        assertThat(session.pubrel(7)).as("before PUBREC").isEqualTo(Session.Answer.UNKNOWN);
        sink.listeners.get(0).appended();

        assertThat(session.pubrel(7)).isEqualTo(Session.Answer.NOW);
        assertThat(session.isUnreleased(7)).isFalse();
        assertThat(session.pubrel(7)).as("unknown by now").isEqualTo(Session.Answer.UNKNOWN);
        assertThat(session.inboundInFlight()).isZero();
    }

    @Test
    @Normative("MQTT-3.3.4-7")
    void countsEachUnacknowledgedMessageOnceAgainstTheReceiveMaximum() {
        session.publish(message("a", Qos.AT_LEAST_ONCE), 1);
        session.publish(message("b", Qos.EXACTLY_ONCE), 2);
        assertThat(session.inboundInFlight()).isEqualTo(2);

        sink.listeners.forEach(PublicationSink.Listener::appended);
        assertThat(session.inboundInFlight()).as("the QoS 2 one until PUBREL").isEqualTo(1);
    }

    @Test
    void tellsThePublisherWhenTheLogRefusesItsMessage() {
        session.publish(message("a", Qos.AT_LEAST_ONCE), 1);
        session.publish(message("b", Qos.EXACTLY_ONCE), 2);
        sink.listeners.forEach(listener -> listener.refused(TOO_LARGE));

        assertThat(client.take()).containsExactly("PUBACK 1 TOO_LARGE", "PUBREC 2 TOO_LARGE");
        assertThat(session.isUnreleased(2)).as("free for reuse after an error").isFalse();
        assertThat(session.inboundInFlight()).isZero();
    }

    @Test
    @Normative("MQTT311-4.8.0-2")
    void endsTheConnectionWhenAnAppendFailsForGoodSoThatOrderIsKept() {
        session.publish(message("a", Qos.AT_MOST_ONCE), 0);
        sink.listeners.get(0).refused(FAILED);

        assertThat(client.take()).containsExactly("END LOG_UNAVAILABLE");
    }

    @Test
    void asksForMoreWhenTheLogHasCaughtUpWithThePublisher() {
        for (int id = 1; id <= 4; id++) {
            session.publish(message("m", Qos.AT_LEAST_ONCE), id);
        }
        assertThat(session.isAheadOfLog()).isTrue();

        sink.listeners.get(0).appended();
        assertThat(client.resumed).isZero();
        sink.listeners.get(1).appended();
        assertThat(client.resumed).isPositive();
    }

    @Test
    @Normative({"MQTT-3.3.4-9", "MQTT-4.9.0-1"})
    void sendsNoMoreThanTheReceiveMaximumAndTheRestInOrder() {
        deliver("a", Qos.AT_LEAST_ONCE);
        deliver("b", Qos.EXACTLY_ONCE);
        deliver("c", Qos.AT_LEAST_ONCE);
        deliver("d", Qos.AT_LEAST_ONCE);
        assertThat(client.take()).containsExactly("PUBLISH a qos1 id1", "PUBLISH b qos2 id2");

        session.puback(1);
        assertThat(client.take()).containsExactly("PUBLISH c qos1 id3");

        assertThat(session.pubrec(2, true)).isEqualTo(Session.Answer.NOW);
        assertThat(client.take()).as("the window is free with PUBCOMP").isEmpty();
        session.pubcomp(2);
        assertThat(client.take()).containsExactly("PUBLISH d qos1 id4");
    }

    @Test
    @Normative("MQTT-4.9.0-2")
    void sendsQos0PastAFullWindow() {
        deliver("a", Qos.AT_LEAST_ONCE);
        deliver("b", Qos.AT_LEAST_ONCE);
        deliver("c", Qos.AT_LEAST_ONCE);
        deliver("d", Qos.AT_MOST_ONCE);

        assertThat(client.take()).containsExactly("PUBLISH a qos1 id1", "PUBLISH b qos1 id2", "PUBLISH d qos0");
    }

    @Test
    void keepsTheOrderOfQos0WhenTheSocketIsFull() {
        client.writable = false;
        deliver("a", Qos.AT_MOST_ONCE);
        client.writable = true;
        deliver("b", Qos.AT_MOST_ONCE);
        assertThat(client.take()).isEmpty();

        session.sendQueued();
        assertThat(client.take()).containsExactly("PUBLISH a qos0", "PUBLISH b qos0");
    }

    @Test
    void dropsQos0WhenTheQueueIsFull() {
        client.writable = false;
        for (int i = 0; i < QUEUE + 2; i++) {
            deliver("m" + i, Qos.AT_MOST_ONCE);
        }

        assertThat(dropped("queue-full")).isEqualTo(2);
        assertThat(client.take()).isEmpty();
    }

    @Test
    void countsWhatFindsNoRoomForItsBytes() {
        client.writable = false;
        deliver("x".repeat(QUEUE_BYTES - 1), Qos.AT_MOST_ONCE);
        deliver("y", Qos.AT_MOST_ONCE);
        assertThat(dropped("queue-full")).isOne();

        session.end("", null);
        assertThat(dropped("queue-full"))
                .as("what waited at the end was not dropped for lack of room")
                .isOne();
    }

    @Test
    void endsTheConnectionWhenAcknowledgedMessagesFindTheQueueFull() {
        client.writable = false;
        for (int i = 0; i < QUEUE + 1; i++) {
            deliver("m" + i, Qos.AT_LEAST_ONCE);
        }

        assertThat(client.take()).containsExactly("END QUEUE_FULL");
    }

    @Test
    void dropsAcknowledgedMessagesInsteadIfConfigured() {
        Session dropping = session(true);
        client.writable = false;
        for (int i = 0; i < QUEUE + 1; i++) {
            dropping.deliver(message("m", Qos.AT_LEAST_ONCE), Qos.AT_LEAST_ONCE, false, new int[0]);
        }

        assertThat(client.take()).isEmpty();
    }

    @Test
    @Normative({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void leavesOutWhatIsTooLargeForTheClientAndGoesOn() {
        client.maximumPayload = 1;
        deliver("large", Qos.AT_LEAST_ONCE);
        deliver("a", Qos.AT_LEAST_ONCE);
        deliver("b", Qos.AT_LEAST_ONCE);

        assertThat(client.take()).as("the window is whole").hasSize(2);
        assertThat(dropped("packet-too-large")).isEqualTo(1);
    }

    @Test
    @Normative("MQTT-4.3.3-4")
    void forgetsAQos2MessageThatTheClientRefuses() {
        deliver("a", Qos.EXACTLY_ONCE);
        assertThat(session.pubrec(1, false)).isEqualTo(Session.Answer.NOW);
        assertThat(session.pubrec(1, true)).as("free").isEqualTo(Session.Answer.UNKNOWN);
    }

    @Test
    void writesNothingAfterTheEnd() {
        session.publish(message("a", Qos.AT_LEAST_ONCE), 1);
        session.end("test", null);
        sink.listeners.get(0).appended();
        deliver("b", Qos.AT_MOST_ONCE);

        assertThat(client.take()).isEmpty();
    }
}
