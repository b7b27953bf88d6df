package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes wills of clients whose session ends with its connection (MQTT 5.0 section 3.1.2.5). A will waits no longer than its
 * session ([MQTT-3.1.3-9]), so these are due at once. Thread-safe.
 */
public final class Wills {

    private static final Logger log = LoggerFactory.getLogger(Wills.class);

    private static final long RETRY_SECONDS = 1;

    private final PublicationSink sink;
    private final ScheduledExecutorService timer;
    private final AtomicLong underway = new AtomicLong();
    /** When each of them became due, by the monotonic clock; no two have the same number. */
    private final ConcurrentSkipListSet<Long> dueSince = new ConcurrentSkipListSet<>();

    private final AtomicLong lastDue = new AtomicLong(System.nanoTime());

    /** @param timer tries again what could not be published */
    public Wills(PublicationSink sink, ScheduledExecutorService timer) {
        this.sink = sink;
        this.timer = timer;
    }

    /**
     * Publishes a will.
     *
     * @param settled run when the log has it, or has refused it for good; on any thread
     */
    public void publish(String clientId, PublishRecord will, Runnable settled) {
        underway.incrementAndGet();
        long due = lastDue.updateAndGet(last -> Math.max(last + 1, System.nanoTime()));
        dueSince.add(due);
        append(clientId, will, () -> {
            settled.run();
            dueSince.remove(due);
            underway.decrementAndGet();
        });
    }

    /** How long the will has been due that waits longest for the log; 0 if none does. */
    public Duration longestWait() {
        Iterator<Long> oldest = dueSince.iterator();
        return oldest.hasNext() ? Duration.ofNanos(Math.max(0, System.nanoTime() - oldest.next())) : Duration.ZERO;
    }

    /** How many wills are on their way to the log. */
    public long underway() {
        return underway.get();
    }

    private void append(String clientId, PublishRecord will, Runnable settled) {
        sink.append(will, new PublicationSink.Listener() {
            @Override
            public void appended() {
                settled.run();
            }

            @Override
            public void refused(PublicationSink.Refusal refusal) {
                if (refusal.cause() == PublicationSink.Cause.FAILED) {
                    publishLater(clientId, will, settled);
                    return;
                }
                log.atWarn()
                        .addKeyValue("client", clientId)
                        .addKeyValue("cause", refusal.detail())
                        .log("Will message refused by the log");
                settled.run();
            }
        });
    }

    /**
     * When many clients are lost at once, or while Kafka is away, there can be more wills than may be on their way to the
     * log. They were in memory before, one for each client, so that letting them wait costs no more.
     */
    private void publishLater(String clientId, PublishRecord will, Runnable settled) {
        try {
            timer.schedule(() -> append(clientId, will, settled), RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // This gateway stops; who learns of its end publishes the will.
            log.atDebug().addKeyValue("client", clientId).log("Will left to the cluster");
        }
    }
}
