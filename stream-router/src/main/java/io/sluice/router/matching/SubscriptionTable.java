package io.sluice.router.matching;

import io.sluice.wire.FilterTrie;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The filters of all durable sessions, one table for all match tasks of a process. A task that follows it learns every change
 * after the table has it: what the task matches from then on is matched with it, and for what lies before it looks back in the log.
 * Thread-safe.
 */
public final class SubscriptionTable {

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    // Guarded by the lock.
    private final FilterTrie<String, Session> filters = new FilterTrie<>();
    private final Map<String, Session> sessions = new HashMap<>();
    private final long[] applied;

    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** An empty table for so many partitions of clients. */
    public SubscriptionTable(int partitions) {
        applied = new long[partitions];
        Arrays.fill(applied, -1);
    }

    /** What is known of one session. */
    private static final class Session {
        private SubscriptionsRecord record;
        private SessionFilters filters;
        private final int clientPartition;

        Session(int clientPartition) {
            this.clientPartition = clientPartition;
        }

        void set(SubscriptionsRecord present) {
            record = present;
            filters = new SessionFilters(present.clientId().getBytes(StandardCharsets.UTF_8), present.versions());
        }
    }

    /** Takes the sessions that a message is for. */
    @FunctionalInterface
    public interface Visitor {
        /** The message is for this session. */
        void visit(String clientId, long sessionId);
    }

    /**
     * A change of the table.
     *
     * @param clientPartition the partition of the client
     * @param commandsOffset of the command that it is the outcome of
     * @param clientId whose filters
     * @param sessionId which of the client's sessions
     * @param added versions of filters that were not known before
     */
    record Change(
            int clientPartition, long commandsOffset, String clientId, long sessionId, List<FilterVersion> added) {}

    /** The changes that a task has not learned yet; to be closed. */
    final class Follower implements AutoCloseable {
        private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
        private final long[] appliedAtFirst;

        private Follower(long[] appliedAtFirst) {
            this.appliedAtFirst = appliedAtFirst;
        }

        /** By partition of clients, the last command whose outcome the table had when it was first followed; not to be changed. */
        long[] appliedAtFirst() {
            return appliedAtFirst;
        }

        /** The next change, or null. */
        Change poll() {
            return changes.poll();
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }

    /** Begins to follow the table: all that it has now is the first change. */
    Follower follow() {
        lock.writeLock().lock();
        try {
            Follower follower = new Follower(applied.clone());
            sessions.values().forEach(session -> {
                SubscriptionsRecord record = session.record;
                follower.changes.add(new Change(
                        session.clientPartition,
                        record.commandsOffset(),
                        record.clientId(),
                        record.sessionId(),
                        record.versions()));
            });
            followers.add(follower);
            return follower;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Takes a record of {@code mqtt.subscriptions}. */
    void put(int clientPartition, SubscriptionsRecord record) {
        lock.writeLock().lock();
        try {
            Session known = sessions.get(record.clientId());
            List<FilterVersion> added = record.versions().stream()
                    .filter(version -> !isKnown(known, record.sessionId(), version))
                    .toList();
            set(clientPartition, known, record);
            applied[clientPartition] = Math.max(applied[clientPartition], record.commandsOffset());
            Change change =
                    new Change(clientPartition, record.commandsOffset(), record.clientId(), record.sessionId(), added);
            followers.forEach(follower -> follower.changes.add(change));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** A tombstone: the client has no filters. */
    void remove(String clientId) {
        lock.writeLock().lock();
        try {
            Session known = sessions.remove(clientId);
            if (known != null) {
                names(known.record).forEach(filter -> filters.remove(filter, clientId));
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static boolean isKnown(Session known, long sessionId, FilterVersion version) {
        return known != null
                && known.record.sessionId() == sessionId
                && known.record.versions().stream()
                        .anyMatch(other -> other.since() == version.since()
                                && other.filter().equals(version.filter()));
    }

    private void set(int clientPartition, Session known, SubscriptionsRecord record) {
        Session session = known == null ? new Session(clientPartition) : known;
        Set<TopicFilter> present = names(record);
        Set<TopicFilter> before = known == null ? Set.of() : names(known.record);
        for (TopicFilter filter : before) {
            if (!present.contains(filter)) {
                filters.remove(filter, record.clientId());
            }
        }
        for (TopicFilter filter : present) {
            if (!before.contains(filter)) {
                filters.put(filter, record.clientId(), session);
            }
        }
        session.set(record);
        if (present.isEmpty()) {
            sessions.remove(record.clientId());
        } else {
            sessions.put(record.clientId(), session);
        }
    }

    private static Set<TopicFilter> names(SubscriptionsRecord record) {
        Set<TopicFilter> names = new HashSet<>();
        record.versions().forEach(version -> names.add(version.filter()));
        return names;
    }

    /** Finds all sessions that a message of the log is for, each once. */
    public void match(PublishRecord message, Visitor visitor) {
        lock.readLock().lock();
        try {
            List<Session> found = new ArrayList<>();
            filters.match(
                    new String(message.topic(), StandardCharsets.UTF_8), (clientId, session) -> found.add(session));
            Iterable<Session> each = found.size() > 1 ? new HashSet<>(found) : found;
            for (Session session : each) {
                if (reaches(session.filters, message)) {
                    visitor.visit(session.record.clientId(), session.record.sessionId());
                }
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether a message of the log is for any session. */
    boolean isWanted(PublishRecord message) {
        lock.readLock().lock();
        try {
            boolean[] isWanted = new boolean[1];
            if (!sessions.isEmpty() && message.qos() != Qos.AT_MOST_ONCE) {
                filters.match(new String(message.topic(), StandardCharsets.UTF_8), (clientId, session) -> {
                    isWanted[0] |= reaches(session.filters, message);
                });
            }
            return isWanted[0];
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether filters let a message into the index: what they deliver with QoS 0 is not kept for later. */
    static boolean reaches(SessionFilters filters, PublishRecord message) {
        SessionFilters.Delivery delivery = filters.delivery(message);
        return delivery != null && delivery.qos() != Qos.AT_MOST_ONCE;
    }

    /** The number of sessions that have filters. */
    public int sessions() {
        lock.readLock().lock();
        try {
            return sessions.size();
        } finally {
            lock.readLock().unlock();
        }
    }
}
