package io.sluice.gateway.session;

import io.sluice.gateway.group.SharedDelivery;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayDeque;

/**
 * Messages that wait for a slow client: for room in its socket, or in its window. Bounded in messages and bytes; retained
 * messages of a new subscription are not counted, as they are held anyway; only their places in the queue add to what waits
 * for all clients together. Owned by the session's event loop.
 */
final class OutboundQueue {

    /**
     * A message that waits.
     *
     * @param counted whether it counts against the limits
     * @param shared what tells its group, null if it is not a group's
     */
    record Entry(
            PublishRecord message, Qos qos, boolean retain, int[] identifiers, boolean counted, SharedDelivery shared) {

        Entry(PublishRecord message, Qos qos, boolean retain, int[] identifiers, boolean counted) {
            this(message, qos, retain, identifiers, counted, null);
        }

        /** A group's message: the group holds it, and limits how many there are. */
        Entry(SharedDelivery shared) {
            this(shared.message(), shared.qos(), shared.retain(), shared.identifiers(), false, shared);
        }

        /** Tells the group, if there is one, that nothing more is to be done. */
        void done() {
            if (shared != null) {
                shared.done();
            }
        }

        private int size() {
            return message.weight();
        }

        private int footprint() {
            return counted ? size() + QueuedBytes.OVERHEAD_BYTES : PLACE_BYTES;
        }
    }

    /** What a place in the queue takes, about. */
    private static final int PLACE_BYTES = 48;

    private final int maxMessages;
    private final long maxBytes;
    private final QueuedBytes all;
    /** Made when it is first needed: most clients keep up. */
    private ArrayDeque<Entry> entries;

    private int messages;
    private long bytes;
    /** What all entries take, as all clients' queues count it. */
    private long footprint;

    private int atMostOnce;

    /** @param all knows what waits for other clients */
    OutboundQueue(int maxMessages, long maxBytes, QueuedBytes all) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.all = all;
    }

    /** Adds an entry at the end, or returns false if that would exceed a limit. */
    boolean offer(Entry entry) {
        boolean isFull = entry.counted && (messages + 1 > maxMessages || bytes + entry.size() > maxBytes);
        if (isFull || !all.offer(footprint, entry.footprint(), entry.qos)) {
            return false;
        }
        footprint += entry.footprint();
        if (entry.counted) {
            messages++;
            bytes += entry.size();
        }
        if (entries == null) {
            entries = new ArrayDeque<>();
        }
        entries.add(entry);
        if (entry.qos == Qos.AT_MOST_ONCE) {
            atMostOnce++;
        }
        return true;
    }

    boolean isEmpty() {
        return entries == null || entries.isEmpty();
    }

    /** Whether a message at QoS 0 waits, which a later one must not overtake. */
    boolean hasAtMostOnce() {
        return atMostOnce > 0;
    }

    Entry peek() {
        return entries == null ? null : entries.peek();
    }

    void removeFirst() {
        Entry entry = entries.remove();
        if (entry.counted) {
            messages--;
            bytes -= entry.size();
        }
        footprint -= entry.footprint();
        all.remove(entry.footprint(), footprint == 0);
        if (entry.qos == Qos.AT_MOST_ONCE) {
            atMostOnce--;
        }
        if (entries.isEmpty()) {
            // A burst must not leave its array behind in each of thousands of sessions.
            entries = null;
        }
    }

    /** Retained messages, which do not count against the limit. */
    int uncounted() {
        return entries == null ? 0 : entries.size() - messages;
    }

    /** Messages that count against the limit. */
    int messages() {
        return messages;
    }

    void clear() {
        if (footprint > 0) {
            all.remove(footprint, true);
        }
        footprint = 0;
        entries = null;
        messages = 0;
        bytes = 0;
        atMostOnce = 0;
    }
}
