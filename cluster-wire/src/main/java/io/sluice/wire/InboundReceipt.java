package io.sluice.wire;

/**
 * That a message of quality of service 2 arrived from a client and is being published, as long as the client has not
 * released its packet id (MQTT 5.0 section 4.3.3).
 *
 * @param packetId the client's, 1 to 65,535
 * @param use how often the packet id was released in this session before
 * @param partition of the log in which the message will stand
 * @param endOffset the end of that partition as of the receipt, or before it: the message stands there or behind it
 */
public record InboundReceipt(int packetId, int use, int partition, long endOffset) {

    /** The unique id that the message carries in the log, see {@link PublishRecord#uniqueId}: alike on every gateway. */
    public String uniqueId(String clientId, long sessionId) {
        return clientId + "/" + sessionId + "/" + packetId + "/" + use;
    }

    /** Writes the receipt. */
    public void write(WireWriter out) {
        out.number(packetId).number(use).number(partition).number(endOffset);
    }

    /** Reads what {@link #write} wrote. */
    public static InboundReceipt read(WireReader in) throws DamagedRecordException {
        return new InboundReceipt(
                in.packetId(), in.integer(0, Integer.MAX_VALUE), in.integer(0, Integer.MAX_VALUE), in.number());
    }
}
