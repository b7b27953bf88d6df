package io.sluice.router.queue;

import io.sluice.router.topology.DeadLetters;
import io.sluice.router.topology.ForeignStateException;
import io.sluice.router.topology.HeldBackStore;
import io.sluice.router.topology.Outgoing;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.Inbox;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leads the commands and matches of one partition of clients to its {@link ClientQueue}, and what that says to Kafka. */
final class QueueProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

    private static final Logger log = LoggerFactory.getLogger(QueueProcessor.class);
    /** Timers that are due within this time of each other are taken at once. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);

    /** What is written there nobody waits for. */
    private static final Set<String> FOR_ANALYSTS = Set.of(QueueTopology.SESSIONS, QueueTopology.EVENTS);

    private final QueueConfig config;
    private final Topics topics;
    private final QueueTopology.Refused refused;
    private final QueueEvents events;
    private final CommandCheck check;
    private final CommitTogether together;
    private final SessionJson json = new SessionJson();

    // Valid while the task is assigned; the same object may be assigned again.
    private ProcessorContext<byte[], Outgoing> context;
    private DeadLetters deadLetters;
    private HeldBackStore store;
    private StoreQueueState state;
    private ClientQueue queue;
    private StoreGroupStates groupStates;
    private GroupQueue groups;
    private int partition;
    /** What wakes the task for its next timer, and when; null and {@link ClientState#NEVER} while there is no timer. */
    private Cancellable wakeUp;

    private long wakeUpAt;
    // The first offsets that are not part of the state. Kafka keeps them too, and may go back after it was killed.
    private long commandsApplied;
    private long inboxApplied;
    /** Whether it was told that records come which are part of the state. */
    private boolean wentBack;

    /** Whether the state is empty still; it cannot be written before there is a record. */
    private boolean isNew;
    /** Whether something may have changed since it was written. */
    private boolean isChanged;

    private CommitPace pace;
    /** What asks for a commit that is awaited; null if that is not left to do. */
    private Cancellable commitSoon;

    QueueProcessor(QueueConfig config, QueueTopology.Refused refused, QueueEvents events, CommitTogether together) {
        this.config = config;
        this.refused = refused;
        this.together = together;
        topics = config.topics();
        this.events = events;
        check = new CommandCheck(topics.partitions());
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> assigned) {
        context = assigned;
        partition = assigned.taskId().partition();
        deadLetters = new DeadLetters(assigned, QueueTopology.LETTERS, topics.deadLetter(), events::damaged);
        store = assigned.getStateStore(QueueTopology.STATE);
        if (!StoreQueueState.isReadable(store)) {
            throw new ForeignStateException(
                    "The durable sessions were written by a build whose state this one cannot read. "
                            + "Go on with that build. " + toBeginAnew());
        }
        state = new StoreQueueState(store, topics.partitions());
        store.beforeCommit(together::write);
        checkTopics();
        long[] applied = state.applied();
        commandsApplied = applied[0];
        inboxApplied = applied[1];
        wentBack = false;
        Effects effects = new Effects();
        groupStates = new StoreGroupStates(store);
        groups = new GroupQueue(topics.partitions(), config.groupKeep().toMillis(), state.lost(), groupStates, effects);
        queue = new ClientQueue(
                topics.partitions(),
                new ClientQueue.Limits(
                        config.takeOverTimeout().toMillis(),
                        config.clockTolerance().toMillis(),
                        new PageBuilder.Limits(config.pageMessages(), config.pageBytes()),
                        config.limits(),
                        config.lagInterval().toMillis()),
                state,
                effects);
        wakeUp = null;
        wakeUpAt = ClientState.NEVER;
        isChanged = false;
        pace = new CommitPace(config.commitInterval().toMillis());
        commitSoon = null;
        setWakeUp();
        tellSize();
        together.join(this);
    }

    /** A commit of the thread's tasks has begun. */
    void write() {
        pace.committed(context.currentSystemTimeMs());
        if (commitSoon != null) {
            commitSoon.cancel();
            commitSoon = null;
        }
        if (isChanged) {
            if (!isNew) {
                state.putApplied(commandsApplied, inboxApplied);
            }
            state.write();
            tellSize();
            store.write();
            isChanged = false;
        }
    }

    private void tellSize() {
        int most = config.lagSessions();
        List<QueueSize.Behind> farthest = queue.farthestBehind(most, context.currentSystemTimeMs());
        events.size(partition, state.size(farthest, most));
        events.groups(partition, groupStates.size());
    }

    /** Sessions speak of offsets. Of topics that were made anew by the same names these would be others. */
    private void checkTopics() {
        isNew = state.topicIds().isEmpty();
        if (!isNew && !state.topicIds().equals(config.topicIds())) {
            throw new ForeignStateException(topics.publish() + ", " + topics.commands() + " or " + topics.inbox()
                    + " was made anew, but the durable sessions belong to the old one. " + toBeginAnew());
        }
    }

    private String toBeginAnew() {
        return "To begin anew, stop the routers and delete " + topics.inbox() + ", " + topics.subscriptions() + ", "
                + topics.sessions() + ", " + topics.queueApplicationId() + "-" + QueueTopology.STATE + "-changelog, "
                + topics.matchApplicationId() + "-applied-changelog and the routers' local state";
    }

    /** Only for a timer, since a task that was woken commits a transaction, whether it did something or not. */
    private void setWakeUp() {
        long next = Math.min(queue.nextTimer(), groups.nextTimer());
        if (next >= wakeUpAt) {
            return;
        }
        if (wakeUp != null) {
            wakeUp.cancel();
        }
        long wait = Math.max(SHORTEST_WAIT.toMillis(), next - context.currentSystemTimeMs());
        wakeUp = context.schedule(Duration.ofMillis(wait), PunctuationType.WALL_CLOCK_TIME, this::wake);
        wakeUpAt = next;
    }

    private void wake(long now) {
        isChanged = true;
        wakeUp.cancel();
        wakeUp = null;
        wakeUpAt = ClientState.NEVER;
        queue.tick(now);
        groups.tick(now);
        setWakeUp();
        setCommit();
    }

    private void setCommit() {
        long wait = pace.untilNext(context.currentSystemTimeMs());
        if (wait == 0) {
            context.commit();
        } else if (wait > 0 && commitSoon == null) {
            commitSoon =
                    context.schedule(Duration.ofMillis(wait), PunctuationType.WALL_CLOCK_TIME, now -> context.commit());
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context.recordMetadata().orElseThrow();
        events.read(place.topic());
        isChanged = true;
        if (isNew) {
            state.putTopicIds(config.topicIds());
            isNew = false;
        }
        if (isApplied(place) || refused.is(place.topic(), place.partition(), place.offset())) {
            return;
        }
        try {
            if (place.topic().equals(topics.commands())) {
                command(check.checked(Command.decode(record.key(), record.value())), place.offset());
            } else {
                inbox(check.checked(Inbox.decode(record.key(), record.value())));
            }
        } catch (DamagedRecordException e) {
            deadLetters.add(record, place, e);
        }
        setWakeUp();
        setCommit();
    }

    /** Whether a record is part of the state; if it is not, it is from now on. */
    private boolean isApplied(RecordMetadata place) {
        boolean isCommand = place.topic().equals(topics.commands());
        long applied = isCommand ? commandsApplied : inboxApplied;
        if (place.offset() < applied) {
            if (!wentBack) {
                wentBack = true;
                log.atError()
                        .addKeyValue("topic", place.topic())
                        .addKeyValue("partition", partition)
                        .addKeyValue("offset", place.offset())
                        .addKeyValue("applied", applied)
                        .log("Kafka has given an offset that is older than the state; passing over what is part of it");
            }
            return true;
        }
        if (isCommand) {
            commandsApplied = place.offset() + 1;
        } else {
            inboxApplied = place.offset() + 1;
        }
        return false;
    }

    private void command(Command command, long offset) {
        long now = context.currentSystemTimeMs();
        if (command instanceof GroupCommand ofGroup) {
            groups.command(offset, ofGroup, now);
            return;
        }
        if (command instanceof Command.GatewayLost lost) {
            groups.gatewayLost(lost, offset, now);
        }
        String clientId = command instanceof ClientCommand ofClient ? ofClient.clientId() : null;
        queue.command(clientId, offset, command, now);
    }

    private void inbox(Inbox record) {
        if (record instanceof Inbox.Match match) {
            pace.held(match.message().weight());
            queue.match(match, context.currentSystemTimeMs());
        } else {
            queue.mark((Inbox.Mark) record);
        }
    }

    @Override
    public void close() {
        together.leave(this);
        state.write();
        // Whoever has the store next decides about it.
        store.beforeCommit(() -> {});
        events.left(partition);
    }

    /** What the queue says, as records. */
    private final class Effects implements QueueEffects, GroupEffects {

        @Override
        public void send(int slot, Fanout message) {
            forward(
                    QueueTopology.FANOUT,
                    topics.fanout(),
                    message.key(),
                    new Outgoing(Topics.fanoutPartition(slot), message.value()));
            if (message instanceof Fanout.Page) {
                events.pageSent();
            }
        }

        @Override
        public void filters(SubscriptionsRecord filters) {
            forward(QueueTopology.FILTERS, topics.subscriptions(), filters.key(), here(filters.value()));
        }

        @Override
        public void filtersGone(String clientId) {
            forward(QueueTopology.FILTERS, topics.subscriptions(), utf8(clientId), here(null));
        }

        @Override
        public void publishWill(PublishRecord will) {
            Headers headers = new RecordHeaders();
            will.writeHeaders(headers);
            int to = ClientPartitions.of(will.topic(), topics.partitions());
            forward(QueueTopology.WILLS, topics.wills(), will.topic(), new Outgoing(to, will.payload()), headers);
        }

        @Override
        public void due(ClientCommand.Due due) {
            forward(QueueTopology.COMMANDS_BACK, topics.commands(), due.key(), here(due.value()));
        }

        @Override
        public void toGroup(GroupCommand command) {
            write(command);
        }

        @Override
        public void write(Command command) {
            int to = ClientPartitions.of(command.key(), topics.partitions());
            forward(QueueTopology.COMMANDS_BACK, topics.commands(), command.key(), new Outgoing(to, command.value()));
        }

        @Override
        public void refused() {
            events.groupCommandRefused();
        }

        @Override
        public void changed(String clientId, ClientState client) {
            lagChanged(clientId, client);
        }

        @Override
        public void lagChanged(String clientId, ClientState client) {
            SessionLag lag = queue.tellLag(clientId, client, context.currentSystemTimeMs());
            forward(
                    QueueTopology.SESSIONS,
                    topics.sessions(),
                    utf8(clientId),
                    here(json.session(clientId, client, lag)));
        }

        @Override
        public void dropped(String clientId, DropReason reason) {
            events.dropped(reason);
        }

        @Override
        public void gone(String clientId, ClientState last) {
            forward(QueueTopology.SESSIONS, topics.sessions(), utf8(clientId), here(null));
            if (!last.terms().clean()) {
                told(clientId, SessionEvent.of(SessionEvent.Kind.ENDED), null);
            }
        }

        @Override
        public void lossRefused(Command.GatewayLost loss, long newestTerm) {
            log.atWarn()
                    .addKeyValue("incarnation", loss.incarnation())
                    .addKeyValue("term", loss.term())
                    .addKeyValue("newestTerm", newestTerm)
                    .addKeyValue("partition", partition)
                    .log("Passed over what a leader of an earlier term says of a gateway");
        }

        @Override
        public void told(String clientId, SessionEvent event, ClientState client) {
            byte[] value = json.event(clientId, event, client, context.currentSystemTimeMs());
            forward(QueueTopology.EVENTS, topics.events(), utf8(clientId), here(value));
        }

        @Override
        public void passedOver(PassedOver reason) {
            events.passedOver(reason);
        }

        /** Into the partition of its client, which is this one. */
        private Outgoing here(byte[] value) {
            return new Outgoing(partition, value);
        }

        private void forward(String sink, String topic, byte[] key, Outgoing value) {
            forward(sink, topic, key, value, new RecordHeaders());
        }

        private void forward(String sink, String topic, byte[] key, Outgoing value, Headers headers) {
            context.forward(new Record<>(key, value, context.currentSystemTimeMs(), headers), sink);
            events.written(topic);
            if (!FOR_ANALYSTS.contains(sink)) {
                pace.awaited();
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
