package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * The messages that a client is publishing: acknowledged in the order in which they came, when the log has them
 * ([MQTT-4.6.0-2], [MQTT-4.6.0-3]), and at QoS 2 appended once however often they are sent ([MQTT-4.3.3-10]). Owned by the
 * session's event loop.
 */
final class Inbound {

    private final Session session;
    private final Connection connection;
    private final PublicationSink sink;
    private final Mailbox<Publication> completions;
    private final ArrayDeque<Publication> unacknowledged = new ArrayDeque<>(4);
    /** Identifiers of QoS 2 messages from PUBLISH to PUBREL; those that the log has not confirmed are in the queue too. */
    private BitSet unreleased;

    /** Null if the session ends with its connection. */
    private InboundReceipts receipts;

    private int unreleasedCount;
    private int unconfirmedQos2;
    /** At QoS 0 only a failure concerns the client. */
    private final PublicationSink.Listener unacknowledgedListener = new PublicationSink.Listener() {
        @Override
        public void appended() {}

        @Override
        public void refused(PublicationSink.Refusal refusal) {
            new Publication(Inbound.this, Qos.AT_MOST_ONCE, 0).refused(refusal);
        }
    };

    Inbound(Session session, Connection connection, PublicationSink sink, Mailbox<Publication> completions) {
        this.session = session;
        this.connection = connection;
        this.sink = sink;
        this.completions = completions;
    }

    /** How many QoS 1 and 2 messages are not acknowledged to the end, for the receive maximum ([MQTT-3.3.4-7]). */
    int inFlight() {
        // A QoS 2 message counts once, from PUBLISH to PUBREL, whether the log has confirmed it or not.
        int confirmedQos2 = unreleasedCount - unconfirmedQos2;
        return unacknowledged.size() + confirmedQos2;
    }

    /** How many messages wait for the log. */
    int unconfirmed() {
        return unacknowledged.size();
    }

    /** Whether an identifier is that of a QoS 2 message that came before and is not released. */
    boolean isUnreleased(int packetId) {
        return unreleased != null && unreleased.get(packetId);
    }

    /** Makes QoS 2 exactly once beyond this connection. */
    void makeDurable(InboundReceipts beyond) {
        receipts = beyond;
    }

    /** A QoS 2 message came over an earlier connection and is not released. */
    void resume(int packetId) {
        unrelease(packetId);
    }

    private void unrelease(int packetId) {
        if (unreleased == null) {
            unreleased = new BitSet();
        }
        if (!unreleased.get(packetId)) {
            unreleased.set(packetId);
            unreleasedCount++;
        }
    }

    void publish(PublishRecord message, int packetId) {
        if (message.qos() == Qos.AT_MOST_ONCE) {
            sink.append(message, unacknowledgedListener);
            return;
        }
        Publication publication = new Publication(this, message.qos(), packetId);
        unacknowledged.add(publication);
        if (message.qos() == Qos.EXACTLY_ONCE) {
            unrelease(packetId);
            unconfirmedQos2++;
            if (receipts != null) {
                receipts.arrived(message, packetId, unique -> sink.append(unique, publication));
                return;
            }
        }
        sink.append(message, publication);
    }

    /** A QoS 2 message came again: it gets its PUBREC again, if it had one ([MQTT-4.3.3-10]). */
    void repeated(int packetId) {
        for (Publication publication : unacknowledged) {
            if (publication.packetId() == packetId) {
                return; // It will get its first one when the log has it.
            }
        }
        connection.acknowledge(Qos.EXACTLY_ONCE, packetId, null);
    }

    /** Forgets a QoS 2 message; false if there is none with this identifier, or the log has not confirmed it. */
    boolean release(int packetId) {
        if (!isUnreleased(packetId)) {
            return false;
        }
        for (Publication publication : unacknowledged) {
            if (publication.packetId() == packetId && publication.qos() == Qos.EXACTLY_ONCE) {
                return false;
            }
        }
        forget(packetId);
        return true;
    }

    private void forget(int packetId) {
        unreleased.clear(packetId);
        unreleasedCount--;
    }

    void offer(Publication publication) {
        completions.offer(publication);
    }

    void completed(Publication publication) {
        if (session.hasEnded()) {
            return;
        }
        if (publication.refusal() != null) {
            session.appendRefused(publication.qos(), publication.refusal());
        }
        for (Publication head = unacknowledged.peek(); head != null && head.isDone(); head = unacknowledged.peek()) {
            unacknowledged.remove();
            if (head.qos() == Qos.EXACTLY_ONCE) {
                unconfirmedQos2--;
                if (head.refusal() != null) {
                    forget(head.packetId());
                    if (receipts != null) {
                        receipts.refused(head.packetId());
                    }
                }
            }
            connection.acknowledge(head.qos(), head.packetId(), head.refusal());
        }
        session.appendsCompleted();
    }
}
