package io.sluice.gateway.kafka;

import io.sluice.gateway.group.GroupLink;
import io.sluice.gateway.group.LocalGroups;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DropReason;
import io.sluice.gateway.session.GroupHolder;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Subscription;
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
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups of shared subscriptions on the tail of the log: the one's thread is the other's. */
final class TailGroups implements GroupLink {

    private static final Logger log = LoggerFactory.getLogger(TailGroups.class);

    private final GroupServices services;
    private final List<TopicPartition> partitions;
    private final RecentMessages recent;
    private final LogEnd logEnd;
    private final Consumer<Runnable> onTail;
    private final Consumer<SharedDelivery> send;
    private final GatewayMetrics metrics;
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
        this.groups = new LocalGroups(services.limits(), this);
        metrics.gauge("sluice.groups", "Groups of shared subscriptions with members here", groups, LocalGroups::size);
        gauge("partitions", "Partitions of the log served, for each group", LocalGroups.Figures::lanes);
        gauge("waiting.messages", "Messages read ahead of the members of groups", LocalGroups.Figures::waiting);
        gauge("given.messages", "QoS 1 messages that members have not acknowledged", LocalGroups.Figures::given);
        gauge("behind.records", "Records of the log that groups have not come to", LocalGroups.Figures::behind);
        gauge(
                "oldest.seconds",
                "Age of the oldest message that waits for a member; what is as old as the log's retention is lost",
                figures -> Math.max(0, System.currentTimeMillis() - figures.oldest()) / 1e3);
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
        timer.scheduleWithFixedDelay(
                this::tick, services.limits().settleMillis(), services.limits().settleMillis(), TimeUnit.MILLISECONDS);
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

    /**
     * Makes it durable that the gateway, and a durable session, have members of groups, before they get them.
     *
     * @param holder the session, null if it ends with its connection
     * @param ends of the log as of the SUBSCRIBE
     */
    void expect(List<Subscription> shared, GroupHolder holder, long[] ends, Runnable then) {
        recent.keep();
        int[] missing = {shared.size()};
        Runnable arrived = () -> {
            missing[0]--;
            if (missing[0] == 0) {
                then.run();
            }
        };
        for (Subscription subscription : shared) {
            GroupId group = subscription.group();
            groups.expect(group, ends, () -> {
                if (holder == null) {
                    arrived.run();
                } else {
                    append(
                            new GroupCommand.Hold(group, holder.clientId(), holder.sessionId(), holder.epoch(), ends),
                            offset -> arrived.run());
                }
            });
        }
    }

    /** What {@link #expect} had announced has come, unless the session has ended. */
    void add(Session session, List<Subscription> shared) {
        for (Subscription subscription : shared) {
            if (session.hasEnded()) {
                groups.cancel(subscription.group());
            } else {
                groups.add(subscription.group(), session, subscription.options());
            }
        }
    }

    /** A session has left groups. */
    void leave(Session session, List<GroupId> shared, Runnable then) {
        int[] missing = {shared.size()};
        for (GroupId group : shared) {
            groups.leave(group, session, () -> {
                missing[0]--;
                if (missing[0] == 0) {
                    then.run();
                }
            });
        }
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
        return services.lease().getAsLong();
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
        int partition = command.group().partition(partitions.size());
        Callback callback = (metadata, failure) -> {
            if (failure == null) {
                long offset = metadata.offset();
                onTail.accept(() -> durable.accept(offset));
            } else {
                log.atError()
                        .addKeyValue("group", command.group())
                        .addKeyValue("cause", failure.getMessage())
                        .log("Kafka refused what concerns a group of shared subscriptions");
            }
        };
        try {
            services.producer()
                    .send(
                            new ProducerRecord<>(services.commands(), partition, command.key(), command.value()),
                            callback);
        } catch (RuntimeException e) {
            // Kafka tells of some failures by throwing instead of calling back.
            callback.onCompletion(null, e);
        }
    }

    @Override
    public void send(SharedDelivery delivery) {
        send.accept(delivery);
    }

    @Override
    public void read(GroupId group, int partition, long from, int most, Consumer<Found> found) {
        onTail.accept(() -> {
            if (recent.reaches(partition, from)) {
                found.accept(findRecent(group, partition, from, most));
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

    private Found findRecent(GroupId group, int partition, long from, int most) {
        List<PublishRecord> messages = recent.find(
                partition,
                from,
                most,
                message -> group.filter().matches(new String(message.topic(), StandardCharsets.UTF_8)));
        long reached = messages.size() < most
                ? Math.max(from, recent.passed()[partition])
                : messages.get(messages.size() - 1).offset() + 1;
        return new Found(messages, reached);
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
