package io.sluice.gateway.kafka;

import io.sluice.wire.PublishRecord;
import java.util.ArrayDeque;
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

    private final long maxBytes;
    /** For each partition, the offset behind the last message that the tail has read. */
    private final long[] passed;
    /** The same, for other threads, of about now. */
    private final AtomicLongArray reached;
    /** For each partition, the offset from which on all messages are held. */
    private final long[] heldFrom;
    /** In the order in which they were read. */
    private final ArrayDeque<PublishRecord> messages = new ArrayDeque<>();

    private boolean keeps;
    private long bytes;

    RecentMessages(int partitions, long maxBytes) {
        this.maxBytes = maxBytes;
        this.passed = new long[partitions];
        this.reached = new AtomicLongArray(partitions);
        this.heldFrom = new long[partitions];
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
            bytes += message.weight();
            while (bytes > maxBytes) {
                PublishRecord oldest = messages.remove();
                bytes -= oldest.weight();
                heldFrom[oldest.partition()] = oldest.offset() + 1;
            }
        }
    }

    /** The tail's place has changed in another way than by reading. */
    void forget() {
        messages.clear();
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

    /** The messages of one partition from an offset on that match, the first ones of them, in their order. */
    List<PublishRecord> find(int partition, long from, int most, Predicate<PublishRecord> matching) {
        Deque<PublishRecord> found = new ArrayDeque<>();
        Iterator<PublishRecord> backwards = messages.descendingIterator();
        while (backwards.hasNext()) {
            PublishRecord message = backwards.next();
            if (message.partition() == partition) {
                if (message.offset() < from) {
                    break;
                }
                if (matching.test(message)) {
                    found.addFirst(message);
                }
                if (found.size() > most) {
                    found.removeLast();
                }
            }
        }
        return List.copyOf(found);
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
