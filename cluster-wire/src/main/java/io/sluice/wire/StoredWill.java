package io.sluice.wire;

/**
 * The will of a client: what is published when it is gone (MQTT 5.0 section 3.1.2.5).
 *
 * @param delaySeconds how long after, 0 to 4,294,967,295
 * @param message without a place in the log
 */
public record StoredWill(long delaySeconds, PublishRecord message) {

    /**
     * The unique id of a connection's will. Whoever publishes it, its gateway or the router, names it so, and readers of the log
     * drop a second copy.
     *
     * @param epoch of the connection
     */
    public static String uniqueId(String clientId, long epoch) {
        return clientId + "/" + epoch + "/will";
    }

    /** Writes the will. */
    public void write(WireWriter out) {
        out.number(delaySeconds);
        StoredMessage.write(message, out);
    }

    /** Reads what {@link #write} wrote. */
    public static StoredWill read(WireReader in) throws DamagedRecordException {
        return new StoredWill(in.number(0, 0xFFFF_FFFFL), StoredMessage.read(in));
    }
}
