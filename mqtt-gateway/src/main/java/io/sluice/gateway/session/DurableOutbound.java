package io.sluice.gateway.session;

import io.sluice.wire.Origin;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Messages on their way to the client of a durable session, at QoS 1 and 2. They come in pages from the index of what is not
 * settled, and from the tail of the log; a message is taken once, whichever way it comes, because for each log partition the
 * session knows the next offset that it has not taken. Owned by the session's event loop.
 *
 * <p>{@link Phase#PAGING} asks for pages and takes them; after the last one it is {@link Phase#JOINING} the tail; then {@link
 * Phase#LIVE}. When more waits than it may hold, it lets go of what it has not sent, leaves the tail, and is {@link
 * Phase#BEHIND} until the client has caught up with what was sent; then it asks for pages again. Nothing is lost by that:
 * the index has what is unsettled.
 *
 * <p>A message's packet identifier follows from its place in the log ({@link PacketIdRanges}), so that any gateway sends it
 * with the same one. It is free again when the message's settling is durable; another message that wants it waits until
 * then, and with it those behind it from its partition.
 */
final class DurableOutbound {

    /** Where the session's messages come from now. */
    enum Phase {
        PAGING,
        JOINING,
        LIVE,
        BEHIND
    }

    /** What has to happen next to a message that was sent. */
    private enum Awaiting {
        PUBACK,
        PUBREC,
        /** The client has sent PUBREC, which is being written. */
        RECEIVED,
        PUBCOMP,
        /** The client is done with it, which is being written. */
        SETTLED
    }

    /**
     * A message that waits to be sent.
     *
     * @param again whether it may have been sent before
     */
    record Waiting(PublishRecord message, Qos qos, boolean retain, int[] identifiers, boolean again) {}

    private static final class Sent {
        private final Origin origin;
        private Awaiting awaiting;

        private Sent(Origin origin, Awaiting awaiting) {
            this.origin = origin;
            this.awaiting = awaiting;
        }
    }

    private static final Deque<Waiting> NONE = new ArrayDeque<>();

    private final PacketIdRanges ranges;
    private final int receiveMaximum;
    private final int maxMessages;
    private final long maxBytes;
    private final DurableConnection connection;
    private final DurableLink link;
    private final QueuedBytes all;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    /** By partition, messages that stand behind one whose identifier is in use. */
    private final Map<Integer, Deque<Waiting>> blocked = new HashMap<>();

    private final Map<Integer, Sent> sent = new HashMap<>();
    /** Origins that the tail will offer though they are settled already, or received: then the value is true. */
    private final Map<Origin, Boolean> above = new HashMap<>();

    private final long[] next;
    private Phase phase = Phase.PAGING;
    /** Whether a page was asked for and has not come. */
    private boolean asked = true;

    /** Where the page that was asked for has to end, null if it knows of all subscriptions. */
    private long[] bound;

    /** By partition of the log: what stands below may have been sent over an earlier connection. */
    private long[] maybeSentBelow;
    /** So may what was logged until then, in milliseconds since the epoch. */
    private long maybeSentUntil;
    /** Whether the present page has more than there is memory for. */
    private boolean cut;
    /** Whether another page is asked for only when the client has taken all that it was sent. */
    private boolean tight;

    private boolean lastPage;
    /** Changes of filters that are not durable. */
    private int undurable;

    private int waiting;
    private long waitingBytes;
    /** What waits, as all clients' queues count it. */
    private long footprint;
    /** Sent and not acknowledged to the end by the client. */
    private int inFlight;

    /**
     * The outbound side of a session whose first page was asked for.
     *
     * @param partitions of the log
     * @param all knows what waits for other clients
     */
    DurableOutbound(
            int partitions,
            PacketIdRanges ranges,
            SessionLimits limits,
            QueuedBytes all,
            DurableConnection connection,
            DurableLink link) {
        this.ranges = ranges;
        this.receiveMaximum = limits.receiveMaximum();
        this.maxMessages = limits.queueMessages();
        this.maxBytes = limits.queueBytes();
        this.connection = connection;
        this.link = link;
        this.all = all;
        this.next = new long[partitions];
        this.maybeSentBelow = new long[partitions];
    }

    Phase phase() {
        return phase;
    }

    /** Whether the tail delivers, or is about to. */
    boolean isLive() {
        return phase == Phase.LIVE || phase == Phase.JOINING;
    }

    /** Whether something at or above a place was taken. */
    boolean hasPassed(long[] place) {
        for (int p = 0; p < next.length; p++) {
            if (next[p] > place[p]) {
                return true;
            }
        }
        return false;
    }

    int inFlight() {
        return inFlight;
    }

    int waiting() {
        return waiting;
    }

    /** For each log partition, the next offset that was not taken; not to be changed. */
    long[] next() {
        return next;
    }

    // --- from the index

    /**
     * A message of a page that was received already, or was dropped when it may have been sent: its PUBREL is due
     * ([MQTT-4.4.0-1]).
     */
    void pageReceived(Origin origin) {
        if (isTaken(origin)) {
            resumeReceived(origin);
        }
    }

    private void resumeReceived(Origin origin) {
        int id = ranges.id(origin.partition(), origin.offset());
        Sent known = sent.get(id);
        if (known == null && !isWaiting(origin.partition(), id)) {
            sent.put(id, new Sent(origin, Awaiting.PUBCOMP));
            inFlight++;
            connection.pubrel(id);
        } else if (known == null || !known.origin.equals(origin)) {
            // The identifier is that of an earlier message, which is not done with: this one was never sent.
            link.settled(origin, () -> {});
        }
    }

    private boolean isWaiting(int partition, int id) {
        return Stream.concat(queue.stream(), blocked.getOrDefault(partition, NONE).stream())
                .map(Waiting::message)
                .anyMatch(message -> message.partition() == partition && ranges.id(partition, message.offset()) == id);
    }

    /** The tail will offer a message that is settled. */
    void settledAbove(Origin origin) {
        above.put(origin, false);
    }

    /** The tail will offer a message of which only the PUBREL is due, when all that stands before it was taken. */
    void receivedAbove(Origin origin) {
        above.put(origin, true);
    }

    /**
     * A subscription begins at a place of the log that the page which was asked for does not know of: that page may not lead
     * beyond it.
     *
     * @param at for each log partition, not below {@link #next}
     */
    void subscribedWhilePaging(long[] at) {
        if (asked) {
            bound = bound == null ? at.clone() : earlier(bound, at);
        }
    }

    private static long[] earlier(long[] a, long[] b) {
        long[] earlier = new long[a.length];
        for (int p = 0; p < a.length; p++) {
            earlier[p] = Math.min(a[p], b[p]);
        }
        return earlier;
    }

    /** A message of a page, in the order of the log within its partition. */
    void page(Waiting message) {
        PublishRecord record = message.message();
        if (!isTaken(record.origin()) || record.offset() < next[record.partition()]) {
            return;
        }
        boolean isIdle = waiting == 0 && inFlight == 0;
        if (isIdle) {
            all.add(footprint, footprint(message));
            take(message);
        } else if (all.offer(footprint, footprint(message), message.qos())) {
            take(message);
        } else {
            cut = true;
        }
    }

    /** Whether a page is taken up to here; what is not comes again with the next one. */
    private boolean isTaken(Origin origin) {
        return !cut && (bound == null || origin.offset() < bound[origin.partition()]);
    }

    private static int footprint(Waiting message) {
        return message.message().weight() + QueuedBytes.OVERHEAD_BYTES;
    }

    /**
     * All of a page's messages were given.
     *
     * @param last whether nothing else is unsettled below
     * @param complete for each log partition the offset below which the answers so far are complete
     */
    void pageEnded(boolean last, long[] complete) {
        asked = false;
        tight = cut;
        lastPage = last && bound == null && !cut;
        long[] reached = bound == null ? complete : earlier(bound, complete);
        bound = null;
        for (int p = 0; p < next.length && !cut; p++) {
            next[p] = Math.max(next[p], reached[p]);
        }
        cut = false;
        sendWaiting();
    }

    // --- from the tail

    /** The tail delivers from here on. */
    void joined() {
        phase = Phase.LIVE;
    }

    /** The tail is too far ahead of the index: the next page will reach farther. */
    void cannotJoin() {
        phase = Phase.PAGING;
        askForPage();
    }

    /**
     * What an earlier connection may have sent.
     *
     * @param below for each partition of the log, what stands below this offset
     * @param until and what was logged until then, in milliseconds since the epoch
     */
    void resumed(long[] below, long until) {
        maybeSentBelow = below;
        maybeSentUntil = until;
    }

    /** A message of the log that matches. */
    void offer(PublishRecord message, Qos qos, boolean retain, int[] identifiers) {
        if (phase != Phase.LIVE || message.offset() < next[message.partition()]) {
            return;
        }
        Boolean isReceived = above.isEmpty() ? null : above.remove(message.origin());
        if (isReceived != null) {
            next[message.partition()] = message.offset() + 1;
            if (isReceived) {
                resumeReceived(message.origin());
            }
            return;
        }
        boolean again = message.offset() < maybeSentBelow[message.partition()] || message.timestamp() <= maybeSentUntil;
        Waiting offered = new Waiting(message, qos, retain, identifiers, again);
        boolean isFull = waiting >= maxMessages || waitingBytes + message.weight() > maxBytes;
        if (isFull || !all.offer(footprint, footprint(offered), qos)) {
            fallBehind();
            return;
        }
        take(offered);
        sendWaiting();
    }

    private void take(Waiting message) {
        next[message.message().partition()] = message.message().offset() + 1;
        queue.add(message);
        waiting++;
        waitingBytes += message.message().weight();
        footprint += footprint(message);
    }

    /** Lets go of what was not sent: it stands in the index. */
    private void fallBehind() {
        phase = Phase.BEHIND;
        link.leave();
        queue.forEach(this::giveBack);
        blocked.values().forEach(behind -> behind.forEach(this::giveBack));
        clear();
        catchUp();
    }

    /** Forgets what was not sent. */
    void clear() {
        queue.clear();
        blocked.clear();
        waiting = 0;
        waitingBytes = 0;
        if (footprint > 0) {
            all.remove(footprint, true);
        }
        footprint = 0;
    }

    private void giveBack(Waiting message) {
        int partition = message.message().partition();
        next[partition] = Math.min(next[partition], message.message().offset());
    }

    /** Goes on when enough of what was sent is acknowledged. */
    private void catchUp() {
        if (phase == Phase.BEHIND && inFlight <= receiveMaximum / 2) {
            phase = Phase.PAGING;
            askForPage();
        }
    }

    private void askForPage() {
        if (!asked) {
            asked = true;
            tight = false;
            above.clear(); // The answer tells it anew.
            link.pull(next.clone());
        }
    }

    // --- to the client

    /** Sends what the window, the socket and the packet identifiers allow, then asks for more. */
    void sendWaiting() {
        while (!queue.isEmpty() && mayPublish()) {
            Waiting message = queue.remove();
            Deque<Waiting> before = blocked.get(message.message().partition());
            if (before != null) {
                before.add(message);
            } else if (!publish(message)) {
                blocked.put(message.message().partition(), new ArrayDeque<>(List.of(message)));
            }
        }
        if (phase == Phase.PAGING && !asked) {
            if (!lastPage && mayAskForMore()) {
                askForPage();
            } else if (lastPage) {
                phase = Phase.JOINING;
                link.join(next.clone());
            }
        }
    }

    private boolean mayAskForMore() {
        return tight
                ? waiting == 0 && inFlight <= receiveMaximum / 2
                : waiting <= maxMessages / 2 && waitingBytes <= maxBytes / 2;
    }

    /** Counts what else is sent to the client and takes room in its window. */
    void reserve(int change) {
        inFlight += change;
        if (change < 0) {
            catchUp();
            writable();
        }
    }

    private boolean mayPublish() {
        return hasRoom() && connection.isWritable();
    }

    /** Whether the client's window has room for one more. */
    boolean hasRoom() {
        return undurable == 0 && inFlight < receiveMaximum;
    }

    /**
     * A change of filters is being written. Nothing is sent before it is durable: if it never is, the index does not know what
     * was sent because of it, and the identifier of a QoS 2 message would never be released.
     */
    void changeBegins() {
        undurable++;
    }

    /** The change is durable. */
    void changeIsDurable() {
        undurable--;
        writable();
    }

    /** Sends a message, or lets it be settled unsent; false if its identifier is in use. */
    private boolean publish(Waiting message) {
        PublishRecord record = message.message();
        int id = ranges.id(record.partition(), record.offset());
        if (sent.containsKey(id)) {
            return false;
        }
        waiting--;
        waitingBytes -= record.weight();
        footprint -= footprint(message);
        all.remove(footprint(message), footprint == 0);
        Sent entry = new Sent(
                new Origin(record.partition(), record.offset()),
                message.qos() == Qos.AT_LEAST_ONCE ? Awaiting.PUBACK : Awaiting.PUBREC);
        sent.put(id, entry);
        switch (connection.publish(message, id)) {
            case SENT -> inFlight++;
            case DROPPED -> settle(id, entry);
            case ABANDONED -> {
                // The client may hold the identifier of a message that it will not get any more: it is released.
                inFlight++;
                received(id, entry);
            }
        }
        return true;
    }

    private void settle(int id, Sent entry) {
        entry.awaiting = Awaiting.SETTLED;
        link.settled(entry.origin, () -> {
            sent.remove(id);
            unblock(entry.origin.partition());
        });
    }

    private void received(int id, Sent entry) {
        entry.awaiting = Awaiting.RECEIVED;
        link.received(entry.origin, () -> {
            entry.awaiting = Awaiting.PUBCOMP;
            connection.pubrel(id);
        });
    }

    /** An identifier of the partition is free: what waited for one goes before what came later. */
    private void unblock(int partition) {
        Deque<Waiting> behind = blocked.get(partition);
        while (behind != null && !behind.isEmpty() && mayPublish() && publish(behind.peek())) {
            behind.remove();
        }
        if (behind != null && behind.isEmpty()) {
            blocked.remove(partition);
        }
        sendWaiting();
    }

    private void acknowledged() {
        inFlight--;
        catchUp();
        // One that was blocked may have waited for the window by now.
        List.copyOf(blocked.keySet()).forEach(this::unblock);
        sendWaiting();
    }

    /** The socket takes more. */
    void writable() {
        List.copyOf(blocked.keySet()).forEach(this::unblock);
        sendWaiting();
    }

    // --- from the client

    /** A PUBACK; one without a message is ignored. */
    void puback(int id) {
        Sent entry = sent.get(id);
        if (entry != null && entry.awaiting == Awaiting.PUBACK) {
            settle(id, entry);
            acknowledged();
        }
    }

    /**
     * A PUBREC. PUBREL follows when it is durable.
     *
     * @param accepted whether its reason code is below 0x80
     * @return whether the message is known; if not, PUBREL says so
     */
    boolean pubrec(int id, boolean accepted) {
        Sent entry = sent.get(id);
        if (entry == null) {
            return false;
        }
        switch (entry.awaiting) {
            case PUBREC -> {
                if (accepted) {
                    received(id, entry);
                } else {
                    settle(id, entry);
                    acknowledged();
                }
            }
            case PUBCOMP -> connection.pubrel(id);
            default -> {
                return entry.awaiting == Awaiting.RECEIVED;
            }
        }
        return true;
    }

    /** A PUBCOMP; one without a message is ignored. */
    void pubcomp(int id) {
        Sent entry = sent.get(id);
        if (entry != null && entry.awaiting == Awaiting.PUBCOMP) {
            settle(id, entry);
            acknowledged();
        }
    }

    @Override
    public String toString() {
        return phase + " next " + Arrays.toString(next) + ", waiting " + waiting + ", in flight " + inFlight;
    }
}
