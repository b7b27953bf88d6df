package io.sluice.local;

import io.sluice.kit.StartException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts parts side by side and remembers them, so that all can be closed in the reverse order. When one does not start,
 * the others of its group are told to give up. Not thread-safe.
 */
final class Startup implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Startup.class);

    /** What has started; the last one first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T start(T part) {
        started.push(part);
        return part;
    }

    /**
     * Starts a group and returns when all of it has started.
     *
     * @return the parts, in the order of the starters
     * @throws StartException of the first that could not, once none of the group is starting any more
     */
    <T extends AutoCloseable> List<T> startAll(List<? extends Callable<? extends T>> starters)
            throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(starters.size(), work -> new Thread(work, "startup"));
        List<Future<? extends T>> starting = new ArrayList<>();
        try {
            starters.forEach(starter -> starting.add(threads.submit(starter)));
            List<T> parts = new ArrayList<>();
            for (Future<? extends T> part : starting) {
                parts.add(part.get());
            }
            parts.forEach(this::start);
            return parts;
        } catch (ExecutionException e) {
            abandon(threads, starting);
            throw reason(e.getCause());
        } catch (InterruptedException e) {
            abandon(threads, starting);
            throw e;
        } finally {
            threads.shutdown();
        }
    }

    /** Interrupts those that still start, and closes those that have started. */
    private void abandon(ExecutorService threads, List<? extends Future<? extends AutoCloseable>> starting) {
        threads.shutdownNow();
        for (Future<? extends AutoCloseable> part : starting) {
            try {
                start(part.get());
            } catch (ExecutionException e) {
                log.atDebug().setCause(e.getCause()).log("A part did not start");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static RuntimeException reason(Throwable cause) {
        if (cause instanceof StartException reason) {
            return reason;
        }
        if (cause instanceof RuntimeException defect) {
            return defect;
        }
        return new IllegalStateException(cause);
    }

    /** Closes all that has started, the last one first. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) { // AutoCloseable's signature; the rest has to be closed all the same.
                log.atWarn().setCause(e).log("A part of the cluster did not close cleanly");
            }
        }
    }
}
