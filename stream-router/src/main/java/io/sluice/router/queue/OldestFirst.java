package io.sluice.router.queue;

import io.sluice.router.queue.QueueState.Cursor;

/** Walks through the entries of a session that belong into an answer or a queue, those of all log partitions merged by time. */
final class OldestFirst implements AutoCloseable {

    /** Tells of each entry before its turn comes what is made of it. */
    @FunctionalInterface
    interface Choice {
        /** The entry as it is to be met, or null to pass it over; it may be changed or removed in the state. */
        Entry of(int partition, long offset, Entry entry);
    }

    private final Cursor[] cursors;
    private final Entry[] heads;
    private final Choice choice;
    private int present = -1;

    /** @param from for each log partition the first offset */
    OldestFirst(long session, QueueState state, long[] from, Choice choice) {
        this.choice = choice;
        cursors = new Cursor[from.length];
        heads = new Entry[from.length];
        try {
            for (int p = 0; p < from.length; p++) {
                cursors[p] = state.entries(session, p, from[p]);
                advance(p);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void advance(int partition) {
        Cursor cursor = cursors[partition];
        heads[partition] = null;
        while (heads[partition] == null && cursor.next()) {
            heads[partition] = choice.of(partition, cursor.offset(), cursor.entry());
        }
        if (heads[partition] == null) {
            cursor.close();
            cursors[partition] = null;
        }
    }

    /** Goes to the next entry, the first one at the beginning; false if there is none. What has no time goes first. */
    boolean next() {
        if (present >= 0) {
            advance(present);
        }
        present = -1;
        long time = Long.MAX_VALUE;
        for (int p = 0; p < heads.length; p++) {
            if (heads[p] != null) {
                long of = heads[p].message() == null
                        ? Long.MIN_VALUE
                        : heads[p].message().timestamp();
                if (present < 0 || of < time) {
                    present = p;
                    time = of;
                }
            }
        }
        return present >= 0;
    }

    int partition() {
        return present;
    }

    long offset() {
        return cursors[present].offset();
    }

    Entry entry() {
        return heads[present];
    }

    /** For a partition the offset of the entry whose turn has not come, the present one included; -1 if there is none. */
    long nextOffset(int partition) {
        return heads[partition] == null ? -1 : cursors[partition].offset();
    }

    @Override
    public void close() {
        for (Cursor cursor : cursors) {
            if (cursor != null) {
                cursor.close();
            }
        }
    }
}
