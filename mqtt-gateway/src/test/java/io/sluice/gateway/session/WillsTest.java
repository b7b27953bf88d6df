package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WillsTest {

    private static final int MAX_BYTES = 10_000;

    private final ManualSink sink = new ManualSink();
    private final MovableTimer timer = new MovableTimer();
    private final Wills wills = new Wills(sink, timer, MAX_BYTES);

    /** A timer that runs what is due when the test says so. */
    private static final class MovableTimer extends ScheduledThreadPoolExecutor {
        private final List<Runnable> due = new ArrayList<>();

        MovableTimer() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            due.add(task);
            return null;
        }

        void elapse() {
            List<Runnable> now = List.copyOf(due);
            due.clear();
            now.forEach(Runnable::run);
        }
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private static PublishRecord will(String payload) {
        return PublishRecord.outgoing(
                "w".getBytes(StandardCharsets.UTF_8),
                payload.getBytes(StandardCharsets.UTF_8),
                Qos.AT_LEAST_ONCE,
                false,
                null,
                PublishProperties.NONE);
    }

    private List<String> published() {
        return sink.messages.stream()
                .map(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void publishesAWillAtOnceWhenItHasNoDelay() {
        wills.connectionLost("c", will("a"), 0);
        assertThat(published()).containsExactly("a");
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void publishesADelayedWillOnceWhenItsTimeHasCome() {
        wills.connectionLost("c", will("a"), 5);
        assertThat(published()).isEmpty();

        timer.elapse();
        assertThat(published()).containsExactly("a");
        wills.connected("c", true);
        assertThat(published()).hasSize(1);
    }

    @Test
    @Normative("MQTT-3.1.3-9")
    void forgetsADelayedWillWhenTheClientComesBackInTime() {
        wills.connectionLost("c", will("a"), 5);
        wills.connected("c", false);
        timer.elapse();
        assertThat(published()).isEmpty();
    }

    @Test
    void publishesADelayedWillAtOnceWhenTheClientComesBackClean() {
        wills.connectionLost("c", will("a"), 5);
        wills.connected("c", true);
        timer.elapse();
        assertThat(published()).containsExactly("a");
    }

    @Test
    void keepsTheLaterOfTwoDelayedWillsWhenTheFirstOnesTimeComes() {
        wills.connectionLost("c", will("a"), 5);
        wills.connected("c", false);
        wills.connectionLost("c", will("b"), 5);
        timer.elapse();
        assertThat(published()).containsExactly("b");
    }

    @Test
    void publishesAWillAgainUntilTheLogCanTakeIt() {
        wills.connectionLost("c", will("a"), 0);
        refuseLast(PublicationSink.Cause.FAILED);
        assertThat(published()).hasSize(1);

        timer.elapse();
        refuseLast(PublicationSink.Cause.FAILED);
        timer.elapse();
        assertThat(published()).containsExactly("a", "a", "a");

        sink.listeners.get(2).appended();
        timer.elapse();
        assertThat(published()).hasSize(3);
    }

    @Test
    void givesUpAWillThatTheLogWillNeverTake() {
        wills.connectionLost("c", will("a"), 0);
        refuseLast(PublicationSink.Cause.TOO_LARGE);
        timer.elapse();
        assertThat(published()).hasSize(1);
    }

    private void refuseLast(PublicationSink.Cause cause) {
        sink.listeners.get(sink.listeners.size() - 1).refused(new PublicationSink.Refusal(cause, "why"));
    }

    @Test
    void publishesAtOnceWhatWouldBeTooMuchToKeep() {
        String large = "x".repeat(MAX_BYTES / 2);
        wills.connectionLost("c", will(large), 5);
        wills.connectionLost("d", will(large), 5);
        assertThat(published()).containsExactly(large);

        wills.connected("c", false);
        wills.connectionLost("d", will(large), 5);
        assertThat(published()).hasSize(1);
        timer.elapse();
        assertThat(published()).hasSize(2);
        wills.connectionLost("d", will(large), 5);
        assertThat(published()).hasSize(2);
    }
}
