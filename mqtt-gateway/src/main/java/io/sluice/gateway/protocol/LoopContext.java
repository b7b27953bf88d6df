package io.sluice.gateway.protocol;

import io.netty.channel.EventLoop;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliveryBatch;
import io.sluice.gateway.session.DeliveryLane;
import io.sluice.gateway.session.Mailbox;
import io.sluice.gateway.session.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share, and the lane by which deliveries reach them: everything that a batch writes
 * is flushed once for each connection at its end. Confined to the event loop but for {@link #submit} and {@link
 * #completions}.
 */
public final class LoopContext implements DeliveryLane {

    private static final Logger log = LoggerFactory.getLogger(LoopContext.class);

    /** Batches under way to the loop; the tail waits beyond that. */
    private static final int MAX_BATCHES = 4;

    private static final long SWEEP_INTERVAL_MS = 500;

    private final int index;
    private final EventLoop loop;
    private final GatewayMetrics metrics;
    private final PublishEncoder encoder = new PublishEncoder();
    private final Mailbox<Publication> completions;
    private final Semaphore batches = new Semaphore(MAX_BATCHES);
    private final List<ClientConnection> unflushed = new ArrayList<>();
    private final List<ClientConnection> connections = new ArrayList<>();

    /** @param index of the loop among the gateway's lanes */
    public LoopContext(int index, EventLoop loop, GatewayMetrics metrics) {
        this.index = index;
        this.loop = loop;
        this.metrics = metrics;
        this.completions = new Mailbox<>(loop, Publication::complete, this::flush);
        loop.scheduleWithFixedDelay(this::sweep, SWEEP_INTERVAL_MS, SWEEP_INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    /** The loop's index among the lanes. */
    int index() {
        return index;
    }

    EventLoop loop() {
        return loop;
    }

    PublishEncoder encoder() {
        return encoder;
    }

    /** Brings answers of the log to the loop; any thread. */
    Mailbox<Publication> completions() {
        return completions;
    }

    void opened(ClientConnection connection) {
        connection.setLoopSlot(connections.size());
        connections.add(connection);
    }

    void closed(ClientConnection connection) {
        // The last one moves into the hole, so that closing costs the same however many there are.
        ClientConnection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(connection.loopSlot(), last);
            last.setLoopSlot(connection.loopSlot());
        }
    }

    /** A connection has something to flush. */
    void unflushed(ClientConnection connection) {
        unflushed.add(connection);
    }

    /** Flushes what this turn of the loop has written. */
    void flush() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flushPending();
        }
        unflushed.clear();
    }

    @Override
    public void submit(DeliveryBatch batch) throws InterruptedException {
        batches.acquire();
        try {
            loop.execute(() -> deliver(batch));
        } catch (RejectedExecutionException e) {
            batches.release(); // The loop is shut down, and its connections with it.
        }
    }

    private void deliver(DeliveryBatch batch) {
        try {
            batch.run();
            encoder.endBatch();
            flush();
            long now = System.currentTimeMillis();
            batch.forEachMessage(message -> metrics.deliveredAfter(now - message.timestamp()));
        } finally {
            batches.release();
        }
    }

    /** There is room in the log again: publishers that had to wait are read from. Any thread. */
    public void resumePublishers() {
        loop.execute(() -> {
            // Backwards, as in the sweep: reading on may close the connection.
            for (int i = connections.size() - 1; i >= 0; i--) {
                connections.get(i).resumeReading();
            }
            flush();
        });
    }

    /** A timer that has thrown once is not called again. */
    private static void checkDeadlines(ClientConnection connection, long now) {
        try {
            connection.checkDeadlines(now);
        } catch (RuntimeException | Error e) {
            log.atError()
                    .addKeyValue("client", connection.clientId())
                    .setCause(e)
                    .log("Checking a connection failed because of a defect");
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        // Backwards, because a connection that is closed here is replaced by the last one.
        for (int i = connections.size() - 1; i >= 0; i--) {
            checkDeadlines(connections.get(i), now);
        }
        flush();
    }
}
