package io.sluice.gateway.session;

import io.sluice.gateway.group.SharedDelivery;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deliveries at QoS 1 and 2 that do not come from the session's stretch of the log: retained messages of new subscriptions, and
 * those of groups. Each has a packet identifier of the assigned range, to which it is bound in writing before it is sent, so that
 * the next gateway goes on with the same one; but a group's message at QoS 1 goes to another member then, and is not bound. Owned
 * by the session's event loop.
 */
final class AssignedOutbound {

    /** What it needs of the session. */
    interface Link {
        /** Whether the client's window and its socket have room for one more. */
        boolean mayPublish();

        /** Counts what is sent and not acknowledged to the end. */
        void inFlight(int change);

        /** Writes a binding. */
        void bind(AssignedDelivery delivery, Runnable durable);

        /**
         * Has a group write a binding.
         *
         * @param refused run instead if the message has gone to another member
         */
        void bind(SharedDelivery shared, AssignedDelivery delivery, Runnable durable, Runnable refused);

        /** Writes that the client is done with a delivery. */
        void settledId(AssignedId id, Runnable durable);

        /** Writes that PUBREC has come for a delivery. */
        void receivedId(AssignedId id, Runnable durable);

        /** Writes a PUBLISH, or not. */
        DurableConnection.Fate publish(AssignedDelivery delivery, boolean again);

        /** Writes a PUBREL. */
        void pubrel(int packetId);
    }

    private enum Awaiting {
        BINDING,
        SENDING,
        PUBACK,
        PUBREC,
        RECEIVED,
        PUBCOMP,
        SETTLED
    }

    /** A delivery without an identifier of its own yet; {@code shared} is null if it is not a group's. */
    private record Unbound(Qos qos, List<Integer> identifiers, PublishRecord message, SharedDelivery shared) {}

    private static final class Bound {
        private final AssignedId id;
        /** Null if it need not be sent any more. */
        private final AssignedDelivery delivery;
        /** Null if it is not a group's, or was bound over an earlier connection. */
        private final SharedDelivery shared;

        private final boolean again;
        private Awaiting awaiting;

        private Bound(AssignedDelivery delivery, SharedDelivery shared, boolean again, Awaiting awaiting) {
            this.id = delivery.id();
            this.delivery = delivery;
            this.shared = shared;
            this.again = again;
            this.awaiting = awaiting;
        }

        private Bound(AssignedId id) {
            this.id = id;
            this.delivery = null;
            this.shared = null;
            this.again = true;
            this.awaiting = Awaiting.PUBCOMP;
        }

        /** Whether it is bound in writing, so that it has to be settled in writing. */
        private boolean isWritten() {
            return shared == null || delivery.qos() == Qos.EXACTLY_ONCE;
        }
    }

    /** What is bound stands in the state of the session, which is one record. */
    private static final int MAX_BOUND = 500;

    private static final int MAX_BOUND_BYTES = 1 << 20;

    private final PacketIdRanges ranges;
    private final Link link;
    private final Map<Integer, Bound> byId = new HashMap<>();
    private final Deque<Unbound> unbound = new ArrayDeque<>();
    private final Deque<Bound> toSend = new ArrayDeque<>();
    /** Retained messages that were not sent yet. */
    private int retained;

    private int last;
    private long boundBytes;

    AssignedOutbound(PacketIdRanges ranges, Link link) {
        this.ranges = ranges;
        this.link = link;
        this.last = ranges.lastAssigned();
    }

    /** Deliveries that wait to be sent. */
    int waiting() {
        return unbound.size() + toSend.size();
    }

    /** Whether a retained message waits: what comes from the log behind it may be newer, so it has to go first. */
    boolean hasRetained() {
        return retained > 0;
    }

    /** A retained message, with the RETAIN flag that the client is shown. */
    void offer(PublishRecord message, Qos qos, int[] identifiers) {
        retained++;
        offer(message, qos, identifiers, null);
    }

    /** A message of a group. */
    void offer(SharedDelivery shared) {
        offer(shared.message().withRetain(shared.retain()), shared.qos(), shared.identifiers(), shared);
    }

    private void offer(PublishRecord message, Qos qos, int[] identifiers, SharedDelivery shared) {
        List<Integer> ids = new ArrayList<>(identifiers.length);
        for (int identifier : identifiers) {
            ids.add(identifier);
        }
        unbound.add(new Unbound(qos, ids, message, shared));
        bindMore();
    }

    /** A delivery that was bound before, and perhaps sent. */
    void resume(AssignedDelivery delivery) {
        Bound bound = new Bound(delivery, null, true, Awaiting.SENDING);
        retained++;
        byId.put(delivery.packetId(), bound);
        boundBytes += bytes(bound);
        toSend.add(bound);
    }

    private static long bytes(Bound bound) {
        return bound.delivery == null || !bound.isWritten()
                ? 0
                : bound.delivery.message().weight();
    }

    /** A delivery whose PUBREC came before. */
    void resumeReceived(AssignedId id) {
        byId.put(id.packetId(), new Bound(id));
        link.inFlight(1);
        link.pubrel(id.packetId());
    }

    private void bindMore() {
        while (!unbound.isEmpty() && mayBind(unbound.peek())) {
            Unbound wanted = unbound.remove();
            do {
                last = last == ranges.lastAssigned() ? ranges.firstAssigned() : last + 1;
            } while (byId.containsKey(last));
            AssignedDelivery delivery =
                    new AssignedDelivery(last, wanted.qos(), wanted.identifiers(), wanted.message());
            Bound bound = new Bound(delivery, wanted.shared(), false, Awaiting.BINDING);
            byId.put(last, bound);
            boundBytes += bytes(bound);
            if (!bound.isWritten()) {
                bound(bound);
            } else if (bound.shared == null) {
                link.bind(delivery, () -> bound(bound));
            } else {
                link.bind(bound.shared, delivery, () -> bound(bound), () -> free(bound));
            }
        }
    }

    private void bound(Bound bound) {
        bound.awaiting = Awaiting.SENDING;
        toSend.add(bound);
        send();
    }

    private void free(Bound bound) {
        byId.remove(bound.id.packetId());
        boundBytes -= bytes(bound);
        bindMore();
    }

    private boolean mayBind(Unbound delivery) {
        int ids = ranges.lastAssigned() - ranges.firstAssigned() + 1;
        boolean isWritten = delivery.shared() == null || delivery.qos() == Qos.EXACTLY_ONCE;
        boolean fits = byId.isEmpty()
                || (byId.size() < MAX_BOUND && boundBytes + delivery.message().weight() <= MAX_BOUND_BYTES);
        return byId.size() < ids && (!isWritten || fits);
    }

    /** Sends what may be sent. */
    void send() {
        while (!toSend.isEmpty() && link.mayPublish()) {
            Bound bound = toSend.remove();
            retained -= bound.shared == null ? 1 : 0;
            switch (link.publish(bound.delivery, bound.again)) {
                case SENT -> {
                    bound.awaiting = bound.delivery.qos() == Qos.AT_LEAST_ONCE ? Awaiting.PUBACK : Awaiting.PUBREC;
                    link.inFlight(1);
                }
                case DROPPED -> settle(bound);
                case ABANDONED -> {
                    link.inFlight(1);
                    received(bound);
                }
            }
        }
    }

    private void settle(Bound bound) {
        bound.awaiting = Awaiting.SETTLED;
        if (bound.shared != null) {
            bound.shared.done();
        }
        if (bound.isWritten()) {
            link.settledId(bound.id, () -> free(bound));
        } else {
            free(bound);
        }
    }

    private void received(Bound bound) {
        bound.awaiting = Awaiting.RECEIVED;
        link.receivedId(bound.id, () -> {
            bound.awaiting = Awaiting.PUBCOMP;
            link.pubrel(bound.id.packetId());
        });
    }

    void puback(int id) {
        Bound bound = byId.get(id);
        if (bound != null && bound.awaiting == Awaiting.PUBACK) {
            settle(bound);
            link.inFlight(-1);
        }
    }

    /** A PUBREC; whether the identifier is in use. */
    boolean pubrec(int id, boolean accepted) {
        Bound bound = byId.get(id);
        if (bound == null) {
            return false;
        }
        switch (bound.awaiting) {
            case PUBREC -> {
                if (accepted) {
                    received(bound);
                } else {
                    settle(bound);
                    link.inFlight(-1);
                }
            }
            case PUBCOMP -> link.pubrel(id);
            default -> {
                return bound.awaiting == Awaiting.RECEIVED;
            }
        }
        return true;
    }

    void pubcomp(int id) {
        Bound bound = byId.get(id);
        if (bound != null && bound.awaiting == Awaiting.PUBCOMP) {
            settle(bound);
            link.inFlight(-1);
        }
    }
}
