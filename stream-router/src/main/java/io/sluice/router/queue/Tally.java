package io.sluice.router.queue;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.util.EnumMap;
import java.util.Map;

/** What is queued for one client, and what was dropped. Kept beside its entries by {@link QueueState}, so that no question needs them. */
final class Tally {

    private long messages;
    private long bytes;
    /** Entries of messages that the client has, or may have: only its identifier is to be released. */
    private long received;
    /** No message that is queued was logged before, in milliseconds since the epoch. */
    private long oldest;
    /** Whether {@link #oldest} is the time of the oldest message that is queued, and not an earlier one. */
    private boolean oldestKnown;
    /** By reason, since the session began. */
    private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
    /** Whether the client was told that the queue is full, by losing its connection. */
    private boolean told;

    /** A message is queued. */
    void queued(long timestamp, int size) {
        if (messages == 0 || timestamp <= oldest) {
            oldest(timestamp);
        }
        messages++;
        bytes += size;
    }

    /** A message is not queued any more. */
    void unqueued(int size) {
        messages--;
        bytes -= size;
        oldestKnown = false;
    }

    /** More or less entries are {@link Entry.State#RECEIVED}. */
    void received(int change) {
        received += change;
    }

    void drop(DropReason reason) {
        dropped.merge(reason, 1L, Long::sum);
    }

    /** Messages that are queued. */
    long messages() {
        return messages;
    }

    /** Bytes that these take in the store, about. */
    long bytes() {
        return bytes;
    }

    /** Entries without a message, whose packet identifier is to be released. */
    long received() {
        return received;
    }

    /** A time in milliseconds since the epoch before which no queued message was logged; of no meaning if none is queued. */
    long oldest() {
        return oldest;
    }

    /** The oldest message that is queued has this time. */
    void oldest(long timestamp) {
        oldest = timestamp;
        oldestKnown = true;
    }

    /** Whether {@link #oldest} tells of the oldest message that is queued exactly. */
    boolean isOldestKnown() {
        return oldestKnown;
    }

    /** How many messages were dropped for a reason. */
    long dropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    /** How many messages were dropped. */
    long dropped() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    boolean isTold() {
        return told;
    }

    void told(boolean isTold) {
        told = isTold;
    }

    /** Whether there is no more than what is on its way to a client that keeps up. */
    boolean isUnderWay(long most) {
        return messages + received <= most && !told && dropped() == 0;
    }

    /** Whether there is nothing to remember. */
    boolean isEmpty() {
        return messages == 0 && received == 0 && !told && dropped() == 0;
    }

    void write(WireWriter out) {
        out.number(messages)
                .number(bytes)
                .number(received)
                .number(Math.max(0, oldest))
                .flag(told);
        for (DropReason reason : DropReason.values()) {
            out.number(dropped(reason));
        }
    }

    static Tally read(WireReader in) throws DamagedRecordException {
        Tally tally = new Tally();
        tally.messages = in.number();
        tally.bytes = in.number();
        tally.received = in.number();
        tally.oldest = in.number();
        tally.told = in.flag();
        for (DropReason reason : DropReason.values()) {
            long count = in.number();
            if (count > 0) {
                tally.dropped.put(reason, count);
            }
        }
        return tally;
    }
}
