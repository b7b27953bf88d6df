package io.sluice.router.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.sluice.router.matching.MatchEvents;
import io.sluice.router.queue.DropReason;
import io.sluice.router.queue.PassedOver;
import io.sluice.router.queue.QueueEvents;
import io.sluice.router.queue.QueueSize;
import io.sluice.router.topology.TopologyEvents;
import io.sluice.wire.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The router's own meters. Thread-safe. */
public final class RouterMetrics implements TopologyEvents, MatchEvents, QueueEvents {

    private static final String WRITES = "sluice.retained.writes";
    private static final String WRITES_DESCRIPTION = "Records written to mqtt.retained";

    private final MeterRegistry registry;
    private final Counter messages;
    private final Counter tombstones;
    private final Counter rewrites;
    private final Counter damagedStates;
    private final Counter threadFailures;
    private final Counter matchedMessages;
    private final Counter matches;
    private final Counter lookBacks;
    private final Counter lookedBackRecords;
    private final Counter wills;
    private final Counter pages;
    /** Of the queue stage, by what was done and the topic. */
    private final Map<String, Counter> queueRecords = new ConcurrentHashMap<>();

    private final Map<PassedOver, Counter> passedOver = new EnumMap<>(PassedOver.class);
    /** Of the queue stage, by partition. */
    private final Map<Integer, QueueSize> sizes = new ConcurrentHashMap<>();

    private final Map<Integer, Integer> groups = new ConcurrentHashMap<>();
    private final Counter groupRefusals;
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
    private final MultiGauge behindMessages;
    private final MultiGauge behindSeconds;
    /** By stage and topic; -1 while it is not known. */
    private final Map<String, AtomicLong> lags = new ConcurrentHashMap<>();
    /** Likewise. */
    private final Map<String, AtomicReference<Double>> headrooms = new ConcurrentHashMap<>();

    /** Registers the meters. */
    public RouterMetrics(MeterRegistry registry) {
        this.registry = registry;
        messages = counter(WRITES, WRITES_DESCRIPTION, "kind", "message");
        tombstones = counter(WRITES, WRITES_DESCRIPTION, "kind", "tombstone");
        rewrites = counter(WRITES, WRITES_DESCRIPTION, "kind", "rewrite");
        damagedStates = counter("sluice.router.state.damaged", "Entries of the state store that could not be read");
        threadFailures = counter("sluice.router.thread.failures", "Stream threads that died of an exception");
        matchedMessages = counter("sluice.match.messages", "Messages matched against the filters of durable sessions");
        matches = counter("sluice.match.matches", "Durable sessions found for messages");
        lookBacks = counter("sluice.match.look.backs", "Times that the log was read again for filters known late");
        lookedBackRecords = counter("sluice.match.looked.back.records", "Records of the log that were read again");
        wills = counter("sluice.match.wills", "Wills handed on to the log");
        pages = counter("sluice.queue.pages", "Answers to gateways that attached a session or asked for its messages");
        for (PassedOver reason : PassedOver.values()) {
            String description = "Matches that led to no entry";
            String tag = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
            passedOver.put(reason, counter("sluice.queue.passed.over", description, "reason", tag));
        }
        groupRefusals = counter(
                "sluice.queue.group.refusals", "What gateways wrote about groups of shared subscriptions too late");
        Gauge.builder(
                        "sluice.queue.groups",
                        groups,
                        all -> all.values().stream().mapToInt(Integer::intValue).sum())
                .description("Groups of shared subscriptions that the stage knows")
                .register(registry);
        for (DropReason reason : DropReason.values()) {
            String description = "Messages that were dropped from queues of durable sessions, or not queued";
            dropped.put(reason, counter("sluice.queue.dropped", description, "reason", reason.label()));
        }
        gauge("sluice.queue.messages", "Messages queued for durable sessions", QueueSize::messages);
        gauge("sluice.queue.bytes", "What these take on disk, about", QueueSize::bytes);
        gauge(
                "sluice.queue.clients",
                "Clients with a session or a connection that the stage knows",
                QueueSize::clients);
        long messages = 1;
        for (int power = 0; power < QueueSize.POWERS; power++) {
            int index = power;
            gauge(
                    "sluice.queue.sessions",
                    "Durable sessions that have at least so many messages queued",
                    size -> size.atLeast().get(index),
                    "messages",
                    Long.toString(messages));
            messages *= 10;
        }
        behindMessages = MultiGauge.builder("sluice.session.lag.messages")
                .description("Messages queued for the sessions that are farthest behind")
                .register(registry);
        behindSeconds = MultiGauge.builder("sluice.session.lag.seconds")
                .description("Age of the oldest message that is queued for these sessions")
                .register(registry);
    }

    /**
     * Shows counters of what should never happen as 0 from the start: one that appears with its first event is no increase to
     * whoever watches it.
     */
    public void expect(Topics topics) {
        for (Topics.Spec topic : topics.all()) {
            deadLetters(topic.name());
            unwritables(topic.name());
        }
    }

    private void gauge(String name, String description, ToLongFunction<QueueSize> part, String... tags) {
        Gauge.builder(name, sizes, all -> all.values().stream().mapToLong(part).sum())
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    /** Shows as 1 or 0 whether a stage is in a state. */
    public void state(String stage, String state, BooleanSupplier isIn) {
        Gauge.builder("sluice.router.state", isIn, in -> in.getAsBoolean() ? 1 : 0)
                .description("1 for the state that the stage is in")
                .tags("stage", stage, "state", state)
                .strongReference(true)
                .register(registry);
    }

    /** So many records of a topic are not yet processed and committed by a stage; -1 if that is not known. */
    public void lag(String stage, String topic, long records) {
        lags.computeIfAbsent(stage + "/" + topic, unused -> lagGauge(stage, topic))
                .set(records);
    }

    private AtomicLong lagGauge(String stage, String topic) {
        AtomicLong lag = new AtomicLong();
        Gauge.builder("sluice.router.lag.records", lag, value -> value.get() < 0 ? Double.NaN : value.get())
                .description("Records that are not yet processed and committed")
                .tags("stage", stage, "topic", topic)
                .strongReference(true)
                .register(registry);
        return lag;
    }

    /**
     * How near a stage is to losing records of a topic.
     *
     * @param ratio of the partition where it is least: the part of the log between what retention has removed and what the stage
     *     has processed, 1 if retention has removed nothing yet; negative if it is not known
     */
    public void headroom(String stage, String topic, double ratio) {
        headrooms
                .computeIfAbsent(stage + "/" + topic, unused -> headroomGauge(stage, topic))
                .set(ratio);
    }

    private AtomicReference<Double> headroomGauge(String stage, String topic) {
        AtomicReference<Double> headroom = new AtomicReference<>(-1.0);
        Gauge.builder("sluice.router.headroom.ratio", headroom, value -> value.get() < 0 ? Double.NaN : value.get())
                .description(
                        "Share of the log that lies between retention's edge and what a stage has processed; 0 is loss")
                .tags("stage", stage, "topic", topic)
                .strongReference(true)
                .register(registry);
        return headroom;
    }

    /** Records of a topic were removed before a stage processed them. */
    public void lost(String stage, String topic, long records) {
        String description = "Records removed by retention before they were processed";
        counter("sluice.router.lost.records", description, "stage", stage, "topic", topic)
                .increment((double) records);
    }

    /** Kafka has refused a record for good. */
    public void unwritable(String topic) {
        unwritables(topic).increment();
    }

    private Counter unwritables(String topic) {
        return counter("sluice.router.unwritable.records", "Records that Kafka has refused for good", "topic", topic);
    }

    /** A stream thread has died. */
    public void threadFailed() {
        threadFailures.increment();
    }

    // --- match stage

    @Override
    public void messageMatched() {
        matchedMessages.increment();
    }

    @Override
    public void messagesLeftOut(int count) {
        matchedMessages.increment(count);
    }

    @Override
    public void matchSent() {
        matches.increment();
    }

    @Override
    public void lookedBack(long records) {
        lookBacks.increment();
        lookedBackRecords.increment((double) records);
    }

    @Override
    public void willForwarded() {
        wills.increment();
    }

    @Override
    public void damaged(String topic) {
        deadLetter(topic);
    }

    // --- queue stage

    @Override
    public void read(String topic) {
        queueRecord("read", topic);
    }

    @Override
    public void written(String topic) {
        queueRecord("written", topic);
    }

    private void queueRecord(String what, String topic) {
        queueRecords
                .computeIfAbsent(
                        what + " " + topic,
                        unused -> counter(
                                "sluice.queue.records",
                                "Records that the queue stage has read and written",
                                "direction",
                                what,
                                "topic",
                                topic))
                .increment();
    }

    @Override
    public void pageSent() {
        pages.increment();
    }

    @Override
    public void passedOver(PassedOver reason) {
        passedOver.get(reason).increment();
    }

    @Override
    public void dropped(DropReason reason) {
        dropped.get(reason).increment();
    }

    @Override
    public void size(int partition, QueueSize size) {
        QueueSize before = sizes.put(partition, size);
        if (before == null || !before.farthest().equals(size.farthest())) {
            showFarthest();
        }
    }

    @Override
    public void groups(int partition, int count) {
        groups.put(partition, count);
    }

    @Override
    public void groupCommandRefused() {
        groupRefusals.increment();
    }

    @Override
    public void left(int partition) {
        sizes.remove(partition);
        groups.remove(partition);
        showFarthest();
    }

    private synchronized void showFarthest() {
        int most = sizes.values().stream().mapToInt(QueueSize::most).max().orElse(0);
        List<QueueSize.Behind> farthest = sizes.values().stream()
                .flatMap(size -> size.farthest().stream())
                .sorted(Comparator.comparingLong(QueueSize.Behind::messages).reversed())
                .limit(most)
                .toList();
        behindMessages.register(rows(farthest, QueueSize.Behind::messages), true);
        behindSeconds.register(rows(farthest, RouterMetrics::age), true);
    }

    private static double age(QueueSize.Behind session) {
        return session.oldest() < 0 ? 0 : (System.currentTimeMillis() - session.oldest()) / 1_000.0;
    }

    private static List<MultiGauge.Row<?>> rows(
            List<QueueSize.Behind> farthest, ToDoubleFunction<QueueSize.Behind> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (QueueSize.Behind session : farthest) {
            rows.add(MultiGauge.Row.of(Tags.of("client", session.clientId()), session, value));
        }
        return rows;
    }

    // --- what is retained

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
        deadLetters(topic).increment();
    }

    private Counter deadLetters(String topic) {
        return counter("sluice.dead.letters", "Damaged records handed to the dead-letter topic", "topic", topic);
    }

    @Override
    public void stateDamaged() {
        damagedStates.increment();
    }
}
