package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WillsTest {

    private final ManualSink sink = new ManualSink();
    private final MovableTimer timer = new MovableTimer();
    private final Wills wills = new Wills(sink, timer);
    private int settled;

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

    private void publish(String payload) {
        wills.publish("c", will(payload), () -> settled++);
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void publishesAWillAtOnce() {
        publish("a");
        assertThat(published()).containsExactly("a");
        assertThat(settled).isZero();
        assertThat(wills.underway()).isOne();

        sink.listeners.get(0).appended();
        assertThat(settled).isOne();
        assertThat(wills.underway()).isZero();
    }

    @Test
    void publishesAWillAgainUntilTheLogCanTakeIt() {
        publish("a");
        refuseLast(PublicationSink.Cause.FAILED);
        assertThat(published()).hasSize(1);

        timer.elapse();
        refuseLast(PublicationSink.Cause.FAILED);
        timer.elapse();
        assertThat(published()).containsExactly("a", "a", "a");
        assertThat(settled).isZero();

        sink.listeners.get(2).appended();
        timer.elapse();
        assertThat(published()).hasSize(3);
        assertThat(settled).isOne();
    }

    @Test
    void givesUpAWillThatTheLogWillNeverTake() {
        publish("a");
        refuseLast(PublicationSink.Cause.TOO_LARGE);
        timer.elapse();
        assertThat(published()).hasSize(1);
        assertThat(settled).isOne();
    }

    @Test
    void tellsHowLongTheOldestWaits() {
        assertThat(wills.longestWait()).isZero();
        publish("a");
        long between = System.nanoTime();
        publish("b");

        sink.listeners.get(1).appended();
        Duration atLeast = Duration.ofNanos(System.nanoTime() - between);
        assertThat(wills.longestWait()).isGreaterThanOrEqualTo(atLeast);
        sink.listeners.get(0).appended();
        assertThat(wills.longestWait()).isZero();
    }

    private void refuseLast(PublicationSink.Cause cause) {
        sink.listeners.get(sink.listeners.size() - 1).refused(new PublicationSink.Refusal(cause, "why"));
    }
}
