package io.sluice.wire;

/**
 * That a message of quality of service 2 arrived from a client and is being published, as long as the client has not
 * released its packet id (MQTT 5.0 section 4.3.3).
 *
 * @param packetId the client's, 1 to 65,535
 * @param uniqueId which the message carries in the log, see {@link PublishRecord#uniqueId}
 * @param partition of the log in which the message will stand
 * @param endOffset the end of that partition as of the receipt: the message stands there or behind it
 */
public record InboundReceipt(int packetId, String uniqueId, int partition, long endOffset) {

    /** Writes the receipt. */
    public void write(WireWriter out) {
        out.number(packetId).string(uniqueId).number(partition).number(endOffset);
    }

    /** Reads what {@link #write} wrote. */
    public static InboundReceipt read(WireReader in) throws DamagedRecordException {
        return new InboundReceipt(in.packetId(), in.string(), in.integer(0, Integer.MAX_VALUE), in.number());
    }
}
