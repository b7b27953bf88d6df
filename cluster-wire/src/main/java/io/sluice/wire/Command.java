package io.sluice.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A record of {@code mqtt.commands}. The value's first byte is the version (1), the second the command's type; strings are
 * two bytes of length and UTF-8, numbers are big-endian.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><th>type</th><th>command</th><th>key</th><th>fields</th></tr>
 * <tr><td>1</td><td>{@link GatewayLost}</td><td>incarnation; one record in every partition</td>
 *     <td>term (8), slot (4), incarnation (string)</td></tr>
 * </table>
 */
public sealed interface Command {

    /** The version that this build writes, and the only one that it reads. */
    byte VERSION = 1;

    /** The record's key. */
    byte[] key();

    /** The record's value. */
    byte[] value();

    /**
     * A gateway is dead: its sessions are detached and its later commands refused.
     *
     * @param term the leader's fencing term; a reader that has seen a higher one ignores the command
     * @param slot the gateway's slot
     * @param incarnation which life of the gateway; up to 65,535 bytes
     */
    record GatewayLost(long term, int slot, String incarnation) implements Command {
        static final byte TYPE = 1;

        @Override
        public byte[] key() {
            return incarnation.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] value() {
            byte[] name = key();
            return ByteBuffer.allocate(2 + Long.BYTES + Integer.BYTES + Short.BYTES + name.length)
                    .put(VERSION)
                    .put(TYPE)
                    .putLong(term)
                    .putInt(slot)
                    .putShort((short) name.length)
                    .put(name)
                    .array();
        }
    }

    /**
     * Reads a command.
     *
     * @throws DamagedRecordException if it is of an unknown version or type, shorter or longer than its type says, or a
     *     string in it is not UTF-8
     */
    static Command decode(byte[] value) throws DamagedRecordException {
        if (value == null || value.length < 2) {
            throw new DamagedRecordException("command without version and type");
        }
        if (value[0] != VERSION) {
            throw new DamagedRecordException("command of unknown version " + value[0]);
        }
        ByteBuffer buffer = ByteBuffer.wrap(value, 2, value.length - 2);
        try {
            Command command =
                    switch (value[1]) {
                        case GatewayLost.TYPE -> new GatewayLost(buffer.getLong(), buffer.getInt(), string(buffer));
                        default -> throw new DamagedRecordException("command of unknown type " + value[1]);
                    };
            if (buffer.hasRemaining()) {
                throw new DamagedRecordException("command with " + buffer.remaining() + " bytes too many");
            }
            return command;
        } catch (BufferUnderflowException e) {
            throw new DamagedRecordException("command of type " + value[1] + " is cut short");
        }
    }

    private static String string(ByteBuffer buffer) throws DamagedRecordException {
        byte[] bytes = new byte[Short.toUnsignedInt(buffer.getShort())];
        buffer.get(bytes);
        if (!Utf8.isWellFormed(bytes)) {
            throw new DamagedRecordException("command with a string that is not well-formed UTF-8");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
