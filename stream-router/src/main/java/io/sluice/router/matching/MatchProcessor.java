package io.sluice.router.matching;

import io.sluice.router.topology.DeadLetters;
import io.sluice.router.topology.HeldBackStore;
import io.sluice.router.topology.Outgoing;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Inbox;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SecondCopies;
import io.sluice.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matches one partition of the log: each message against the table, and what the task had already passed against filters
 * that it learns of later. A mark then tells each partition of the inbox how far that is.
 *
 * <p>Everything that a mark speaks of was forwarded before it, and one producer keeps the order of a partition; so a mark is
 * true wherever it can be read. When the task starts, what its predecessors committed is matched with all filters up to {@link
 * #safe}, and for later ones it looks back.
 */
final class MatchProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

    private static final Logger log = LoggerFactory.getLogger(MatchProcessor.class);
    private static final Bytes APPLIED = Bytes.wrap(new byte[] {'A'});
    private static final long UNKNOWN = -1;
    /** A mark is a record for each partition of the log and of clients, so there is one only so long after the last one, or match. */
    private static final int ROUNDS = 3;
    /** Also where matches go all the time: only a mark makes the queue stage look for what it need not remember any more. */
    private static final int MOST_ROUNDS = 10;

    private final MatchConfig config;
    private final int partitions;
    private final SubscriptionTable table;
    private final MatchSieve sieve;
    private final LogReader logReader;
    private final MatchEvents events;

    // Valid while the task is assigned; the same object may be assigned again.
    private ProcessorContext<byte[], Outgoing> context;
    private DeadLetters deadLetters;
    private HeldBackStore store;
    private SubscriptionTable.Follower follower;
    private int partition;
    /** Where the task began, and the first offset that it has not matched. */
    private long start;

    private long position;
    /** By partition of clients: up to where all messages below {@link #start} were matched before with each command's filters. */
    private long[] safe;
    /** By partition of clients: the last command whose filters the task knows. */
    private long[] applied;

    private LookBack lookBack;
    private SecondCopies copies;

    // What the last marks said, by partition of clients, and in which round.
    private long[] markedPosition;
    private long[] markedApplied;
    private long[] markedIn;
    /** By partition of clients: in which round a match was sent there last that tells what was applied. */
    private long[] sentIn;
    /** The sessions that the present message is for, and by partition of clients the last of them. */
    private final List<Wanted> wanted = new ArrayList<>();

    private int[] lastWanted;
    /** How often it was time for marks. */
    private long round;
    /**
     * By partition of clients: the last command with whose filters all messages up to the next commit are matched for sure. What
     * a mark said is sure when a commit has followed it.
     */
    private long[] applicable;

    /** A session that a message is for. */
    private record Wanted(String clientId, long sessionId, int clientPartition) {}

    MatchProcessor(
            MatchConfig config, SubscriptionTable table, MatchSieve sieve, LogReader logReader, MatchEvents events) {
        this.config = config;
        partitions = config.topics().partitions();
        this.table = table;
        this.sieve = sieve;
        this.logReader = logReader;
        this.events = events;
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> assigned) {
        context = assigned;
        partition = assigned.taskId().partition();
        deadLetters =
                new DeadLetters(assigned, MatchTopology.LETTERS, config.topics().deadLetter(), events::damaged);
        store = assigned.getStateStore(MatchTopology.APPLIED);
        store.beforeCommit(this::beforeCommit);
        lookBack = new LookBack(config.uniqueIds());
        copies = new SecondCopies(partitions, config.uniqueIds(), logReader::read);
        follower = table.follow();
        safe = AppliedCodec.decode(store.get(APPLIED), partitions);
        applied = follower.appliedAtFirst().clone();
        start = UNKNOWN;
        position = UNKNOWN;
        markedPosition = new long[partitions];
        Arrays.fill(markedPosition, UNKNOWN);
        markedApplied = new long[partitions];
        Arrays.fill(markedApplied, UNKNOWN);
        markedIn = new long[partitions];
        Arrays.fill(markedIn, -MOST_ROUNDS);
        sentIn = new long[partitions];
        Arrays.fill(sentIn, -MOST_ROUNDS);
        wanted.clear();
        lastWanted = new int[partitions];
        round = 0;
        // The table may lag behind that of the router that had the task before.
        applicable = new long[partitions];
        Arrays.setAll(applicable, q -> Math.min(safe[q], applied[q]));
        putApplicable();
        assigned.schedule(config.markInterval(), PunctuationType.WALL_CLOCK_TIME, now -> catchUp());
    }

    private void begin(long offset) {
        start = offset;
        position = offset;
    }

    @Override
    public void close() {
        follower.close();
        store.beforeCommit(() -> {});
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context.recordMetadata().orElseThrow();
        if (position == UNKNOWN) {
            begin(place.offset());
        }
        // What is known before a message is matched needs no look back for it.
        learn();
        position = place.offset() + 1;
        PublishRecord message;
        try {
            message = PublishRecord.decode(
                    record.key(),
                    record.value(),
                    record.headers(),
                    place.partition(),
                    place.offset(),
                    record.timestamp());
        } catch (DamagedRecordException e) {
            return; // The stage that keeps what is retained tells of it.
        }
        events.messageMatched();
        if (copies.isRepeated(message)) {
            return;
        }
        if (message.weight() > Topics.MAX_QUEUED_BYTES) {
            refuse(record, place, message);
            return;
        }
        table.match(message, this::want);
        sendToWanted(message);
    }

    private void want(String clientId, long sessionId) {
        int to = ClientPartitions.of(clientId.getBytes(StandardCharsets.UTF_8), partitions);
        lastWanted[to] = wanted.size();
        wanted.add(new Wanted(clientId, sessionId, to));
    }

    /**
     * The last match of the message in a partition of clients tells what the last mark there did of what was applied: all that is due
     * to that of earlier messages is there, since this one is in the log's order.
     */
    private void sendToWanted(PublishRecord message) {
        for (int i = 0; i < wanted.size(); i++) {
            Wanted one = wanted.get(i);
            int to = one.clientPartition();
            long told = lastWanted[to] == i ? markedApplied[to] : UNKNOWN;
            if (told != UNKNOWN) {
                sentIn[to] = round;
            }
            send(to, new Inbox.Match(one.clientId(), one.sessionId(), told, message));
        }
        wanted.clear();
    }

    /** What goes with it would not fit into a record that has it. Only for those whom it is for; others have it from the log. */
    private void refuse(Record<byte[], byte[]> record, RecordMetadata place, PublishRecord message) {
        boolean[] isWanted = new boolean[1];
        table.match(message, (clientId, sessionId) -> isWanted[0] = true);
        if (isWanted[0]) {
            deadLetters.add(
                    record.withValue(null),
                    place,
                    new DamagedRecordException("of " + message.weight()
                            + " bytes, too large for the queue of a session;" + " value left out"));
        }
    }

    private void send(int clientPartition, Inbox.Match match) {
        forward(clientPartition, match);
        events.matchSent();
    }

    /** With the present time: retention goes by it, and the message may be old. */
    private void forward(int inboxPartition, Inbox record) {
        context.forward(
                new Record<>(record.key(), new Outgoing(inboxPartition, record.value()), context.currentSystemTimeMs()),
                MatchTopology.INBOX);
    }

    /** Learns what has changed, looks back for it, and tells how far everything is. */
    private void catchUp() {
        try {
            if (position == UNKNOWN) {
                begin(logReader.position(partition));
            }
            learn();
            long read = lookBack.run(partition, logReader, (clientId, sessionId, message) -> {
                if (message.weight() <= Topics.MAX_QUEUED_BYTES) {
                    int to = ClientPartitions.of(clientId.getBytes(StandardCharsets.UTF_8), partitions);
                    send(to, new Inbox.Match(clientId, sessionId, UNKNOWN, message));
                }
            });
            if (read > 0) {
                events.lookedBack(read);
            }
        } catch (RetriableException e) {
            log.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("cause", e.getMessage())
                    .log("Cannot look back in the log now; trying again");
            return;
        }
        mark();
    }

    private void learn() {
        // What was sifted before the filter was known is not all on its way here.
        long end = Math.max(position, sieve.siftedBelow(partition));
        for (SubscriptionTable.Change change = follower.poll(); change != null; change = follower.poll()) {
            int q = change.clientPartition();
            for (var version : change.added()) {
                long from = version.from()[partition];
                long first = version.since() <= safe[q] ? Math.max(from, start) : from;
                lookBack.add(change.clientId(), change.sessionId(), version, first, end);
            }
            applied[q] = Math.max(applied[q], change.commandsOffset());
        }
    }

    /** Where nothing went lately, only sessions that are resumed wait for a mark. */
    private void mark() {
        round++;
        for (int q = 0; q < partitions; q++) {
            boolean isDue = round - Math.max(markedIn[q], sentIn[q]) >= ROUNDS || round - markedIn[q] >= MOST_ROUNDS;
            if (applied[q] != markedApplied[q] || (isDue && position != markedPosition[q])) {
                forward(q, new Inbox.Mark(partition, position, applied[q]));
                markedPosition[q] = position;
                markedIn[q] = round;
            }
        }
        markedApplied = applied.clone();
    }

    /** The commit before this one has made sure of what was forwarded before it. */
    private void beforeCommit() {
        putApplicable();
        if (round > 0) {
            applicable = markedApplied.clone();
        }
    }

    private void putApplicable() {
        if (!Arrays.equals(applicable, AppliedCodec.decode(store.get(APPLIED), partitions))) {
            store.put(APPLIED, AppliedCodec.encode(applicable));
        }
    }
}
