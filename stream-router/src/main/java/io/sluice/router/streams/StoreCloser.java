package io.sluice.router.streams;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes state stores: at once, on the thread that asks for it, until the router leaves. Then it is done in the background. Each takes
 * tens of milliseconds, since it writes to the disk, and Kafka Streams leaves its group when the last one is closed; until
 * then nobody takes the tasks over. By the time that it closes stores everything is committed. Thread-safe.
 */
final class StoreCloser implements Executor, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StoreCloser.class);
    /** Most of the time is spent waiting for the disk. */
    private static final int THREADS = 4;

    private final ExecutorService background = Executors.newFixedThreadPool(THREADS);
    private final Duration timeout;
    private volatile boolean leaving;

    /**
     * None has a thread before it is needed.
     *
     * @param timeout how long {@link #close} waits at most
     */
    StoreCloser(Duration timeout) {
        this.timeout = timeout;
    }

    /** From now on nobody waits for stores to be closed but {@link #close}. */
    void leave() {
        leaving = true;
    }

    @Override
    public void execute(Runnable closeStore) {
        if (leaving) {
            background.execute(closeStore);
        } else {
            closeStore.run();
        }
    }

    /** Returns when all stores are closed. */
    @Override
    public void close() throws InterruptedException {
        background.shutdown();
        if (!background.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            log.atWarn().log("The state was not closed in time; it is read from Kafka at the next start");
        }
    }
}
