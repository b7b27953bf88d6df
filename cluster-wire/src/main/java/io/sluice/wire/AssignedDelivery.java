package io.sluice.wire;

import java.util.List;

/**
 * A delivery that does not come from the session's stretch of the log, such as that of a retained message or of a group's, so
 * that its packet id does not follow from its place and is bound to it in writing.
 *
 * @param packetId of the range that is assigned, see {@link PacketIdRanges}
 * @param qos of the delivery: 1 or 2
 * @param identifiers the subscription identifiers, 1 to 268,435,455 each
 * @param message with the RETAIN flag that the client is shown
 */
public record AssignedDelivery(int packetId, Qos qos, List<Integer> identifiers, PublishRecord message) {

    /** What it is known by. */
    public AssignedId id() {
        return new AssignedId(packetId, message.origin());
    }

    /** Writes the delivery. */
    public void write(WireWriter out) {
        out.number(packetId).number(qos.level()).list(identifiers, (id, to) -> to.number(id));
        StoredMessage.write(message, out);
    }

    /** Reads what {@link #write} wrote. */
    public static AssignedDelivery read(WireReader in) throws DamagedRecordException {
        return new AssignedDelivery(
                in.packetId(),
                Qos.of(in.integer(1, 2)),
                in.list(from -> from.integer(1, SubscriptionOptions.MAX_IDENTIFIER)),
                StoredMessage.read(in));
    }
}
