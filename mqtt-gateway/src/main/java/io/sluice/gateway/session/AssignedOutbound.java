package io.sluice.gateway.session;

import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.PacketIdRanges;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Deliveries at QoS 1 and 2 that do not come from the session's stretch of the log: retained messages of new subscriptions.
 * Each is bound in writing to a packet identifier of the assigned range before it is sent, so that the next gateway goes on
 * with the same one. Owned by the session's event loop.
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

        /** Writes that the client is done with an identifier. */
        void settledId(int packetId, Runnable durable);

        /** Writes that PUBREC has come for an identifier. */
        void receivedId(int packetId, Runnable durable);

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

    private static final class Bound {
        private final AssignedDelivery delivery;
        private final boolean again;
        private Awaiting awaiting;

        private Bound(AssignedDelivery delivery, boolean again, Awaiting awaiting) {
            this.delivery = delivery;
            this.again = again;
            this.awaiting = awaiting;
        }
    }

    private final PacketIdRanges ranges;
    private final Link link;
    private final Map<Integer, Bound> byId = new HashMap<>();
    /** Deliveries without an identifier of their own yet; the one that they have is not it. */
    private final Deque<AssignedDelivery> unbound = new ArrayDeque<>();

    private final Deque<Bound> toSend = new ArrayDeque<>();
    private int last;

    AssignedOutbound(PacketIdRanges ranges, Link link) {
        this.ranges = ranges;
        this.link = link;
        this.last = ranges.lastAssigned();
    }

    /** Deliveries that wait to be sent. */
    int waiting() {
        return unbound.size() + toSend.size();
    }

    /** A new delivery, whose packet identifier is still to be found. */
    void offer(AssignedDelivery delivery) {
        unbound.add(delivery);
        bindMore();
    }

    /** A delivery that was bound before, and perhaps sent. */
    void resume(AssignedDelivery delivery) {
        Bound bound = new Bound(delivery, true, Awaiting.SENDING);
        byId.put(delivery.packetId(), bound);
        toSend.add(bound);
    }

    /** A delivery whose PUBREC came before. */
    void resumeReceived(int packetId) {
        byId.put(packetId, new Bound(null, true, Awaiting.PUBCOMP));
        link.inFlight(1);
        link.pubrel(packetId);
    }

    private void bindMore() {
        while (!unbound.isEmpty() && byId.size() <= ranges.lastAssigned() - ranges.firstAssigned()) {
            AssignedDelivery wanted = unbound.remove();
            do {
                last = last == ranges.lastAssigned() ? ranges.firstAssigned() : last + 1;
            } while (byId.containsKey(last));
            AssignedDelivery delivery =
                    new AssignedDelivery(last, wanted.qos(), wanted.identifiers(), wanted.message());
            Bound bound = new Bound(delivery, false, Awaiting.BINDING);
            byId.put(last, bound);
            link.bind(delivery, () -> {
                bound.awaiting = Awaiting.SENDING;
                toSend.add(bound);
                send();
            });
        }
    }

    /** Sends what may be sent. */
    void send() {
        while (!toSend.isEmpty() && link.mayPublish()) {
            Bound bound = toSend.remove();
            int id = bound.delivery.packetId();
            switch (link.publish(bound.delivery, bound.again)) {
                case SENT -> {
                    bound.awaiting = bound.delivery.qos().level() == 1 ? Awaiting.PUBACK : Awaiting.PUBREC;
                    link.inFlight(1);
                }
                case DROPPED -> settle(id, bound);
                case ABANDONED -> {
                    link.inFlight(1);
                    received(id, bound);
                }
            }
        }
    }

    private void settle(int id, Bound bound) {
        bound.awaiting = Awaiting.SETTLED;
        link.settledId(id, () -> {
            byId.remove(id);
            bindMore();
        });
    }

    private void received(int id, Bound bound) {
        bound.awaiting = Awaiting.RECEIVED;
        link.receivedId(id, () -> {
            bound.awaiting = Awaiting.PUBCOMP;
            link.pubrel(id);
        });
    }

    void puback(int id) {
        Bound bound = byId.get(id);
        if (bound != null && bound.awaiting == Awaiting.PUBACK) {
            link.inFlight(-1);
            settle(id, bound);
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
                    received(id, bound);
                } else {
                    link.inFlight(-1);
                    settle(id, bound);
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
            link.inFlight(-1);
            settle(id, bound);
        }
    }
}
