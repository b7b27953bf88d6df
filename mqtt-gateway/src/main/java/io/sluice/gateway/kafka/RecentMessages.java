package io.sluice.gateway.kafka;

import io.sluice.gateway.group.GroupLink.Found;
import io.sluice.wire.PublishRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The newest messages of the log, for durable sessions that join the tail: what lies between the place up to which the
 * index has answered and the place of the tail. Keeps nothing before the first session joins. Owned by the tail's thread.
 */
final class RecentMessages {

    /** Messages that one search looks at: the tail has other things to do as well. */
    private static final int MAX_SEARCHED = 10_000;

    private final long maxBytes;
    /** For each partition, the offset behind the last message that the tail has read. */
    private final long[] passed;
    /** The same, for other threads, of about now. */
    private final AtomicLongArray reached;
    /** For each partition, the offset from which on all messages are held. */
    private final long[] heldFrom;
    /** In the order in which they were read. */
    private final ArrayDeque<PublishRecord> messages = new ArrayDeque<>();
    /** The same for each partition. */
    private final MessageRing[] rings;

    private boolean keeps;
    private long bytes;

    RecentMessages(int partitions, long maxBytes) {
        this.maxBytes = maxBytes;
        this.passed = new long[partitions];
        this.reached = new AtomicLongArray(partitions);
        this.heldFrom = new long[partitions];
        this.rings = new MessageRing[partitions];
        newRings();
    }

    private void newRings() {
        Arrays.setAll(rings, partition -> new MessageRing());
    }

    /** Begins to keep messages. */
    void keep() {
        if (!keeps) {
            keeps = true;
            System.arraycopy(passed, 0, heldFrom, 0, passed.length);
        }
    }

    /** The tail has read up to an offset. */
    void passed(int partition, long offset) {
        passed[partition] = offset + 1;
        reached.lazySet(partition, offset + 1);
    }

    /** The offset behind the last message that the tail has read, or a little less; any thread. */
    long reached(int partition) {
        return reached.get(partition);
    }

    /** For each partition, the offset behind the last message that the tail has read; not to be changed. */
    long[] passed() {
        return passed;
    }

    /** The tail has read a message. */
    void add(PublishRecord message) {
        if (keeps) {
            messages.add(message);
            rings[message.partition()].add(message);
            bytes += message.weight();
            while (bytes > maxBytes) {
                PublishRecord oldest = messages.remove();
                rings[oldest.partition()].removeFirst();
                bytes -= oldest.weight();
                heldFrom[oldest.partition()] = oldest.offset() + 1;
            }
        }
    }

    /** The tail's place has changed in another way than by reading. */
    void forget() {
        messages.clear();
        newRings();
        bytes = 0;
        keeps = false;
        Arrays.fill(heldFrom, 0);
    }

    /** Whether all messages from a place up to the tail's are held. */
    boolean reaches(long[] from) {
        for (int p = 0; p < passed.length; p++) {
            if (from[p] < passed[p] && from[p] < heldFrom[p]) {
                return false;
            }
        }
        return true;
    }

    /** Whether all messages of one partition from an offset up to the tail's place are held. */
    boolean reaches(int partition, long from) {
        return keeps && from >= heldFrom[partition];
    }

    /**
     * Messages of one partition from an offset on that match, from the first on: as many as are wanted, or those of as many as one
     * search looks at.
     */
    Found find(int partition, long from, int most, Predicate<PublishRecord> matching) {
        MessageRing ring = rings[partition];
        int begin = ring.placeOf(from);
        int end = Math.min(ring.size(), begin + MAX_SEARCHED);
        List<PublishRecord> found = new ArrayList<>();
        for (int place = begin; place < end; place++) {
            PublishRecord message = ring.get(place);
            if (matching.test(message)) {
                found.add(message);
                if (found.size() == most) {
                    return new Found(found, message.offset() + 1);
                }
            }
        }
        boolean isAll = end == ring.size();
        return new Found(
                found, isAll ? Math.max(from, passed[partition]) : ring.get(end).offset());
    }

    /** Calls back with the messages from a place up to the tail's, in the order in which they were read. */
    void forEach(long[] from, Consumer<PublishRecord> visitor) {
        boolean[] isBehind = new boolean[from.length];
        int behind = 0;
        for (int p = 0; p < from.length; p++) {
            isBehind[p] = from[p] < passed[p];
            behind += isBehind[p] ? 1 : 0;
        }
        // Backwards, so that one who lacks little meets little.
        Deque<PublishRecord> lacking = new ArrayDeque<>();
        Iterator<PublishRecord> backwards = messages.descendingIterator();
        while (behind > 0 && backwards.hasNext()) {
            PublishRecord message = backwards.next();
            int partition = message.partition();
            if (message.offset() >= from[partition]) {
                lacking.addFirst(message);
            } else if (isBehind[partition]) {
                isBehind[partition] = false;
                behind--;
            }
        }
        lacking.forEach(visitor);
    }
}
