package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Will messages of connections that ended without a DISCONNECT (MQTT 5.0 section 3.1.2.5). A delayed will waits here for
 * as long as this gateway lives. When too much waits, the next ones are published without their delay, as they may be: here
 * a session ends with its connection, and a will waits no longer than its session ([MQTT-3.1.3-9]). Thread-safe.
 */
public final class Wills {

    private static final Logger log = LoggerFactory.getLogger(Wills.class);

    private static final long RETRY_SECONDS = 1;
    /** What a delayed will takes beside its content, about. */
    private static final int OVERHEAD_BYTES = 500;

    private final PublicationSink sink;
    private final ScheduledExecutorService timer;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentHashMap<String, Delayed> delayed = new ConcurrentHashMap<>();

    /** A will that waits; equal to itself alone. */
    private static final class Delayed {
        private final PublishRecord message;
        /** Cancelled when the client is back first; null for the moment before it is scheduled. */
        private volatile Future<?> firing;

        private Delayed(PublishRecord message) {
            this.message = message;
        }

        private long footprint() {
            return (long) OVERHEAD_BYTES + message.weight();
        }
    }

    /**
     * Without any will yet.
     *
     * @param timer fires delayed wills
     * @param maxBytes of all wills that wait
     */
    public Wills(PublicationSink sink, ScheduledExecutorService timer, long maxBytes) {
        this.sink = sink;
        this.timer = timer;
        this.maxBytes = maxBytes;
    }

    /** Publishes a will after its delay, in seconds, unless the client comes back before ([MQTT-3.1.3-9]). */
    public void connectionLost(String clientId, PublishRecord will, long delaySeconds) {
        Delayed next = new Delayed(will);
        if (delaySeconds == 0 || bytes.get() + next.footprint() > maxBytes) {
            publish(clientId, will);
            return;
        }
        bytes.addAndGet(next.footprint());
        Delayed earlier = delayed.put(clientId, next);
        if (earlier != null) {
            bytes.addAndGet(-earlier.footprint());
            publish(clientId, earlier.message);
        }
        next.firing = timer.schedule(() -> fire(clientId, next), delaySeconds, TimeUnit.SECONDS);
    }

    /**
     * The client has connected again: its delayed will is not sent, or at once if it starts clean, since that ends the
     * session which the will belongs to.
     */
    public void connected(String clientId, boolean cleanStart) {
        if (delayed.isEmpty()) {
            return;
        }
        Delayed will = delayed.remove(clientId);
        if (will != null) {
            bytes.addAndGet(-will.footprint());
            Future<?> firing = will.firing;
            if (firing != null) {
                firing.cancel(false);
            }
            if (cleanStart) {
                publish(clientId, will.message);
            }
        }
    }

    private void fire(String clientId, Delayed will) {
        // Whoever removes the entry decides: a client that connects in this moment either settles the will or is late.
        if (delayed.remove(clientId, will)) {
            bytes.addAndGet(-will.footprint());
            publish(clientId, will.message);
        }
    }

    private void publish(String clientId, PublishRecord will) {
        sink.append(will, new PublicationSink.Listener() {
            @Override
            public void appended() {}

            @Override
            public void refused(PublicationSink.Refusal refusal) {
                if (refusal.cause() == PublicationSink.Cause.FAILED && publishLater(clientId, will)) {
                    return;
                }
                log.atWarn()
                        .addKeyValue("client", clientId)
                        .addKeyValue("cause", refusal.detail())
                        .log("Will message refused by the log");
            }
        });
    }

    /**
     * When many clients are lost at once, or while Kafka is away, there can be more wills than may be on their way to the
     * log. They were in memory before, one for each client, so that letting them wait costs no more.
     */
    private boolean publishLater(String clientId, PublishRecord will) {
        try {
            timer.schedule(() -> publish(clientId, will), RETRY_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // The gateway stops.
        }
    }
}
