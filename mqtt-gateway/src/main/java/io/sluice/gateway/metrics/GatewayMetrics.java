package io.sluice.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.gateway.session.DropReason;
import io.sluice.gateway.session.PublicationSink;
import io.sluice.wire.Qos;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** The meters of the path from socket to log to socket. Thread-safe; made for being called for every message. */
public final class GatewayMetrics {

    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30)
    };

    private final MeterRegistry registry;
    private final LongAdder[] published;
    private final LongAdder[] publishedBytes;
    private final LongAdder[] delivered;
    private final LongAdder[] deliveredBytes;
    private final Map<DropReason, LongAdder> drops = new EnumMap<>(DropReason.class);
    private final Map<PublicationSink.Cause, Counter> refusals = new EnumMap<>(PublicationSink.Cause.class);
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder queued = new LongAdder();
    private final LongAdder subscriptions = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final Timer appendLatency;
    private final Timer deliveryLatency;

    /** Registers the meters. */
    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        published = byQos("sluice.publishes", "PUBLISH packets received");
        publishedBytes = byQos("sluice.publish.bytes", "Payload bytes of PUBLISH packets received");
        delivered = byQos("sluice.deliveries", "PUBLISH packets sent to subscribers");
        deliveredBytes = byQos("sluice.delivery.bytes", "Payload bytes of PUBLISH packets sent to subscribers");
        for (DropReason reason : DropReason.values()) {
            LongAdder adder = new LongAdder();
            drops.put(reason, adder);
            counter("sluice.drops", "Messages that did not reach a subscriber", adder, "reason", reason.label());
        }
        for (PublicationSink.Cause cause : PublicationSink.Cause.values()) {
            refusals.put(
                    cause,
                    Counter.builder("sluice.append.refusals")
                            .description("Messages that the log has refused for good")
                            .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .register(registry));
        }
        gauge("sluice.connections", "Clients connected", connections, LongAdder::sum);
        gauge("sluice.inflight.messages", "QoS 1 and 2 messages sent and not acknowledged", inFlight, LongAdder::sum);
        gauge("sluice.queued.messages", "Messages that wait for slow subscribers", queued, LongAdder::sum);
        gauge("sluice.subscriptions", "Subscriptions of connected clients", subscriptions, LongAdder::sum);
        appendLatency = timer("sluice.append", "From handing a message to Kafka to its acknowledgement by Kafka");
        deliveryLatency = timer("sluice.delivery", "From the append by Kafka's clock to the write to the socket");
    }

    private LongAdder[] byQos(String name, String description) {
        LongAdder[] adders = new LongAdder[3];
        for (int qos = 0; qos < adders.length; qos++) {
            adders[qos] = new LongAdder();
            counter(name, description, adders[qos], "qos", Integer.toString(qos));
        }
        return adders;
    }

    /** Registers a counter of what is added up elsewhere. */
    public void counter(String name, String description, Number sum, String... tags) {
        FunctionCounter.builder(name, sum, Number::doubleValue)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
    }

    /** Registers a gauge of something that lives as long as the gateway. */
    public <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value, String... tags) {
        Gauge.builder(name, source, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /** A CONNECT was answered; result is {@code accepted} or {@code refused}. */
    public void connect(String result, String reason) {
        count("sluice.connects", "CONNECT packets answered, or given up", "result", result, "reason", reason);
        if (result.equals("accepted")) {
            connections.increment();
        }
    }

    /** A connection that was accepted has ended. */
    public void disconnected(String reason) {
        count("sluice.disconnects", "Connections ended that had been accepted", "reason", reason);
        connections.decrement();
    }

    /** A connection was closed because of what the client sent. */
    public void refusedPacket(String reason) {
        count("sluice.packets.refused", "Packets that clients may not send", "reason", reason);
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }

    /** Connected clients. */
    public long connections() {
        return connections.sum();
    }

    /** A PUBLISH came. */
    public void published(Qos qos, int bytes) {
        published[qos.level()].increment();
        publishedBytes[qos.level()].add(bytes);
    }

    /** A PUBLISH went out. */
    public void delivered(Qos qos, int bytes) {
        delivered[qos.level()].increment();
        deliveredBytes[qos.level()].add(bytes);
    }

    /** A message did not reach a subscriber. */
    public void dropped(DropReason reason) {
        drops.get(reason).increment();
    }

    /** The log has refused a message. */
    public void appendRefused(PublicationSink.Cause cause) {
        refusals.get(cause).increment();
    }

    /** So many more messages are on their way to clients. */
    public void inFlight(int change) {
        inFlight.add(change);
    }

    /** So many more messages wait for clients. */
    public void queued(int change) {
        queued.add(change);
    }

    /** So many more subscriptions. */
    public void subscriptions(int change) {
        subscriptions.add(change);
    }

    /** The log has confirmed an append. */
    public void appended(long nanos) {
        appendLatency.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A message was written to its subscribers' sockets. */
    public void deliveredAfter(long millis) {
        deliveryLatency.record(Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    /** PUBLISH packets received since the start. */
    public long publishedTotal() {
        return sum(published);
    }

    /** PUBLISH packets sent since the start. */
    public long deliveredTotal() {
        return sum(delivered);
    }

    /** Messages dropped since the start. */
    public long droppedTotal() {
        return drops.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private static long sum(LongAdder[] adders) {
        long sum = 0;
        for (LongAdder adder : adders) {
            sum += adder.sum();
        }
        return sum;
    }
}
