package io.sluice.wire;

/**
 * What an {@link AssignedDelivery} is known by: its packet id, which is used again and again, and its message.
 *
 * @param packetId of the range that is assigned
 * @param origin of the message; partition and offset are -1 if it does not stand in the log
 */
public record AssignedId(int packetId, Origin origin) {

    /** Writes the id. */
    public void write(WireWriter out) {
        out.number(packetId).numberOrNone(origin.partition()).numberOrNone(origin.offset());
    }

    /** Reads what {@link #write} wrote. */
    public static AssignedId read(WireReader in) throws DamagedRecordException {
        return new AssignedId(in.packetId(), new Origin((int) in.numberOrNone(Integer.MAX_VALUE), in.numberOrNone()));
    }
}
