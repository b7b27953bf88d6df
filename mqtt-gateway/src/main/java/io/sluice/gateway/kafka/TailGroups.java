package io.sluice.gateway.kafka;

import io.sluice.gateway.group.GroupHolder;
import io.sluice.gateway.group.GroupLink;
import io.sluice.gateway.group.LocalGroups;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DropReason;
import io.sluice.gateway.session.Session;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.PublishRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups of shared subscriptions on the tail of the log: the one's thread is the other's. */
final class TailGroups implements GroupLink {

    private static final Logger log = LoggerFactory.getLogger(TailGroups.class);
    /** What a lease differs by after Kafka has refused something that it had begun to take. */
    private static final long DISORDER = 1L << 40;

    private static final long RETENTION_SECONDS = 60;

    private final GroupServices services;
    private final List<TopicPartition> partitions;
    private final RecentMessages recent;
    private final LogEnd logEnd;
    private final Consumer<Runnable> onTail;
    private final Consumer<SharedDelivery> send;
    private final GatewayMetrics metrics;
    private final EndangeredGroups endangered = new EndangeredGroups();
    private final GroupJournal journal;
    private final LocalGroups groups;
    /** Whether the tail was asked to look after time, and has not done so. */
    private final AtomicBoolean ticking = new AtomicBoolean();

    /**
     * No groups yet.
     *
     * @param onTail runs something on the tail's thread; any thread
     * @param send hands a delivery over to its client's event loop, on the tail's thread
     */
    TailGroups(
            GroupServices services,
            List<TopicPartition> partitions,
            RecentMessages recent,
            LogEnd logEnd,
            Consumer<Runnable> onTail,
            Consumer<SharedDelivery> send,
            GatewayMetrics metrics) {
        this.services = services;
        this.partitions = partitions;
        this.recent = recent;
        this.logEnd = logEnd;
        this.onTail = onTail;
        this.send = send;
        this.metrics = metrics;
        this.journal = new GroupJournal(services.producer(), services.commands(), partitions.size(), onTail);
        this.groups = new LocalGroups(services.limits(), this);
        metrics.gauge(
                "sluice.groups.unwritten.commands",
                "Commands of groups that wait for Kafka to take one",
                journal,
                GroupJournal::waiting);
        metrics.gauge("sluice.groups", "Groups of shared subscriptions with members here", groups, LocalGroups::size);
        gauge("partitions", "Partitions of the log served, for each group", LocalGroups.Figures::lanes);
        gauge("waiting.messages", "Messages read ahead of the members of groups", LocalGroups.Figures::waiting);
        gauge("given.messages", "QoS 1 messages that members have not acknowledged", LocalGroups.Figures::given);
        gauge("behind.records", "Records of the log that groups have not come to", LocalGroups.Figures::behind);
        gauge(
                "oldest.seconds",
                "Age of the oldest message that waits for a member; what is as old as the log's retention is lost",
                figures -> Math.max(0, System.currentTimeMillis() - figures.oldest()) / 1e3);
        metrics.gauge(
                "sluice.groups.endangered",
                "Groups that will soon lose messages, since the log removes them before the groups come to them",
                endangered,
                EndangeredGroups::count);
        metrics.counter(
                "sluice.groups.lost.records",
                "Records that the log no longer held when a group came to them",
                services.reader().lost());
    }

    private void gauge(String name, String description, ToDoubleFunction<LocalGroups.Figures> value) {
        metrics.gauge("sluice.groups." + name, description, groups, all -> value.applyAsDouble(all.figures()));
    }

    /** Looks after time from now on. */
    void start(ScheduledExecutorService timer) {
        journal.start(timer);
        timer.scheduleWithFixedDelay(this::watchRetention, RETENTION_SECONDS, RETENTION_SECONDS, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(
                this::tick, services.limits().settleMillis(), services.limits().settleMillis(), TimeUnit.MILLISECONDS);
    }

    private void watchRetention() {
        if (groups.size() > 0 || endangered.count() > 0) {
            services.retention().ask(millis -> onTail.accept(() -> warn(System.currentTimeMillis(), millis)));
        }
    }

    private void warn(long now, long retentionMillis) {
        endangered
                .update(groups.oldestWaiting(), now, retentionMillis)
                .forEach(
                        (group, oldest) -> log.atWarn()
                                .addKeyValue("group", group.text())
                                .addKeyValue("ageSeconds", (now - oldest) / 1_000)
                                .addKeyValue("retentionSeconds", retentionMillis / 1_000)
                                .log(
                                        "A group of shared subscriptions will soon lose messages, since its members are too slow"));
    }

    private void tick() {
        if (groups.size() > 0 && ticking.compareAndSet(false, true)) {
            onTail.accept(() -> {
                ticking.set(false);
                groups.tick();
            });
        }
    }

    /** Whether there is room for another group; any thread. */
    boolean hasRoomFor(GroupId group) {
        return groups.has(group) || groups.size() < services.maxGroups();
    }

    // --- the tail's thread

    boolean isEmpty() {
        return groups.size() == 0;
    }

    void offer(PublishRecord message) {
        groups.offer(message);
    }

    void serve() {
        groups.serve();
    }

    void fanout(Fanout.ForGroup message) {
        groups.fanout(message);
    }

    void leaveAll() {
        groups.leaveAll();
    }

    /** See {@link LocalGroups#expect}. */
    void expect(Session session, GroupHolder holder, List<Fanout.Shared> shared, long[] ends, Runnable then) {
        recent.keep();
        groups.expect(session, holder, shared, ends, then);
    }

    /** See {@link LocalGroups#add}. */
    void add(Session session, List<Fanout.Shared> shared) {
        groups.add(session, shared);
    }

    /** See {@link LocalGroups#rejoin}. */
    void rejoin(Session session, GroupHolder holder, List<Fanout.Shared> shared) {
        recent.keep();
        groups.rejoin(session, holder, shared);
    }

    /** See {@link LocalGroups#leave}. */
    void leave(Session session, List<GroupId> shared, Runnable then) {
        groups.leave(session, shared, then);
    }

    void remove(Session session) {
        groups.remove(session);
    }

    // --- the groups' view

    @Override
    public Heartbeat identity() {
        return services.identity().get();
    }

    @Override
    public long lease() {
        long lease = services.lease().getAsLong();
        return lease < 0 ? lease : lease + DISORDER * journal.disorders();
    }

    @Override
    public long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public long[] passed() {
        return recent.passed();
    }

    @Override
    public void ends(Consumer<long[]> then) {
        logEnd.ask(ends -> onTail.accept(() -> then.accept(ends)));
    }

    @Override
    public void append(GroupCommand command, LongConsumer durable) {
        journal.append(command, durable);
    }

    @Override
    public boolean isWritten(GroupId group) {
        return journal.isTaken(group);
    }

    @Override
    public void send(SharedDelivery delivery) {
        send.accept(delivery);
    }

    @Override
    public void read(GroupId group, int partition, long from, int most, Consumer<Found> found) {
        onTail.accept(() -> {
            if (recent.reaches(partition, from)) {
                found.accept(recent.find(
                        partition,
                        from,
                        most,
                        message -> group.filter().matches(new String(message.topic(), StandardCharsets.UTF_8))));
            } else {
                services.reader()
                        .read(new GroupReader.Request(
                                partitions.get(partition),
                                from,
                                group.filter(),
                                most,
                                answer -> onTail.accept(() -> found.accept(answer))));
            }
        });
    }

    @Override
    public void execute(Runnable task) {
        onTail.accept(task);
    }

    @Override
    public void dropped() {
        metrics.dropped(DropReason.SESSION_ENDED);
    }
}
