package io.sluice.gateway.group;

import io.sluice.wire.GroupCommand.Advance;
import io.sluice.wire.OffsetRange;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SettledOffsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One partition of the log that this gateway serves for a group, in one epoch. Messages are taken in the order of the log, from
 * the place on up to which the group had come. They wait here while no member is free, up to a limit; then the lane stays where it
 * is and reads on from the log later. It is {@link #isLive} while the tail offers it what it is to take next.
 */
public final class GroupLane {

    private static final long NOT_RELEASED = -1;

    private final int partition;
    private final long epoch;
    private final GroupLimits limits;
    private final HeldBytes held;
    /** Messages before this offset may have been sent by a gateway that was lost. */
    private long doubtfulBelow;
    /** What was settled before this gateway had the partition. */
    private final SettledOffsets before;
    /** Taken and not with a member, in the order in which they are sent; those that a member gave back come first. */
    private final TreeMap<Long, PublishRecord> waiting = new TreeMap<>();
    /** With members, and not settled. */
    private final Map<Long, SharedDelivery> given = new HashMap<>();
    /** Settled, and not yet written. */
    private List<OffsetRange> settled = new ArrayList<>();
    /** The first offset that was not taken. */
    private long next;

    private boolean live;
    private boolean reading;
    private boolean release;
    private long releaseSince;
    private boolean messageSettled;
    /** Records that tell what is settled here and are not durable yet. */
    private int writing;

    private long releasedUnder = NOT_RELEASED;

    GroupLane(int partition, long epoch, SettledOffsets before, GroupLimits limits, HeldBytes held) {
        this.partition = partition;
        this.epoch = epoch;
        this.before = before;
        this.limits = limits;
        this.held = held;
        this.next = before.below();
    }

    /** The partition of the log. */
    public int partition() {
        return partition;
    }

    long epoch() {
        return epoch;
    }

    /** The first offset that was not taken. */
    public long next() {
        return next;
    }

    /** Whether the tail offers what is to be taken next. */
    boolean isLive() {
        return live;
    }

    /** A gateway that was lost may have sent what stands before an offset. */
    void doubtBelow(long offset) {
        doubtfulBelow = offset;
    }

    /** Whether a gateway that was lost may have sent a message, so that it is not sent again at QoS 0. */
    boolean isDoubtful(PublishRecord message) {
        return message.offset() < doubtfulBelow;
    }

    // --- from the log

    /** A message of the tail that matches. */
    void offer(PublishRecord message) {
        if (live && !take(message)) {
            live = false;
        }
    }

    /**
     * Takes a message, unless it was taken or settled before.
     *
     * @return false if there is no room, so that it is the next one to be taken
     */
    boolean take(PublishRecord message) {
        long offset = message.offset();
        if (offset < next) {
            return true;
        }
        passOver(offset);
        if (!before.contains(offset)) {
            if (isFull()) {
                return false;
            }
            keep(message);
        }
        next = offset + 1;
        return true;
    }

    /** Nothing before an offset is for the group but what was taken. */
    void passOver(long offset) {
        if (next < offset) {
            settled.add(new OffsetRange(next, offset));
            next = offset;
        }
    }

    private boolean isFull() {
        return waiting.size() >= limits.waitingMessages() || (!waiting.isEmpty() && held.isFull());
    }

    private void keep(PublishRecord message) {
        waiting.put(message.offset(), message);
        held.add(message);
    }

    /** Whether messages have to be read for it, and there is room for them; then the caller does so. */
    boolean wantsToRead() {
        boolean wants = !live && !reading && !release && waiting.size() <= limits.waitingMessages() / 2 && !isFull();
        reading |= wants;
        return wants;
    }

    /** What was asked for has come, or cannot be had now. */
    void haveRead(boolean reachesTail) {
        reading = false;
        live = reachesTail;
    }

    // --- to members

    /** The next message for a member, or null; it is with nobody then. */
    PublishRecord poll() {
        if (release || given.size() >= limits.unsettledMessages()) {
            return null;
        }
        Map.Entry<Long, PublishRecord> first = waiting.pollFirstEntry();
        return first == null ? null : first.getValue();
    }

    /** A message is with a member until it is {@link #done} or given back. */
    void give(SharedDelivery delivery) {
        given.put(delivery.offset(), delivery);
    }

    /** A message is settled though no member has acknowledged it yet. */
    void settle(PublishRecord message) {
        held.remove(message);
        messageSettled = true;
        settled.add(new OffsetRange(message.offset(), message.offset() + 1));
    }

    /** A delivery is done with; settles its message if it is still this one's. */
    void done(SharedDelivery delivery) {
        if (given.remove(delivery.offset(), delivery)) {
            settle(delivery.message());
        }
    }

    /** A message goes over to a session, with a record of its own; whether it is still this delivery's. */
    boolean bind(SharedDelivery delivery) {
        boolean isOwn = given.remove(delivery.offset(), delivery);
        if (isOwn) {
            held.remove(delivery.message());
        }
        return isOwn;
    }

    /** A member is gone: what it has and has not acknowledged is for others. */
    void giveBack(GroupMember member) {
        given.values().removeIf(delivery -> {
            boolean isOf = delivery.member() == member;
            if (isOf) {
                waiting.put(delivery.offset(), delivery.message());
            }
            return isOf;
        });
    }

    /** A member leaves: what is not bound to its session at QoS 2 has not been sent to it. */
    void giveBackUnbound(GroupMember member) {
        given.values().removeIf(delivery -> {
            boolean isUnbound = delivery.member() == member && delivery.qos() == Qos.EXACTLY_ONCE;
            if (isUnbound) {
                waiting.put(delivery.offset(), delivery.message());
            }
            return isUnbound;
        });
    }

    /** A message that was bound to a session is not that session's. */
    void giveBack(PublishRecord message) {
        keep(message);
    }

    /** A message that is nobody's has been removed from the log. */
    void settleLost(long offset) {
        messageSettled = true;
        settled.add(new OffsetRange(offset, offset + 1));
    }

    /** Whether a member has something. */
    boolean isOut() {
        return !given.isEmpty();
    }

    int waiting() {
        return waiting.size();
    }

    int given() {
        return given.size();
    }

    /** When the oldest message that waits was published, in milliseconds since the epoch; the far future if none waits. */
    long oldest() {
        return waiting.isEmpty()
                ? Long.MAX_VALUE
                : waiting.firstEntry().getValue().timestamp();
    }

    // --- to the group

    /** Whether another gateway is to have the partition. */
    void release(boolean asked, long now) {
        if (asked && !release) {
            releaseSince = now;
        }
        release = asked;
    }

    /** Whether it is time to let go: not before what was settled is durable, for Kafka might take the release alone. */
    boolean isReleased(long now) {
        return release && writing == 0 && (given.isEmpty() || now - releaseSince >= limits.releaseMillis());
    }

    /** A record tells what is settled here. */
    void writing() {
        writing++;
    }

    /** That record is durable. */
    void written() {
        writing--;
    }

    /** Whether a message was settled of which it is not durable yet. */
    boolean isUnwritten() {
        return messageSettled || writing > 0;
    }

    /** Whether a message was settled since the last {@link #advance}. */
    boolean hasSettledMessages() {
        return messageSettled;
    }

    /** Whether there is anything to write; what was passed over while others wait for the partition goes with its release. */
    boolean hasAdvanced() {
        return !settled.isEmpty() && (!release || messageSettled);
    }

    /** What has happened since the last time, as few stretches, and those of more than one record can have are left for the next. */
    Advance.Part advance(int mostStretches, boolean released) {
        List<OffsetRange> merged = merged();
        int count = Math.min(merged.size(), mostStretches);
        settled = new ArrayList<>(merged.subList(count, merged.size()));
        messageSettled = false;
        return new Advance.Part(
                partition, epoch, List.copyOf(merged.subList(0, count)), hasDoubtful(), released && settled.isEmpty());
    }

    private List<OffsetRange> merged() {
        List<OffsetRange> merged = new ArrayList<>();
        settled.sort(Comparator.comparingLong(OffsetRange::from));
        for (OffsetRange range : settled) {
            OffsetRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && last.to() == range.from()) {
                merged.set(merged.size() - 1, new OffsetRange(last.from(), range.to()));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    /** It was let go of in writing, so that what was settled before counts, unless the lease was over when that was written. */
    void released(long lease) {
        releasedUnder = lease;
        drop();
    }

    /** Whether it was let go of under a lease that is not over yet. */
    boolean wasReleased(long lease) {
        return releasedUnder == lease;
    }

    /** Whether something that is not settled may have been sent by a gateway that was lost. */
    private boolean hasDoubtful() {
        if (doubtfulBelow == 0) {
            return false;
        }
        long first = waiting.isEmpty() ? next : Math.min(next, waiting.firstKey());
        for (long offset : given.keySet()) {
            first = Math.min(first, offset);
        }
        return first < doubtfulBelow;
    }

    /** Lets go of what it holds; the lane is not used any more. */
    void drop() {
        waiting.values().forEach(held::remove);
        waiting.clear();
        given.values().forEach(delivery -> held.remove(delivery.message()));
        given.clear();
    }

    @Override
    public String toString() {
        return partition + "@" + epoch + " next " + next + (live ? " live" : "") + (release ? " releasing" : "")
                + " waiting " + waiting.keySet() + " given " + given.keySet();
    }
}
