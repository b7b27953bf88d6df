package io.sluice.gateway.kafka;

import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionJournal;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what concerns clients to {@code mqtt.commands}. What clients acknowledge is gathered for all sessions of one
 * event loop and partition, since Kafka costs for each record.
 */
final class CommandJournal implements SessionJournal {

    private static final Logger log = LoggerFactory.getLogger(CommandJournal.class);
    private static final long RETRY_SECONDS = 1;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final Supplier<Heartbeat> identity;
    private final ScheduledExecutorService timer;
    private final long settleMillis;
    /** By lane and partition; each is confined to its lane's event loop. */
    private final Gathered[][] gathered;

    private final AtomicLong unwritten = new AtomicLong();
    /** Ends of connections that are to be written. */
    private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean endsTimed = new AtomicBoolean();

    /**
     * A journal on a producer that it does not own.
     *
     * @param identity the gateway's present incarnation and slot
     * @param settleInterval for how long acknowledgements are gathered
     */
    CommandJournal(
            Producer<byte[], byte[]> producer,
            String topic,
            int partitions,
            int lanes,
            Supplier<Heartbeat> identity,
            ScheduledExecutorService timer,
            Duration settleInterval) {
        this.producer = producer;
        this.topic = topic;
        this.partitions = partitions;
        this.identity = identity;
        this.timer = timer;
        this.settleMillis = settleInterval.toMillis();
        this.gathered = new Gathered[lanes][partitions];
        for (Gathered[] lane : gathered) {
            for (int partition = 0; partition < partitions; partition++) {
                lane[partition] = new Gathered(partition);
            }
        }
    }

    @Override
    public void attach(Session session, long request, AttachTerms terms, LongConsumer durable) {
        append(session, attach(session, request, terms), durable);
    }

    private ClientCommand.Attach attach(Session session, long request, AttachTerms terms) {
        Heartbeat self = identity.get();
        return new ClientCommand.Attach(
                session.clientId(),
                self.incarnation(),
                self.slot(),
                request,
                System.currentTimeMillis(),
                terms.cleanStart(),
                terms.expirySeconds(),
                terms.protocolVersion(),
                terms.keepAliveSeconds(),
                terms.address(),
                terms.will());
    }

    @Override
    public void detach(Session session, ClientCommand.Detach command) {
        if (session.isDurable()) {
            writeEnd(session, command); // Somebody may wait for it.
            return;
        }
        unwritten.incrementAndGet();
        ends.add(() -> {
            writeEnd(session, command);
            unwritten.decrementAndGet();
        });
        if (endsTimed.compareAndSet(false, true)) {
            later(this::writeEnds, settleMillis, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * When clients come and go by the thousand, Kafka would have to take a batch of its own for nearly every one that goes, so they
     * are gathered for a while.
     */
    private void writeEnds() {
        endsTimed.set(false);
        for (Runnable end = ends.poll(); end != null; end = ends.poll()) {
            end.run();
        }
    }

    private void writeEnd(Session session, ClientCommand.Detach command) {
        send(session.partition(partitions), command, (metadata, failure) -> {
            if (failure != null) {
                again(session, command, failure);
            }
        });
    }

    private void later(Runnable task, long delay, TimeUnit unit) {
        try {
            timer.schedule(task, delay, unit);
        } catch (RejectedExecutionException e) {
            log.debug("The gateway stops, and the leader will find it lost");
        }
    }

    /** Without it the client would be thought to be connected for as long as this gateway lives. */
    private void again(Session session, ClientCommand.Detach command, Exception failure) {
        log.atWarn()
                .addKeyValue("client", session.clientId())
                .addKeyValue("cause", failure.getMessage())
                .log("Kafka did not take the end of a connection; trying again");
        later(() -> writeEnd(session, command), RETRY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public long unwritten() {
        return unwritten.get();
    }

    @Override
    public void append(Session session, ClientCommand command, LongConsumer durable) {
        send(
                session.partition(partitions),
                command,
                (metadata, failure) -> session.connection().execute(() -> {
                    if (failure == null) {
                        durable.accept(metadata.offset());
                    } else {
                        failed(session, failure);
                    }
                }));
    }

    private static void failed(Session session, Exception failure) {
        session.connection().end(EndReason.LOG_UNAVAILABLE, "Kafka refused a command: " + failure.getMessage());
    }

    private void send(int partition, Command command, Callback then) {
        unwritten.incrementAndGet();
        Callback callback = (metadata, failure) -> {
            then.onCompletion(metadata, failure);
            unwritten.decrementAndGet();
        };
        try {
            producer.send(new ProducerRecord<>(topic, partition, command.key(), command.value()), callback);
        } catch (RuntimeException e) {
            // Kafka tells of some failures by throwing instead of calling back.
            callback.onCompletion(null, e);
        }
    }

    private Gathered gathered(Session session) {
        return gathered[session.lane()][session.partition(partitions)];
    }

    @Override
    public void settled(Session session, long epoch, Origin origin, Runnable durable) {
        gathered(session).of(session, epoch, durable).settled.add(origin);
        gathered(session).flushWithin(session, settleMillis);
    }

    @Override
    public void settledId(Session session, long epoch, AssignedId id, Runnable durable) {
        gathered(session).of(session, epoch, durable).settledIds.add(id);
        gathered(session).flushWithin(session, settleMillis);
    }

    @Override
    public void received(Session session, long epoch, Origin origin, Runnable durable) {
        gathered(session).of(session, epoch, durable).received.add(origin);
        gathered(session).flushWithin(session, 0);
    }

    @Override
    public void receivedId(Session session, long epoch, AssignedId id, Runnable durable) {
        gathered(session).of(session, epoch, durable).receivedIds.add(id);
        gathered(session).flushWithin(session, 0);
    }

    @Override
    public void flush(Session session) {
        gathered(session).flush();
    }

    /** What one session's client has acknowledged. */
    private static final class OfSession {
        private final long epoch;
        private final List<Origin> settled = new ArrayList<>();
        private final List<Origin> received = new ArrayList<>();
        private final List<AssignedId> settledIds = new ArrayList<>(0);
        private final List<AssignedId> receivedIds = new ArrayList<>(0);
        private final List<Runnable> durable = new ArrayList<>();

        private OfSession(long epoch) {
            this.epoch = epoch;
        }
    }

    /** What the clients of one lane and partition have acknowledged since the last record. */
    private final class Gathered {
        private final int partition;
        private Map<Session, OfSession> sessions = new HashMap<>();
        private boolean timed;
        private boolean soon;

        private Gathered(int partition) {
            this.partition = partition;
        }

        OfSession of(Session session, long epoch, Runnable durable) {
            OfSession of = sessions.computeIfAbsent(session, unused -> new OfSession(epoch));
            of.durable.add(durable);
            return of;
        }

        void flushWithin(Session session, long millis) {
            if (millis == 0 && !soon) {
                soon = true;
                session.connection().execute(this::flush);
            } else if (millis > 0 && !timed) {
                timed = true;
                timer.schedule(() -> session.connection().execute(this::flushTimed), millis, TimeUnit.MILLISECONDS);
            }
        }

        private void flushTimed() {
            timed = false;
            flush();
        }

        void flush() {
            soon = false;
            if (sessions.isEmpty()) {
                return;
            }
            Map<Session, OfSession> written = sessions;
            sessions = new HashMap<>();
            List<Command.Progress.Session> progress = new ArrayList<>(written.size());
            written.forEach((session, of) -> progress.add(new Command.Progress.Session(
                    session.clientId(), of.epoch, of.settled, of.received, of.settledIds, of.receivedIds)));
            Session any = written.keySet().iterator().next();
            send(
                    partition,
                    new Command.Progress(progress),
                    (metadata, failure) -> any.connection()
                            .execute(() -> written.forEach((session, of) -> {
                                if (failure != null) {
                                    failed(session, failure);
                                } else if (!session.hasEnded()) {
                                    of.durable.forEach(Runnable::run);
                                }
                            })));
        }
    }
}
