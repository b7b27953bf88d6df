package io.sluice.wire;

/**
 * A record of {@code mqtt.inbox}: what the match stage tells the queue stage. The value's first byte is the version (2), the
 * second the type; {@link WireWriter} tells how the fields are written.
 *
 * <table>
 * <caption>Records</caption>
 * <tr><th>type</th><th>record</th><th>key</th><th>fields</th></tr>
 * <tr><td>1</td><td>{@link Match}</td><td>client id</td><td>session id, applied, message</td></tr>
 * <tr><td>2</td><td>{@link Mark}</td><td>none; one record in every partition</td>
 *     <td>partition of the log, reached, applied</td></tr>
 * </table>
 */
public sealed interface Inbox {

    /** The version that this build writes, and the only one that it reads. */
    byte VERSION = 2;

    /** The record's key. */
    byte[] key();

    /** The record's value. */
    byte[] value();

    /**
     * A message of the log is for a session. It may come more than once. Where matches go there need be few marks: one that tells
     * what was applied is followed by nothing more of its message or earlier ones, as if there were a {@link Mark} behind it.
     *
     * @param sessionId which of the client's sessions
     * @param applied as that of a mark right behind it; -1 if it tells nothing of what else is to come
     * @param message with its place in the log
     */
    record Match(String clientId, long sessionId, long applied, PublishRecord message) implements Inbox {
        static final int TYPE = 1;

        /** The mark that it stands for, or null. */
        public Mark mark() {
            return applied < 0 ? null : new Mark(message.partition(), message.offset() + 1, applied);
        }

        @Override
        public byte[] key() {
            return ClientKeys.encode(clientId);
        }

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(sessionId).numberOrNone(applied);
            StoredMessage.write(message, out);
            return out.toBytes();
        }

        static Match read(byte[] key, WireReader in) throws DamagedRecordException {
            Match match = new Match(ClientKeys.decode(key), in.number(), in.numberOrNone(), StoredMessage.read(in));
            if (match.message.partition() < 0 || match.message.offset() < 0) {
                throw in.damage("a message that has no place in the log");
            }
            return match;
        }
    }

    /**
     * All matches for messages below an offset of a partition of the log stand before this record, as far as they are due to
     * commands up to one of the partition of {@code mqtt.commands} that has this partition's number.
     *
     * @param logPartition of the log
     * @param reached the first offset that has not been matched
     * @param applied the offset of the last command whose filters have been matched, looked back for included; -1 for none
     */
    record Mark(int logPartition, long reached, long applied) implements Inbox {
        static final int TYPE = 2;

        /** Null. */
        @Override
        public byte[] key() {
            return null;
        }

        @Override
        public byte[] value() {
            return header(TYPE)
                    .number(logPartition)
                    .number(reached)
                    .numberOrNone(applied)
                    .toBytes();
        }

        static Mark read(WireReader in) throws DamagedRecordException {
            return new Mark(in.integer(0, Integer.MAX_VALUE), in.number(), in.numberOrNone());
        }
    }

    /**
     * Reads a record of the inbox.
     *
     * @throws DamagedRecordException if it is of an unknown version or type, shorter or longer than its type says, or its key
     *     or a field has a value that it cannot have
     */
    static Inbox decode(byte[] key, byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "inbox record");
        in.version(VERSION);
        int type = in.octet();
        Inbox record =
                switch (type) {
                    case Match.TYPE -> Match.read(key, in);
                    case Mark.TYPE -> Mark.read(in);
                    default -> throw new DamagedRecordException("inbox record of unknown type " + type);
                };
        in.end();
        return record;
    }

    private static WireWriter header(int type) {
        return new WireWriter().octet(VERSION).octet(type);
    }
}
