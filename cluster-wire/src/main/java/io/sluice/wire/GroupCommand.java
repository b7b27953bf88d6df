package io.sluice.wire;

import java.util.List;

/**
 * A command that concerns one group of shared subscriptions. The key is {@link GroupId#key}; a type is a byte as in {@link
 * Command}, and the fields stand in the order of the record's components, without the group.
 *
 * <table>
 * <caption>Commands of a group</caption>
 * <tr><th>type</th><th>command</th><th>written by</th></tr>
 * <tr><td>64</td><td>{@link Join}</td><td>gateways</td></tr>
 * <tr><td>65</td><td>{@link Leave}</td><td>gateways</td></tr>
 * <tr><td>66</td><td>{@link Hold}</td><td>gateways</td></tr>
 * <tr><td>67</td><td>{@link Drop}</td><td>the queue stage, for a client</td></tr>
 * <tr><td>68</td><td>{@link Fence}</td><td>the queue stage, for a client</td></tr>
 * <tr><td>69</td><td>{@link Advance}</td><td>gateways</td></tr>
 * <tr><td>70</td><td>{@link Expire}</td><td>the queue stage, for the group</td></tr>
 * </table>
 */
public sealed interface GroupCommand extends Command {

    /** Which group it concerns. */
    GroupId group();

    @Override
    default byte[] key() {
        return group().key();
    }

    /**
     * A gateway has members of the group, now this many. It is answered with {@link Fanout.Assignment}.
     *
     * @param incarnation which life of the gateway
     * @param slot of the gateway, which tells where it reads
     * @param members connected to it, 1 or more
     * @param at for each partition of the log where the group begins, if there was none
     */
    record Join(GroupId group, String incarnation, int slot, int members, long[] at) implements GroupCommand {
        static final int TYPE = 64;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .string(incarnation)
                    .number(slot)
                    .number(members)
                    .offsets(at)
                    .toBytes();
        }

        static Join read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Join(
                    group,
                    in.string(),
                    in.integer(0, Integer.MAX_VALUE),
                    in.integer(1, Integer.MAX_VALUE),
                    in.offsets());
        }
    }

    /** The last member at a gateway has gone; what it has not settled goes to others. */
    record Leave(GroupId group, String incarnation) implements GroupCommand {
        static final int TYPE = 65;

        @Override
        public byte[] value() {
            return header(TYPE).string(incarnation).toBytes();
        }

        static Leave read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Leave(group, in.string());
        }
    }

    /**
     * A durable session is a member, wherever its client is: the group remains for a time without any connection. Before the
     * session's own {@link ClientCommand.Subscribe}. Answered with {@link ClientCommand.Held} if the group did not know of the
     * session, since nothing else may ever come of the SUBSCRIBE.
     *
     * @param sessionId which of the client's sessions
     * @param epoch of the connection
     * @param turn counts the connection's Holds, 0 or more, so that a {@link Drop} tells which of them it speaks of
     * @param at for each partition of the log where the group begins, if there was none
     */
    record Hold(GroupId group, String clientId, long sessionId, long epoch, int turn, long[] at)
            implements GroupCommand {
        static final int TYPE = 66;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .string(clientId)
                    .number(sessionId)
                    .number(epoch)
                    .number(turn)
                    .offsets(at)
                    .toBytes();
        }

        static Hold read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Hold(
                    group, in.string(), in.number(), in.number(), in.integer(0, Integer.MAX_VALUE), in.offsets());
        }
    }

    /**
     * A durable session is no member any more: it has unsubscribed, or ended. It may have subscribed again since, of which the
     * group has heard already: that counts. Answered with {@link ClientCommand.Fenced}.
     *
     * @param epoch of the connection up to which it has let go
     * @param turn the last {@link Hold} of that connection which is over
     */
    record Drop(GroupId group, String clientId, long sessionId, long epoch, int turn) implements GroupCommand {
        static final int TYPE = 67;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .string(clientId)
                    .number(sessionId)
                    .number(epoch)
                    .number(turn)
                    .toBytes();
        }

        static Drop read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Drop(group, in.string(), in.number(), in.number(), in.integer(0, Integer.MAX_VALUE));
        }
    }

    /**
     * A durable session has a new connection: what gateways bind to the session over earlier ones is refused from here on.
     * Answered with {@link ClientCommand.Fenced}, behind all that was bound before.
     *
     * @param epoch of the new connection
     */
    record Fence(GroupId group, String clientId, long sessionId, long epoch) implements GroupCommand {
        static final int TYPE = 68;

        @Override
        public byte[] value() {
            return header(TYPE).string(clientId).number(sessionId).number(epoch).toBytes();
        }

        static Fence read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Fence(group, in.string(), in.number(), in.number());
        }
    }

    /**
     * What a gateway has come to with its partitions of the group: what is settled, what belongs to a durable session from now
     * on, and which of them it lets go. A part counts if the gateway still has the partition in that epoch.
     *
     * @param parts each partition at most once
     * @param bindings messages of these partitions
     */
    record Advance(GroupId group, String incarnation, List<Part> parts, List<Binding> bindings)
            implements GroupCommand {
        static final int TYPE = 69;

        /**
         * A partition of the log.
         *
         * @param epoch in which the gateway has it
         * @param settled stretches of which nothing is to be sent any more
         * @param doubtful whether a gateway that was lost may have sent something of what is not settled
         * @param released whether the gateway has ceased to serve it
         */
        public record Part(int partition, long epoch, List<OffsetRange> settled, boolean doubtful, boolean released) {

            private void write(WireWriter out) {
                out.number(partition)
                        .number(epoch)
                        .list(settled, OffsetRange::write)
                        .flag(doubtful)
                        .flag(released);
            }

            private static Part read(WireReader in) throws DamagedRecordException {
                return new Part(
                        in.integer(0, Integer.MAX_VALUE),
                        in.number(),
                        in.list(OffsetRange::read),
                        in.flag(),
                        in.flag());
            }
        }

        /**
         * A QoS 2 message belongs to a durable session; it may be sent when this is durable ([MQTT-4.8.2-4], [MQTT-4.8.2-5]).
         *
         * @param epoch in which the gateway has the message's partition
         * @param clientId of the member
         * @param sessionId of the member
         * @param connection epoch of the member's connection
         */
        public record Binding(long epoch, String clientId, long sessionId, long connection, AssignedDelivery delivery) {

            private void write(WireWriter out) {
                out.number(epoch).string(clientId).number(sessionId).number(connection);
                delivery.write(out);
            }

            private static Binding read(WireReader in) throws DamagedRecordException {
                Binding binding =
                        new Binding(in.number(), in.string(), in.number(), in.number(), AssignedDelivery.read(in));
                if (binding.delivery.message().partition() < 0
                        || binding.delivery.message().offset() < 0) {
                    throw in.damage("a message that has no place in the log");
                }
                return binding;
            }
        }

        @Override
        public byte[] value() {
            return header(TYPE)
                    .string(incarnation)
                    .list(parts, Part::write)
                    .list(bindings, Binding::write)
                    .toBytes();
        }

        static Advance read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Advance(group, in.string(), in.list(Part::read), in.list(Binding::read));
        }
    }

    /**
     * Nobody was connected for as long as a group is kept. It ends if that is still so.
     *
     * @param since offset of the command with which the last gateway left
     */
    record Expire(GroupId group, long since) implements GroupCommand {
        static final int TYPE = 70;

        @Override
        public byte[] value() {
            return header(TYPE).number(since).toBytes();
        }

        static Expire read(GroupId group, WireReader in) throws DamagedRecordException {
            return new Expire(group, in.number());
        }
    }

    /** Whether a type is that of a group's command. */
    static boolean isType(int type) {
        return type >= Join.TYPE && type <= Expire.TYPE;
    }

    /** Reads what stands behind the type. */
    static GroupCommand read(int type, byte[] key, WireReader in) throws DamagedRecordException {
        GroupId group = GroupId.ofKey(key);
        return switch (type) {
            case Join.TYPE -> Join.read(group, in);
            case Leave.TYPE -> Leave.read(group, in);
            case Hold.TYPE -> Hold.read(group, in);
            case Drop.TYPE -> Drop.read(group, in);
            case Fence.TYPE -> Fence.read(group, in);
            case Advance.TYPE -> Advance.read(group, in);
            default -> Expire.read(group, in);
        };
    }

    private static WireWriter header(int type) {
        return new WireWriter().octet(VERSION).octet(type);
    }
}
