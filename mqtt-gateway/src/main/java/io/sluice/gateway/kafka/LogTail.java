package io.sluice.gateway.kafka;

import io.sluice.gateway.SessionsConfig;
import io.sluice.gateway.group.GroupClient;
import io.sluice.gateway.group.GroupHolder;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliveryBatch;
import io.sluice.gateway.session.DeliveryLane;
import io.sluice.gateway.session.DeliverySource;
import io.sluice.gateway.session.DeliveryTarget;
import io.sluice.gateway.session.DropReason;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Subscription;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.GroupId;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SecondCopies;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries straight from the tail of the log: reads all partitions of {@code mqtt.publish} without a consumer group,
 * matches each message against this gateway's subscriptions, and hands what matches to the event loops, one batch for each
 * loop and read. One thread does all of it and owns the index and the retained messages, so that a change of a
 * subscription takes effect at one place in the log.
 */
public final class LogTail implements DeliverySource, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogTail.class);
    private static final Duration MAX_POLL = Duration.ofMillis(500);
    private static final long PAUSE_AFTER_FAILURE_MS = 500;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    /**
     * One SUBSCRIBE may ask for so many retained messages beside all that there are. Its filters can overlap as often as it has
     * filters, and what they match is on the heap until the client has read it.
     */
    private static final int RETAINED_TWICE = 10_000;

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final RetainedMessages retained = new RetainedMessages();
    private final RetainedBootstrap bootstrap;
    private final LogEnd logEnd;
    private final List<? extends DeliveryLane> lanes;
    private final GatewayMetrics metrics;
    private final SubscriptionIndex index;
    private final TailLag lag;
    /** What other threads want done on this one. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final WaitingChanges changes = new WaitingChanges();

    /** Durable sessions that the tail delivers to, and from where on. */
    private final Map<Session, long[]> joined = new HashMap<>();

    private final RecentMessages recent;
    private final TailGroups groups;
    private final GroupReader reader;
    private final SecondCopies copies;
    private final DeliveryBatch[] batches;
    private final Thread thread = new Thread(this::run, "log-tail");
    private volatile boolean caughtUp;
    /** Whether the thread may be waiting for Kafka, so that a task has to wake it. */
    private final AtomicBoolean sleeping = new AtomicBoolean();

    private volatile boolean closing;

    /**
     * A tail that is not running yet.
     *
     * @param consumer assigned to nothing; owned by this object from now on
     * @param partitions all of the log
     * @param lanes the event loops
     * @param durable what is kept for durable sessions
     * @param shared what groups of shared subscriptions need
     * @param timer runs what has to be done now and again
     */
    LogTail(
            Consumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            RetainedBootstrap bootstrap,
            LogEnd logEnd,
            List<? extends DeliveryLane> lanes,
            SessionsConfig durable,
            GroupServices shared,
            ScheduledExecutorService timer,
            GatewayMetrics metrics) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.bootstrap = bootstrap;
        this.logEnd = logEnd;
        this.lanes = lanes;
        this.metrics = metrics;
        this.index = new SubscriptionIndex(lanes.size());
        this.lag = new TailLag(consumer, partitions, metrics);
        this.batches = new DeliveryBatch[lanes.size()];
        this.recent = new RecentMessages(partitions.size(), durable.recentBytes());
        this.copies = new SecondCopies(
                partitions.size(), durable.uniqueIds(), new TailStretch(consumer, partitions, () -> closing));
        newBatches();
        this.groups = new TailGroups(shared, partitions, recent, logEnd, this::onTail, this::send, metrics);
        this.reader = shared.reader();
        groups.start(timer);
        metrics.gauge(
                "sluice.retained.messages",
                "Retained messages",
                retained,
                r -> r.use().messages());
        metrics.gauge(
                "sluice.retained.bytes",
                "Topics and payloads of retained messages",
                retained,
                r -> r.use().bytes());
    }

    /** Starts the thread: reads what is retained, then the log up to its end, then stays there. */
    public void start() {
        reader.start();
        thread.start();
    }

    /** Whether the thread is alive. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Whether the thread is alive and has caught up once. */
    public boolean isRunning() {
        return thread.isAlive() && caughtUp;
    }

    // --- any thread

    @Override
    public void subscribe(Session session, SubscribeRequest request) {
        List<Fanout.Shared> shared = request.shared();
        if (shared.isEmpty()) {
            logEnd.ask(ends -> onTail(() -> changes.add(ends, () -> install(session, request))));
            return;
        }
        GroupHolder holder = session.isDurable() ? session.holder() : null;
        logEnd.ask(ends -> onTail(() -> groups.expect(
                session,
                holder,
                shared,
                ends,
                () -> changes.add(ends, () -> {
                    groups.add(session, shared);
                    install(session, request);
                }))));
    }

    @Override
    public void rejoin(Session session, List<Fanout.Shared> shared) {
        GroupHolder holder = session.holder();
        onTail(() -> groups.rejoin(session, holder, shared));
    }

    @Override
    public boolean hasRoomFor(GroupId group) {
        return groups.hasRoomFor(group);
    }

    @Override
    public void unsubscribe(Session session, UnsubscribeRequest request) {
        // By the same way as SUBSCRIBE, so that it does not overtake one.
        logEnd.ask(ends -> onTail(() -> changes.add(ends, () -> leave(session, request))));
    }

    @Override
    public void remove(Session session) {
        onTail(() -> {
            index.remove(session);
            joined.remove(session);
            groups.remove(session);
        });
    }

    @Override
    public void leaveTail(Session session) {
        onTail(() -> {
            index.remove(session);
            joined.remove(session);
        });
    }

    /** The queue stage tells something of a group. */
    public void fanout(Fanout.ForGroup message) {
        onTail(() -> groups.fanout(message));
    }

    @Override
    public void join(Session session, SessionFilters filters, long[] from) {
        onTail(() -> {
            recent.keep();
            if (!session.hasEnded()) {
                boolean canJoin = recent.reaches(from) && hasPassed(filters);
                batches[session.lane()].add(canJoin ? session::joined : session::cannotJoin);
                if (canJoin) {
                    joined.put(session, from);
                    deliverRecent(session, filters, from);
                }
            }
        });
    }

    @Override
    public void publishLocally(PublishRecord message) {
        onTail(() -> {
            retained.accept(message);
            match(message);
        });
    }

    @Override
    public long reached(int partition) {
        return recent.reached(partition);
    }

    @Override
    public RetainedUse retainedUse() {
        return retained.use();
    }

    private void onTail(Runnable task) {
        tasks.add(task);
        if (sleeping.compareAndSet(true, false)) {
            consumer.wakeup();
        }
    }

    // --- the tail's thread

    private void run() {
        try {
            catchUp();
            while (!closing) {
                step(poll());
            }
            runTasks();
            groups.leaveAll();
        } catch (InterruptedException | InterruptException e) {
            log.debug("Tail interrupted");
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("The tail of the log has failed; this gateway delivers nothing any more");
            throw e;
        } finally {
            consumer.close();
        }
    }

    private void catchUp() throws InterruptedException {
        while (!closing) {
            try {
                Map<TopicPartition, Long> ends = bootstrap.run(consumer, partitions, retained);
                copies.begin();
                while (!closing && !hasPassed(ends)) {
                    poll().forEach(this::retain);
                }
                for (int i = 0; i < partitions.size(); i++) {
                    recent.passed(i, consumer.position(partitions.get(i)) - 1);
                }
                caughtUp = true;
                log.atInfo()
                        .addKeyValue("retained", retained.use().messages())
                        .log("The tail has caught up with the log");
                return;
            } catch (WakeupException e) {
                log.trace("Woken while catching up");
            } catch (KafkaException e) {
                failed(e);
            }
        }
    }

    private void retain(ConsumerRecord<byte[], byte[]> record) {
        PublishRecord message = decode(record);
        if (message != null && !copies.isRepeated(message) && message.retain()) {
            retained.accept(message);
        }
    }

    private boolean hasPassed(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private ConsumerRecords<byte[], byte[]> poll() throws InterruptedException {
        try {
            // At most one wake-up for each time that it sleeps: a storm of tasks must not keep it from reading.
            sleeping.set(true);
            boolean mayWait = tasks.isEmpty() || !sleeping.compareAndSet(true, false);
            return consumer.poll(mayWait ? MAX_POLL : Duration.ZERO);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            seekIntoRange(e);
            return ConsumerRecords.empty();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            failed(e);
            return ConsumerRecords.empty();
        } finally {
            sleeping.set(false);
        }
    }

    private void seekIntoRange(OffsetOutOfRangeException outOfRange) throws InterruptedException {
        try {
            // The offsets of a new incarnation of the log say nothing about what is retained from the old one.
            lag.seekIntoRange(outOfRange).forEach(retained::forgetPartition);
            recent.forget();
            logEnd.ask(ends -> onTail(() -> changes.waitNoFurtherThan(ends)));
        } catch (KafkaException e) {
            failed(e); // The next read tells of the same offsets again.
        }
    }

    private void failed(KafkaException e) throws InterruptedException {
        log.atWarn().addKeyValue("cause", e.getMessage()).log("Reading the log failed; trying again");
        TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MS);
    }

    private void step(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            PublishRecord message = decode(record);
            recent.passed(record.partition(), record.offset());
            if (message != null && !copies.isRepeated(message)) {
                recent.add(message);
                if (message.retain()) {
                    retained.accept(message);
                }
                match(message);
            }
        }
        runTasks();
        changes.take(this::hasPassed);
        groups.serve();
        lag.update(records);
        submit();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private boolean hasPassed(long[] ends) {
        try {
            for (int i = 0; i < ends.length; i++) {
                if (consumer.position(partitions.get(i), Duration.ZERO) < ends[i]) {
                    return false;
                }
            }
            return true;
        } catch (KafkaException e) {
            // The position is being validated against a new leader, or a wake-up came: it is asked again.
            log.atTrace().setCause(e).log("The tail's position is not known for the moment");
            return false;
        }
    }

    private PublishRecord decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return PublishRecord.decode(record);
        } catch (DamagedRecordException e) {
            // The router writes it to the dead-letter topic; here it just must not stop anything.
            metrics.dropped(DropReason.DAMAGED);
            log.atDebug()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("cause", e.getMessage())
                    .log("Damaged record in the log passed over");
            return null;
        }
    }

    private void match(PublishRecord message) {
        DeliveryTarget[][] targets = index.targets(message.topic());
        for (int lane = 0; lane < targets.length; lane++) {
            if (targets[lane].length > 0) {
                batches[lane].add(message, targets[lane]);
            }
        }
        if (!groups.isEmpty()) {
            groups.offer(message);
        }
    }

    private void send(SharedDelivery delivery) {
        GroupClient client = delivery.client();
        batches[client.lane()].add(() -> client.deliverShared(delivery));
    }

    private void submit() throws InterruptedException {
        for (int lane = 0; lane < batches.length; lane++) {
            if (!batches[lane].isEmpty()) {
                lanes.get(lane).submit(batches[lane]);
                batches[lane] = new DeliveryBatch();
            }
        }
    }

    /** Whether no filter of a session begins or ends ahead of the tail. */
    private boolean hasPassed(SessionFilters filters) {
        long[] passed = recent.passed();
        for (FilterVersion version : filters.versions()) {
            for (int p = 0; p < passed.length; p++) {
                if (passed[p] < version.from()[p] || (!version.isOpen() && passed[p] < version.to()[p])) {
                    return false;
                }
            }
        }
        return true;
    }

    private void deliverRecent(Session session, SessionFilters filters, long[] from) {
        recent.forEach(from, message -> {
            SessionFilters.Delivery delivery = filters.delivery(message);
            if (delivery != null) {
                boolean retain = delivery.retainAsPublished() && message.retain();
                batches[session.lane()].add(
                        () -> session.deliver(message, delivery.qos(), retain, delivery.identifiers()));
            }
        });
        for (FilterVersion version : filters.versions()) {
            if (version.isOpen()) {
                index.add(session, Subscription.of(version.filter(), version.options()));
            }
        }
    }

    /** Where a change of a durable session takes effect: here, or where it joined if that is ahead. */
    private long[] place(long[] joinedFrom) {
        long[] at = recent.passed().clone();
        for (int p = 0; p < at.length; p++) {
            at[p] = Math.max(at[p], joinedFrom[p]);
        }
        return at;
    }

    private void install(Session session, SubscribeRequest request) {
        if (session.hasEnded()) {
            return;
        }
        long[] joinedFrom = joined.get(session);
        boolean elsewhere = session.isDurable() && joinedFrom == null;
        long now = System.currentTimeMillis();
        long room = retained.use().messages() + RETAINED_TWICE;
        List<RetainedMatch> matches = new ArrayList<>();
        for (int i = 0; i < request.granted().size(); i++) {
            Subscription subscription = request.granted().get(i);
            if (!elsewhere && subscription.group() == null) {
                index.add(session, subscription);
            }
            if (request.sendRetained()[i]) {
                RetainedMatch match = new RetainedMatch(subscription, retained.matching(subscription.filter(), now));
                room -= match.messages().size();
                if (room < 0) {
                    batches[session.lane()].add(() -> session.connection()
                            .end(EndReason.QUEUE_FULL, "one SUBSCRIBE asks for the same retained messages too often"));
                    return;
                }
                matches.add(match);
            }
        }
        DeliveryBatch batch = batches[session.lane()];
        if (!session.isDurable()) {
            batch.add(() -> session.subscribed(request, matches));
        } else if (elsewhere) {
            long[] ends = recent.passed().clone();
            batch.add(() -> session.subscribeWhilePaging(request, ends, matches));
        } else {
            long[] at = place(joinedFrom);
            batch.add(() -> session.subscribedOnTail(request, at, matches));
        }
    }

    private void leave(Session session, UnsubscribeRequest request) {
        List<GroupId> shared = request.shared();
        if (shared.isEmpty()) {
            uninstall(session, request);
        } else {
            groups.leave(session, shared, () -> uninstall(session, request));
        }
    }

    private void uninstall(Session session, UnsubscribeRequest request) {
        if (session.hasEnded()) {
            return;
        }
        for (TopicFilter filter : request.filters()) {
            index.remove(session, filter);
        }
        long[] joinedFrom = joined.get(session);
        DeliveryBatch batch = batches[session.lane()];
        if (!session.isDurable()) {
            batch.add(() -> session.unsubscribed(request));
        } else if (joinedFrom == null) {
            long[] ends = recent.passed().clone();
            batch.add(() -> session.unsubscribeWhilePaging(request, ends));
        } else {
            long[] at = place(joinedFrom);
            batch.add(() -> session.unsubscribedOnTail(request, at));
        }
    }

    private void newBatches() {
        for (int lane = 0; lane < batches.length; lane++) {
            batches[lane] = new DeliveryBatch();
        }
    }

    /** Stops the thread; what was read and not handed over is dropped with the connections. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            thread.interrupt();
        }
        reader.close();
    }
}
