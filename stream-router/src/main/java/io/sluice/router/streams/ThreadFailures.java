package io.sluice.router.streams;

import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.topology.NewLogException;
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
 * another one would meet too, Kafka Streams ends and whoever runs it starts it again after a pause. Thread-safe.
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

    ThreadFailures(RouterMetrics metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable failure) {
        metrics.threadFailed();
        last = failure;
        boolean repeated = count() >= REPEATED;
        StreamThreadExceptionResponse response = repeated || !couldAnotherThreadGoOn(failure)
                ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
                : StreamThreadExceptionResponse.REPLACE_THREAD;
        // Kafka Streams writes the stack trace.
        log.atError()
                .addKeyValue("response", response)
                .addKeyValue("cause", cause())
                .log("A stream thread has died");
        return response;
    }

    private static boolean couldAnotherThreadGoOn(Throwable failure) {
        return !(failure instanceof Error
                || causedBy(failure, MissingSourceTopicException.class)
                || causedBy(failure, NewLogException.class)
                || causedBy(failure, FencedInstanceIdException.class));
    }

    private synchronized int count() {
        recent.add(nanoTime.getAsLong());
        return recentCount();
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
                : count + " threads have died within " + WINDOW.toMinutes() + " minutes; the last one of: " + cause();
    }

    /** What the last thread has died of, in one line. */
    String cause() {
        Throwable cause = last;
        if (cause == null) {
            return "unknown";
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Whether the last thread has died of this. */
    boolean isOf(Class<? extends Throwable> type) {
        return causedBy(last, type);
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
