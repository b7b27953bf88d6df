package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A record of {@code mqtt.commands}. The value's first byte is the version (1), the second the command's type; {@link
 * WireWriter} tells how the fields are written.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><th>type</th><th>command</th><th>key</th><th>fields</th></tr>
 * <tr><td>1</td><td>{@link GatewayLost}</td><td>incarnation; one record in every partition</td><td>term, slot</td></tr>
 * <tr><td>2</td><td>{@link Progress}</td><td>none; in the partition of its clients</td>
 *     <td>for each session client id, epoch, settled, received, settled ids, received ids</td></tr>
 * <tr><td>16 and more</td><td>{@link ClientCommand}</td><td>client id</td><td>see there</td></tr>
 * <tr><td>64 and more</td><td>{@link GroupCommand}</td><td>{@link GroupId#key}</td><td>see there</td></tr>
 * </table>
 *
 * <p>The epoch of a connection is the offset of its {@link ClientCommand.Attach}. A command with an epoch other than that
 * of the session's connection comes from a connection that is over, and is ignored.
 */
public sealed interface Command permits Command.GatewayLost, Command.Progress, ClientCommand, GroupCommand {

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
     * @param incarnation which life of the gateway
     */
    record GatewayLost(long term, int slot, String incarnation) implements Command {
        static final int TYPE = 1;

        @Override
        public byte[] key() {
            return incarnation.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] value() {
            return header(TYPE).number(term).number(slot).toBytes();
        }

        static GatewayLost read(byte[] key, WireReader in) throws DamagedRecordException {
            if (key == null || key.length == 0 || !Utf8.isWellFormed(key)) {
                throw in.damage("a key that is no incarnation of a gateway");
            }
            return new GatewayLost(
                    in.number(), in.integer(0, Integer.MAX_VALUE), new String(key, StandardCharsets.UTF_8));
        }
    }

    /**
     * What clients acknowledged at one gateway. It is about all clients of a partition, so it has no key and is written to
     * that partition by its number.
     *
     * @param sessions each at most once
     */
    record Progress(List<Session> sessions) implements Command {
        static final int TYPE = 2;

        /** Null. */
        @Override
        public byte[] key() {
            return null;
        }

        @Override
        public byte[] value() {
            return header(TYPE).list(sessions, Session::write).toBytes();
        }

        static Progress read(WireReader in) throws DamagedRecordException {
            return new Progress(in.list(Session::read));
        }

        /**
         * What one client acknowledged. Origins are in any order when written, and in theirs when read.
         *
         * @param epoch of the connection
         * @param settled messages that are done: PUBACK or PUBCOMP arrived, or they are not to be sent
         * @param received messages whose PUBREC arrived; their PUBREL may go out when this is durable
         * @param settledIds deliveries with assigned packet ids that are done
         * @param receivedIds deliveries with assigned packet ids whose PUBREC arrived
         */
        public record Session(
                String clientId,
                long epoch,
                List<Origin> settled,
                List<Origin> received,
                List<AssignedId> settledIds,
                List<AssignedId> receivedIds) {

            private void write(WireWriter out) {
                out.string(clientId).number(epoch);
                Origin.writeSet(settled, out);
                Origin.writeSet(received, out);
                out.list(settledIds, AssignedId::write).list(receivedIds, AssignedId::write);
            }

            private static Session read(WireReader in) throws DamagedRecordException {
                return new Session(
                        in.string(),
                        in.number(),
                        Origin.readSet(in),
                        Origin.readSet(in),
                        in.list(AssignedId::read),
                        in.list(AssignedId::read));
            }
        }
    }

    /**
     * Reads a command.
     *
     * @throws DamagedRecordException if it is of an unknown version or type, shorter or longer than its type says, or its key
     *     or a field has a value that it cannot have
     */
    static Command decode(byte[] key, byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "command");
        in.version(VERSION);
        int type = in.octet();
        Command command =
                switch (type) {
                    case GatewayLost.TYPE -> GatewayLost.read(key, in);
                    case Progress.TYPE -> Progress.read(in);
                    default ->
                        GroupCommand.isType(type)
                                ? GroupCommand.read(type, key, in)
                                : ClientCommand.read(type, key, in);
                };
        in.end();
        return command;
    }

    /** Begins a value. */
    private static WireWriter header(int type) {
        return new WireWriter().octet(VERSION).octet(type);
    }
}
