package io.sluice.router.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.router.topology.TopologyEvents;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The router's own meters. Thread-safe. */
public final class RouterMetrics implements TopologyEvents {

    private static final String WRITES = "sluice.retained.writes";
    private static final String WRITES_DESCRIPTION = "Records written to mqtt.retained";

    private final MeterRegistry registry;
    private final Counter messages;
    private final Counter tombstones;
    private final Counter rewrites;
    private final Counter damagedStates;
    private final Counter threadFailures;
    /** By topic; -1 while it is not known. */
    private final Map<String, AtomicLong> lags = new ConcurrentHashMap<>();

    /** Registers the meters. */
    public RouterMetrics(MeterRegistry registry) {
        this.registry = registry;
        messages = counter(WRITES, WRITES_DESCRIPTION, "kind", "message");
        tombstones = counter(WRITES, WRITES_DESCRIPTION, "kind", "tombstone");
        rewrites = counter(WRITES, WRITES_DESCRIPTION, "kind", "rewrite");
        damagedStates = counter("sluice.router.state.damaged", "Entries of the state store that could not be read");
        threadFailures = counter("sluice.router.thread.failures", "Stream threads that died of an exception");
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    /** Shows as 1 or 0 whether the router is in a state. */
    public void state(String state, BooleanSupplier isIn) {
        Gauge.builder("sluice.router.state", isIn, in -> in.getAsBoolean() ? 1 : 0)
                .description("1 for the state that the router is in")
                .tag("state", state)
                .strongReference(true)
                .register(registry);
    }

    /** So many records of a topic are not yet processed and committed; -1 if that is not known. */
    public void lag(String topic, long records) {
        lags.computeIfAbsent(topic, this::lagGauge).set(records);
    }

    private AtomicLong lagGauge(String topic) {
        AtomicLong lag = new AtomicLong();
        Gauge.builder("sluice.router.lag.records", lag, value -> value.get() < 0 ? Double.NaN : value.get())
                .description("Records that are not yet processed and committed")
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        return lag;
    }

    /** Records of a topic were removed before they were processed. */
    public void lost(String topic, long records) {
        counter("sluice.router.lost.records", "Records removed by retention before they were processed", "topic", topic)
                .increment((double) records);
    }

    /** Kafka has refused a record for good. */
    public void unwritable(String topic) {
        counter("sluice.router.unwritable.records", "Records that Kafka has refused for good", "topic", topic)
                .increment();
    }

    /** A stream thread has died. */
    public void threadFailed() {
        threadFailures.increment();
    }

    @Override
    public void retainedWritten() {
        messages.increment();
    }

    @Override
    public void retainedCleared() {
        tombstones.increment();
    }

    @Override
    public void retainedRewritten() {
        rewrites.increment();
    }

    @Override
    public void deadLetter(String topic) {
        counter("sluice.dead.letters", "Damaged records handed to the dead-letter topic", "topic", topic)
                .increment();
    }

    @Override
    public void stateDamaged() {
        damagedStates.increment();
    }
}
