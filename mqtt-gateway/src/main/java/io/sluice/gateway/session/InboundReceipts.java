package io.sluice.gateway.session;

import io.sluice.wire.InboundReceipt;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.ReuseCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What makes QoS 2 messages of a durable session's client arrive once, whichever gateway they are sent to and however often
 * ([MQTT-4.3.3-10]): before a message is published, its receipt is durable; it is published under a unique id that every
 * gateway gives it; and PUBCOMP is sent when its release is durable. Owned by the session's event loop.
 */
final class InboundReceipts {

    /** Where receipts are written. */
    interface Link {

        /** The partition of the log in which messages of a topic stand, and an offset that its end has reached. */
        InboundReceipt receipt(int packetId, int use, byte[] topic);

        /** Writes a receipt. */
        void received(InboundReceipt receipt, Runnable durable);

        /** Writes a release. */
        void released(int packetId, int use, Runnable durable);

        /** The unique id under which a message is published. */
        String uniqueId(InboundReceipt receipt);
    }

    private static final class Arrived {
        private final InboundReceipt receipt;
        /** Whether it came over an earlier connection and has not come again: the log may not have the message. */
        private boolean resumed;

        private Arrived(InboundReceipt receipt, boolean resumed) {
            this.receipt = receipt;
            this.resumed = resumed;
        }
    }

    private final Link link;
    private final Map<Integer, Arrived> unreleased = new HashMap<>();
    private ReuseCounts reuse = new ReuseCounts();

    InboundReceipts(Link link) {
        this.link = link;
    }

    /** What the session brings along. */
    void resume(List<InboundReceipt> receipts, ReuseCounts counts) {
        receipts.forEach(receipt -> unreleased.put(receipt.packetId(), new Arrived(receipt, true)));
        reuse = counts;
    }

    /** Whether a message came over an earlier connection and has to be published again when it comes again. */
    boolean isResumed(int packetId) {
        Arrived arrived = unreleased.get(packetId);
        return arrived != null && arrived.resumed;
    }

    /**
     * A message has come, for the first time on this connection.
     *
     * @param publish takes it when it may be published
     */
    void arrived(PublishRecord message, int packetId, Consumer<PublishRecord> publish) {
        Arrived known = unreleased.get(packetId);
        if (known != null) {
            known.resumed = false;
            publish.accept(unique(message, known.receipt));
            return;
        }
        InboundReceipt receipt = link.receipt(packetId, reuse.of(packetId), message.topic());
        unreleased.put(packetId, new Arrived(receipt, false));
        link.received(receipt, () -> publish.accept(unique(message, receipt)));
    }

    private PublishRecord unique(PublishRecord message, InboundReceipt receipt) {
        return message.withUniqueId(link.uniqueId(receipt), receipt.endOffset());
    }

    /** The log has refused a message, and the client is told so: its identifier is free. */
    void refused(int packetId) {
        release(packetId, () -> {});
    }

    /**
     * The client has released a message.
     *
     * @param durable run when PUBCOMP may be sent
     */
    void release(int packetId, Runnable durable) {
        Arrived arrived = unreleased.remove(packetId);
        int use = arrived.receipt.use();
        reuse.raise(packetId, use + 1);
        link.released(packetId, use, durable);
    }
}
