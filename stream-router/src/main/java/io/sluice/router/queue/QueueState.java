package io.sluice.router.queue;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where the queue stage keeps one client partition's state. What is changed here, what was read, and what is sent are committed
 * together or not at all. Used by one thread.
 */
interface QueueState {

    /** A client's state, or null. A change of it counts when it was {@link #put}. */
    ClientState client(String clientId);

    /** Keeps a client's state. */
    void put(String clientId, ClientState client);

    /** Forgets a client that is known, has no entries, and whose tally is empty. */
    void remove(String clientId);

    /** Visits all clients; only for when a task starts. */
    void eachClient(BiConsumer<String, ClientState> visitor);

    /** What is queued for a client, as its entries are now. A change of what else it holds counts when it was {@link #putTally}. */
    Tally tally(String clientId);

    /** Keeps what was changed in a client's tally. */
    void putTally(String clientId, Tally tally);

    /** Visits the tallies of all clients that have something to count; only for when a task starts. */
    void eachTally(BiConsumer<String, Tally> visitor);

    // Entries belong to a session, which is the one that its client has.

    /** An entry, or null. */
    Entry entry(long session, int partition, long offset);

    /** Sets an entry. */
    void putEntry(String clientId, long session, int partition, long offset, Entry entry);

    /** Removes an entry, if there is one. */
    void removeEntry(String clientId, long session, int partition, long offset);

    /** Lets go of all entries of a session that has ended, whatever their number, and forgets what was counted for its client. */
    void sessionEnded(String clientId, long session);

    /** Whether there is something left of sessions that have ended, which nobody meets any more. */
    boolean hasRemains();

    /** Removes some of what is left of sessions that have ended. */
    void removeRemains();

    /** A session's entries of one log partition by offset; to be closed. */
    Cursor entries(long session, int partition, long from);

    /** When the first of all queued messages expires, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long firstExpiry();

    /**
     * Visits queued messages that have expired, the first ones first, and at most so many; all that are visited have to be
     * removed, but afterwards.
     */
    void expired(long now, int most, Consumer<Place> visitor);

    /** How far the match stage has come in a log partition; {@link Mark#NONE} before the first one. */
    Mark mark(int partition);

    /** Sets the mark of a log partition. */
    void putMark(int partition, Mark mark);

    /** The gateways that were declared lost, as they were {@link #putLost}; none before. */
    LostGateways lost();

    /** Keeps the gateways that were declared lost. */
    void putLost(LostGateways lost);

    /** The client whose filters were told last, if it has none; or null. */
    String withoutFilters();

    /** Keeps the client whose filters were told last, if it has none. */
    void putWithoutFilters(String clientId);

    /** Visits the settled entries of all clients in one log partition below an offset; entries may be removed meanwhile. */
    void settledBelow(int partition, long offset, SettledVisitor visitor);

    /** Where an entry is. */
    record Place(String clientId, long session, int partition, long offset) {}

    /** Walks through entries. */
    interface Cursor extends AutoCloseable {

        /** Goes to the next entry, the first one at the beginning; false if there is none. */
        boolean next();

        /** The present entry's offset. */
        long offset();

        /** The present entry. */
        Entry entry();

        @Override
        void close();
    }

    /** Takes the places of settled entries. */
    @FunctionalInterface
    interface SettledVisitor {
        void visit(String clientId, long offset);
    }
}
