package io.sluice.wire;

/**
 * The will of a client whose session is durable: what is published when it is gone (MQTT 5.0 section 3.1.2.5).
 *
 * @param delaySeconds how long after, 0 to 4,294,967,295
 * @param message without a place in the log
 */
public record StoredWill(long delaySeconds, PublishRecord message) {

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
