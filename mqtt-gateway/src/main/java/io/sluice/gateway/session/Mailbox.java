package io.sluice.gateway.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands things from any thread to one event loop with one wake-up for all that gather before it runs, in order. A lock
 * around two array stores costs less here than a node for each thing would.
 *
 * @param <T> what is handed over
 */
public final class Mailbox<T> {

    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    private final Executor loop;
    private final Consumer<T> handler;
    private final Runnable afterBatch;
    private List<T> incoming = new ArrayList<>();
    private List<T> draining = new ArrayList<>();

    /**
     * A mailbox of one event loop.
     *
     * @param loop runs the handler
     * @param handler takes each thing
     * @param afterBatch runs after all that had gathered
     */
    public Mailbox(Executor loop, Consumer<T> handler, Runnable afterBatch) {
        this.loop = loop;
        this.handler = handler;
        this.afterBatch = afterBatch;
    }

    /** Hands one thing over. */
    public void offer(T thing) {
        boolean first;
        synchronized (this) {
            first = incoming.isEmpty();
            incoming.add(thing);
        }
        if (first) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                log.atDebug().log("The event loop has ended, and all that waited for answers with it");
            }
        }
    }

    /** A defect that shows with one thing must not keep the others from being handled, now and later. */
    private void handle(T thing) {
        try {
            handler.accept(thing);
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("Handling what another thread had handed over failed");
        }
    }

    private void drain() {
        List<T> batch;
        synchronized (this) {
            batch = incoming;
            incoming = draining;
            draining = batch;
        }
        for (int i = 0; i < batch.size(); i++) {
            handle(batch.get(i));
        }
        batch.clear();
        afterBatch.run();
    }
}
