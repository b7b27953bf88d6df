package io.sluice.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A record of {@code mqtt.heartbeats}: a gateway could write to Kafka at the record's timestamp. The key is the
 * incarnation as UTF-8; the value is one byte, the version (1), and four, the slot.
 *
 * @param incarnation which life of which gateway
 * @param slot the gateway's slot, 0 or more
 */
public record Heartbeat(String incarnation, int slot) {

    private static final byte VERSION = 1;
    private static final int LENGTH = 5;

    /** The record's key. */
    public byte[] key() {
        return incarnation.getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value. */
    public byte[] value() {
        return ByteBuffer.allocate(LENGTH).put(VERSION).putInt(slot).array();
    }

    /**
     * Reads a heartbeat.
     *
     * @throws DamagedRecordException if it is of another version or length, or its key or slot cannot be one
     */
    public static Heartbeat decode(byte[] key, byte[] value) throws DamagedRecordException {
        if (key == null || key.length == 0 || value == null || value.length != LENGTH || value[0] != VERSION) {
            throw new DamagedRecordException("not a heartbeat of version " + VERSION);
        }
        int slot = ByteBuffer.wrap(value).getInt(1);
        if (slot < 0 || !Utf8.isWellFormed(key)) {
            throw new DamagedRecordException("heartbeat of slot " + slot + " or with a key that is not UTF-8");
        }
        return new Heartbeat(new String(key, StandardCharsets.UTF_8), slot);
    }
}
