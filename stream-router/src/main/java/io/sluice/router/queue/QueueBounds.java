package io.sluice.router.queue;

import io.sluice.router.queue.ClientState.Owner;
import io.sluice.router.queue.QueueLimits.WhenFull;
import io.sluice.wire.Fanout;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Keeps the queue of each session within its limits, and free of messages that have expired. What is dropped leaves nothing
 * behind but its packet identifier, if the client may hold that: it has to be released as if PUBREC had come. Belongs to
 * the stage's thread.
 */
final class QueueBounds {

    /** How much is dropped between two records because it has been queued for too long. */
    static final int DROPPED_AT_ONCE = 1_000;
    /** Messages that expire one after the other are looked for together. */
    private static final long EXPIRED_EVERY_MILLIS = 1_000;
    /** Where there is no room for one message, there will soon be none for the next. */
    private static final int FREED_PARTS = 100;

    private static final int PACKET_IDS = 0xFFFF;

    private final long[] fromTheFirst;
    private final QueueLimits limits;
    private final QueueState state;
    private final Completeness completeness;
    private final QueueEffects effects;
    /** When messages of a client may be queued for too long. */
    private final Timers ages = new Timers();

    private long expiredAt;

    QueueBounds(int partitions, QueueLimits limits, QueueState state, Completeness completeness, QueueEffects effects) {
        this.fromTheFirst = new long[partitions];
        this.limits = limits;
        this.state = state;
        this.completeness = completeness;
        this.effects = effects;
        if (limits.hasAge()) {
            state.eachTally(this::lookAtAge);
        }
    }

    private void lookAtAge(String clientId, Tally tally) {
        ages.set(clientId, tally.messages() == 0 ? ClientState.NEVER : limits.lookAt(tally.oldest()));
    }

    // --- a message comes

    /** Whether a message is to be queued; if so there is room for it, otherwise it is dropped. */
    boolean admit(String clientId, ClientState client, PublishRecord message, long now) {
        if (message.isExpired(now)) {
            drop(clientId, client, message, mayBeSent(client, message), DropReason.EXPIRED);
            return false;
        }
        Tally tally = state.tally(clientId);
        DropReason full = full(tally, 0, message.weight());
        if (full != null && limits.whenFull() == WhenFull.DROP_OLDEST && message.weight() <= limits.bytes()) {
            makeRoom(clientId, client, message, full);
            full = null;
        }
        if (full == null) {
            if (tally.isTold() && tally.messages() <= limits.messages() / 2 && tally.bytes() <= limits.bytes() / 2) {
                tally.told(false);
                state.putTally(clientId, tally);
            }
            return true;
        }
        drop(clientId, client, message, mayBeSent(client, message), full);
        if (limits.whenFull() == WhenFull.DISCONNECT) {
            disconnect(clientId, client);
        }
        return false;
    }

    /** Messages of a client may be queued for too long from now on. */
    void watch(String clientId) {
        if (limits.hasAge() && !ages.isSet(clientId)) {
            lookAtAge(clientId, state.tally(clientId));
        }
    }

    private DropReason full(Tally tally, long messages, long bytes) {
        if (tally.messages() >= limits.messages() - messages) {
            return DropReason.MESSAGES;
        }
        return tally.bytes() > limits.bytes() - bytes ? DropReason.BYTES : null;
    }

    private void makeRoom(String clientId, ClientState client, PublishRecord message, DropReason reason) {
        Tally tally = state.tally(clientId);
        long messages = limits.messages() / FREED_PARTS;
        long bytes = Math.min(message.weight() + limits.bytes() / FREED_PARTS, limits.bytes());
        try (OldestFirst oldest = queue(client)) {
            while (full(tally, messages, bytes) != null && oldest.next()) {
                dropPresent(clientId, client, oldest, reason);
            }
        }
    }

    private OldestFirst queue(ClientState client) {
        return new OldestFirst(
                client.sessionId(),
                state,
                fromTheFirst,
                (partition, offset, entry) -> entry.state() == Entry.State.QUEUED ? entry : null);
    }

    private void dropPresent(String clientId, ClientState client, OldestFirst at, DropReason reason) {
        PublishRecord message = at.entry().message();
        drop(clientId, client, message, mayBeSent(client, message), reason);
    }

    /** The gateway tells its client why; only once, so that it can come back and take what is queued. */
    private void disconnect(String clientId, ClientState client) {
        Tally tally = state.tally(clientId);
        Owner owner = client.owner();
        if (owner != null && !tally.isTold()) {
            tally.told(true);
            state.putTally(clientId, tally);
            tellOverflow(clientId, owner);
        }
    }

    private void tellOverflow(String clientId, Owner owner) {
        effects.send(owner.slot(), new Fanout.Overflow(clientId, owner.incarnation(), owner.epoch()));
    }

    // --- a message goes

    /** Whether a connection may have sent a message, the present one included. */
    private static boolean mayBeSent(ClientState client, PublishRecord message) {
        return client.owner() != null || client.wasMaybeSent(message);
    }

    /**
     * Drops a message.
     *
     * @param maybeSent whether the client may hold its packet identifier
     * @return what is left of it, or null
     */
    Entry drop(String clientId, ClientState client, PublishRecord message, boolean maybeSent, DropReason reason) {
        Tally tally = state.tally(clientId);
        tally.drop(reason);
        state.putTally(clientId, tally);
        effects.dropped(clientId, reason);
        long session = client.sessionId();
        int partition = message.partition();
        long offset = message.offset();
        if (maybeSent && isExactlyOnce(client, message)) {
            Entry closing = Entry.closing(message);
            state.putEntry(clientId, session, partition, offset, closing);
            if (tally.received() > PACKET_IDS && client.overflows()) {
                // There are not so many identifiers: the client takes nothing. Each of its connections ends, or what is
                // left of dropped messages would grow for as long as it stays; without one they leave nothing.
                tellOverflow(clientId, client.owner());
            }
            return closing;
        }
        if (completeness.covers(client, partition, offset)) {
            state.removeEntry(clientId, session, partition, offset);
            return null;
        }
        state.putEntry(clientId, session, partition, offset, Entry.SETTLED);
        return Entry.SETTLED;
    }

    private static boolean isExactlyOnce(ClientState client, PublishRecord message) {
        SessionFilters.Delivery delivery = client.filters().delivery(message);
        return (delivery == null ? message.qos() : delivery.qos()) == Qos.EXACTLY_ONCE;
    }

    /** Why a message that is queued is not to be sent any more, or null. */
    DropReason outlived(PublishRecord message, long now) {
        if (message.isExpired(now)) {
            return DropReason.EXPIRED;
        }
        return limits.isTooOld(message.timestamp(), now) ? DropReason.AGE : null;
    }

    // --- time passes

    /** When {@link #tick} has something to do, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long nextDue() {
        long expiry = state.firstExpiry();
        long expired = expiry == ClientState.NEVER ? expiry : Math.max(expiry, expiredAt + EXPIRED_EVERY_MILLIS);
        return Math.min(expired, ages.next());
    }

    /**
     * Drops some of what was queued for too long; what is left is due again at once.
     *
     * @param changed is told each client whose queue is another now
     */
    void tick(long now, BiConsumer<String, ClientState> changed) {
        if (state.firstExpiry() <= now && now >= expiredAt + EXPIRED_EVERY_MILLIS) {
            dropExpired(now, changed);
        }
        List<String> due = ages.due(now);
        for (int i = 0; i < due.size(); i++) {
            String clientId = due.get(i);
            ClientState client = state.client(clientId);
            if (client != null) {
                dropOld(clientId, client, now);
                changed.accept(clientId, client);
            }
        }
    }

    private void dropExpired(long now, BiConsumer<String, ClientState> changed) {
        List<QueueState.Place> expired = new ArrayList<>();
        state.expired(now, DROPPED_AT_ONCE, expired::add);
        for (QueueState.Place place : expired) {
            ClientState client = state.client(place.clientId());
            Entry entry = state.entry(place.session(), place.partition(), place.offset());
            PublishRecord message = entry.message();
            drop(place.clientId(), client, message, mayBeSent(client, message), DropReason.EXPIRED);
            changed.accept(place.clientId(), client);
        }
        if (expired.size() < DROPPED_AT_ONCE) {
            expiredAt = now;
        }
    }

    private void dropOld(String clientId, ClientState client, long now) {
        Tally tally = state.tally(clientId);
        int dropped = 0;
        try (OldestFirst oldest = queue(client)) {
            while (oldest.next()) {
                PublishRecord message = oldest.entry().message();
                if (dropped == DROPPED_AT_ONCE || !limits.isTooOld(message.timestamp(), now)) {
                    tally.oldest(message.timestamp());
                    state.putTally(clientId, tally);
                    break;
                }
                dropPresent(clientId, client, oldest, DropReason.AGE);
                dropped++;
            }
        }
        lookAtAge(clientId, tally);
    }
}
