package io.sluice.router.streams;

import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.topology.ForeignStateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows when a stream thread dies. Another takes its place; when they die repeatedly, or for a reason that
 * another one would meet too, Kafka Streams ends, and whoever runs it starts it again after a pause. Thread-safe.
 */
final class ThreadFailures implements StreamsUncaughtExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ThreadFailures.class);
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int REPEATED = 3;

    private final RouterMetrics metrics;
    private final LongSupplier nanoTime;
    /** When threads have died lately, by the monotonic clock. */
    private final Deque<Long> recent = new ArrayDeque<>();

    private volatile Throwable last;
    /** As above, since the present run began. */
    private volatile Throwable lastOfRun;

    ThreadFailures(RouterMetrics metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        metrics.threadFailed();
        last = failure;
        lastOfRun = failure;
        StreamThreadExceptionResponse response = isForTheRunToMend(failure) || isOnceTooOften(failure)
                ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
                : StreamThreadExceptionResponse.REPLACE_THREAD;
        // Kafka Streams writes the stack trace.
        log.atError()
                .addKeyValue("response", response)
                .addKeyValue("cause", cause())
                .log("A stream thread has died");
        return response;
    }

    /** Another thread would meet it too, and who runs the topology knows what to do about it. */
    private static boolean isForTheRunToMend(Throwable failure) {
        return Causes.include(failure, MissingSourceTopicException.class)
                || Causes.include(failure, ForeignStateException.class)
                || Causes.include(failure, FencedInstanceIdException.class)
                || Causes.isFullDisk(failure);
    }

    private synchronized boolean isOnceTooOften(Throwable failure) {
        recent.add(nanoTime.getAsLong());
        return failure instanceof Error || recentCount() >= REPEATED;
    }

    private synchronized int recentCount() {
        long now = nanoTime.getAsLong();
        while (!recent.isEmpty() && now - recent.peek() > WINDOW.toNanos()) {
            recent.remove();
        }
        return recent.size();
    }

    /** Whether threads die so often that the router should not be relied on. */
    boolean isRepeated() {
        return recentCount() >= REPEATED;
    }

    /** For the operator: how many have died lately, and of what the last one. */
    String detail() {
        int count = recentCount();
        return count == 0
                ? "no thread has died lately"
                : "threads that have died within " + WINDOW.toMinutes() + " minutes: " + count + ", the last one of: "
                        + cause();
    }

    /** What the last thread has died of, in one line. */
    String cause() {
        Throwable failure = last;
        return failure == null ? "unknown" : Causes.rootMessage(failure);
    }

    /** Kafka Streams begins again: what ended it before tells nothing of what will end it now. */
    void newRun() {
        lastOfRun = null;
    }

    /** Whether the last thread of this run has died because a disk was full. */
    boolean isOfFullDisk() {
        return Causes.isFullDisk(lastOfRun);
    }

    /** Whether the last thread of this run has died of this. */
    boolean isOf(Class<? extends Throwable> type) {
        return Causes.include(lastOfRun, type);
    }
}
