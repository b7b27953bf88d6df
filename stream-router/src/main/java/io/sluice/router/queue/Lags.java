package io.sluice.router.queue;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells how far sessions are behind: when that has changed, and at most once in an interval for each. A client that is
 * connected and has little queued keeps up, which is not worth telling. Belongs to the stage's thread.
 */
final class Lags {

    /** For so many clients is known what was told last; it is told anew for others. */
    private static final int REMEMBERED = 20_000;
    /** What is on its way to a client that keeps up. */
    private static final long UNDER_WAY = 100;

    /** Of so many is told at once, at most: it must not take longer than a transaction may. */
    private static final int TOLD_AT_ONCE = 100;

    private static final long SECOND = 1_000;
    /** A change of one of these parts is worth telling. */
    private static final int PARTS = 20;

    /** What was told. */
    private record Told(long messages, long bytes, long dropped, long oldest, long at) {}

    private static final Told NOTHING = new Told(0, 0, 0, -1, -1);

    private final long[] fromTheFirst;
    private final QueueLimits limits;
    private final long intervalMillis;
    private final QueueState state;
    private final QueueEffects effects;
    private final Timers due = new Timers();
    private List<QueueSize.Behind> farthest = List.of();
    private long farthestAt = -SECOND;
    /** The least recently told first. */
    private final Map<String, Told> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
            return size() > REMEMBERED;
        }
    };

    Lags(int partitions, QueueLimits limits, long intervalMillis, QueueState state, QueueEffects effects) {
        this.fromTheFirst = new long[partitions];
        this.limits = limits;
        this.intervalMillis = intervalMillis;
        this.state = state;
        this.effects = effects;
        state.eachTally((clientId, tally) -> {
            if (tally.messages() > 0) {
                told.put(
                        clientId,
                        new Told(tally.messages(), tally.bytes(), tally.dropped(), tally.oldest(), NOTHING.at()));
            }
        });
    }

    /** The queue of a client has changed. It is told together with others, since each time costs a transaction. */
    void changed(String clientId, ClientState client, long now) {
        if (!due.isSet(clientId) && isWorthTelling(clientId, client)) {
            due.set(clientId, (now + intervalMillis + SECOND - 1) / SECOND * SECOND);
        }
    }

    /** A client is gone. */
    void gone(String clientId) {
        due.set(clientId, ClientState.NEVER);
        told.remove(clientId);
    }

    /** When {@link #tick} has something to do, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long nextDue() {
        return due.next();
    }

    /** Tells what is due, or the first part of it. */
    void tick(long now) {
        for (String clientId : due.due(now, TOLD_AT_ONCE)) {
            ClientState client = state.client(clientId);
            if (client != null && isWorthTelling(clientId, client)) {
                effects.lagChanged(clientId, client);
            }
        }
    }

    private boolean isWorthTelling(String clientId, ClientState client) {
        Tally tally = state.tally(clientId);
        Told last = told.getOrDefault(clientId, NOTHING);
        long change = Math.abs(tally.messages() - last.messages());
        boolean isSmall = client.owner() != null && tally.messages() <= UNDER_WAY && last.messages() <= UNDER_WAY;
        boolean isOtherwise = tally.messages() == 0
                ? last.messages() > 0
                : change > last.messages() / PARTS || Math.abs(tally.bytes() - last.bytes()) > last.bytes() / PARTS;
        return tally.dropped() != last.dropped() || (isOtherwise && !isSmall);
    }

    /** How far a client is behind, which is about to be told. */
    SessionLag tell(String clientId, ClientState client, long now) {
        Tally tally = state.tally(clientId);
        Told last = told.getOrDefault(clientId, NOTHING);
        long oldest = tally.messages() == 0 ? -1 : oldest(client, tally);
        told.remove(clientId);
        if (tally.messages() > 0 || tally.dropped() > 0) {
            told.put(clientId, new Told(tally.messages(), tally.bytes(), tally.dropped(), oldest, now));
        }
        return new SessionLag(tally, oldest, millisToLimit(tally, oldest, last, now));
    }

    /** Looks for it where messages have left the queue since it was known: that takes a look into each log partition. */
    private long oldest(ClientState client, Tally tally) {
        if (!tally.isOldestKnown()) {
            tally.oldest(oldest(client));
        }
        return tally.oldest();
    }

    private long oldest(ClientState client) {
        try (OldestFirst queue = new OldestFirst(
                client.sessionId(),
                state,
                fromTheFirst,
                (partition, offset, entry) -> entry.state() == Entry.State.QUEUED ? entry : null)) {
            return queue.next() ? queue.entry().message().timestamp() : -1;
        }
    }

    private long millisToLimit(Tally tally, long oldest, Told last, long now) {
        long first = limits.hasAge() && oldest >= 0 ? Math.max(0, oldest + limits.ageMillis() - now) : Long.MAX_VALUE;
        if (last.at() >= 0 && now > last.at()) {
            double millis = now - last.at();
            first = Math.min(first, left(limits.messages(), tally.messages(), last.messages(), millis));
            first = Math.min(first, left(limits.bytes(), tally.bytes(), last.bytes(), millis));
        }
        return first == Long.MAX_VALUE ? -1 : first;
    }

    private static long left(long limit, long present, long before, double millis) {
        // There may be more than the limit, if that was lowered.
        return present <= before ? Long.MAX_VALUE : (long) (Math.max(0, limit - present) * millis / (present - before));
    }

    /** The clients that are farthest behind, as was told a second ago at most, the farthest first. */
    List<QueueSize.Behind> farthest(int most, long now) {
        if (now - farthestAt >= SECOND) {
            farthestAt = now;
            farthest = told.entrySet().stream()
                    .map(last -> new QueueSize.Behind(
                            last.getKey(),
                            last.getValue().messages(),
                            last.getValue().oldest()))
                    .filter(session -> session.messages() > 0)
                    .sorted(Comparator.comparingLong(QueueSize.Behind::messages).reversed())
                    .limit(most)
                    .toList();
        }
        return farthest;
    }
}
