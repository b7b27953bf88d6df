package io.sluice.wire;

import java.util.List;

/**
 * A record of {@code mqtt.subscriptions}: the filters of a client's durable session. The key is the client id; the value is
 * the version (1) as a byte, then the other components in their order, written as {@link WireWriter} tells.
 *
 * <p>A session that ends has a record without versions first, and a tombstone when a later record stands in the partition: a
 * tombstone cannot tell the offset of the command, and who reads the topic knows by that offset which commands it has seen the
 * outcome of. So the latest record that is no tombstone always tells the latest of these commands, whatever compaction has removed. A
 * reader takes a null value, which {@link #decode} refuses, for a client without filters and learns nothing else from it.
 *
 * @param sessionId which of the client's sessions
 * @param commandsOffset the offset in {@code mqtt.commands} of the command that this is the outcome of; within a
 *     partition it never falls
 * @param versions all versions of all filters that still matter; empty when the session ended
 */
public record SubscriptionsRecord(String clientId, long sessionId, long commandsOffset, List<FilterVersion> versions) {

    private static final int VERSION = 1;

    /** The record's key. */
    public byte[] key() {
        return ClientKeys.encode(clientId);
    }

    /** The record's value. */
    public byte[] value() {
        return new WireWriter()
                .octet(VERSION)
                .number(sessionId)
                .number(commandsOffset)
                .list(versions, FilterVersion::write)
                .toBytes();
    }

    /**
     * Reads a record that is no tombstone.
     *
     * @throws DamagedRecordException if it is of another version, or its key or a field has a value that it cannot have
     */
    public static SubscriptionsRecord decode(byte[] key, byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "subscriptions record");
        in.version(VERSION);
        SubscriptionsRecord record =
                new SubscriptionsRecord(ClientKeys.decode(key), in.number(), in.number(), in.list(FilterVersion::read));
        in.end();
        return record;
    }
}
