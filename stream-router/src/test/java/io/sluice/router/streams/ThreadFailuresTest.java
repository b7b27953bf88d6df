package io.sluice.router.streams;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.topology.ForeignStateException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThreadFailuresTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong clock = new AtomicLong();
    private final ThreadFailures failures = new ThreadFailures(new RouterMetrics(registry), clock::get);

    @Test
    void replacesAThreadThatHasDied() {
        assertThat(failures.handle(new IllegalStateException("broken"))).isEqualTo(REPLACE_THREAD);

        assertThat(failures.isRepeated()).isFalse();
        assertThat(failures.detail()).contains(": 1,").endsWith("broken");
        assertThat(registry.get("sluice.router.thread.failures").counter().count())
                .isEqualTo(1);
    }

    @Test
    void endsTheRunWhenThreadsDieRepeatedly() {
        failures.handle(new IllegalStateException("broken"));
        failures.handle(new IllegalStateException("broken"));

        assertThat(failures.handle(new IllegalStateException("broken again"))).isEqualTo(SHUTDOWN_CLIENT);

        assertThat(failures.isRepeated()).isTrue();
        assertThat(failures.detail()).contains("broken again");
    }

    @Test
    void forgetsFailuresOfLongAgo() {
        for (int i = 0; i < 10; i++) {
            assertThat(failures.handle(new IllegalStateException("broken"))).isEqualTo(REPLACE_THREAD);
            clock.addAndGet(Duration.ofMinutes(3).toNanos());
        }

        assertThat(failures.isRepeated()).isFalse();
    }

    static Stream<Throwable> whatAnotherThreadWouldMeetToo() {
        return Stream.of(
                new OutOfMemoryError("heap"),
                new MissingSourceTopicException("gone"),
                new StreamsException(new ForeignStateException("made anew")),
                new StreamsException(new FencedInstanceIdException("fenced")),
                new ProcessorStateException("put", new IOException("While appending: No space left on device")));
    }

    @ParameterizedTest
    @MethodSource("whatAnotherThreadWouldMeetToo")
    void endsTheRunForWhatAnotherThreadWouldMeetToo(Throwable failure) {
        assertThat(failures.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
    }

    @Test
    void aFullDiskDoesNotCountAsThreadsThatDieRepeatedly() {
        for (int i = 0; i < 10; i++) {
            failures.handle(new ProcessorStateException("put", new IOException("No space left on device")));
        }

        assertThat(failures.isOfFullDisk()).isTrue();
        assertThat(failures.isRepeated()).isFalse();
    }

    @Test
    void knowsTheCauseBehindTheException() {
        failures.handle(new StreamsException("outer", new ForeignStateException("made anew")));

        assertThat(failures.cause()).isEqualTo("made anew");
        assertThat(failures.isOf(ForeignStateException.class)).isTrue();
        assertThat(failures.isOf(FencedInstanceIdException.class)).isFalse();
        failures.newRun();
        assertThat(failures.isOf(ForeignStateException.class)).isFalse();
        assertThat(failures.cause()).isEqualTo("made anew");
    }
}
