package io.sluice.wire;

import java.util.List;

/**
 * A command that concerns one client. The key is the client id; a type is a byte as in {@link Command}, and the fields stand
 * in the order of the record's components, without the client id.
 *
 * <table>
 * <caption>Commands of a client</caption>
 * <tr><th>type</th><th>command</th></tr>
 * <tr><td>16</td><td>{@link Attach}</td></tr>
 * <tr><td>17</td><td>{@link Detach}</td></tr>
 * <tr><td>18</td><td>{@link Subscribe}</td></tr>
 * <tr><td>19</td><td>{@link Unsubscribe}</td></tr>
 * <tr><td>20</td><td>{@link Assigned}</td></tr>
 * <tr><td>21</td><td>{@link Receipt}</td></tr>
 * <tr><td>22</td><td>{@link Release}</td></tr>
 * <tr><td>23</td><td>{@link Pull}</td></tr>
 * <tr><td>24</td><td>{@link Due}</td></tr>
 * <tr><td>32</td><td>{@link Bound}</td></tr>
 * <tr><td>33</td><td>{@link Fenced}</td></tr>
 * <tr><td>34</td><td>{@link Held}</td></tr>
 * </table>
 */
public sealed interface ClientCommand extends Command {

    /** Whom it concerns; never empty. */
    String clientId();

    @Override
    default byte[] key() {
        return ClientKeys.encode(clientId());
    }

    /**
     * A client connected. Its offset is the epoch of the connection, and the id of the session if it creates one. The gateway
     * is answered with a {@link Fanout.Page} or a {@link Fanout.Refused}, unless the session {@link #isClean ends with its
     * connection}: such a client is served already.
     *
     * @param incarnation which life of the gateway
     * @param slot the gateway's slot, which tells where it reads
     * @param request chosen by the gateway, 0 or more; the answer has it
     * @param connectedAt when CONNECT came, milliseconds since the epoch: the record may have been long on its way
     * @param cleanStart whether an existing session ends
     * @param expirySeconds how long the session outlives the connection, 0 to 4,294,967,295, of which the last is forever
     * @param protocolVersion 3 to 5, as in CONNECT
     * @param keepAliveSeconds 0 to 65,535, of which 0 is none
     * @param address the client's, for those who look at sessions
     * @param will null if there is none
     */
    record Attach(
            String clientId,
            String incarnation,
            int slot,
            long request,
            long connectedAt,
            boolean cleanStart,
            long expirySeconds,
            int protocolVersion,
            int keepAliveSeconds,
            String address,
            StoredWill will)
            implements ClientCommand {
        static final int TYPE = 16;

        /** The expiry of a session that never ends by itself. */
        public static final long FOREVER = 0xFFFF_FFFFL;

        /** Whether the session begins and ends with the connection, so that its gateway asks nobody for it. */
        public boolean isClean() {
            return cleanStart && expirySeconds == 0;
        }

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE)
                    .string(incarnation)
                    .number(slot)
                    .number(request)
                    .number(connectedAt)
                    .flag(cleanStart)
                    .number(expirySeconds)
                    .number(protocolVersion)
                    .number(keepAliveSeconds)
                    .string(address)
                    .flag(will != null);
            if (will != null) {
                will.write(out);
            }
            return out.toBytes();
        }

        static Attach read(String clientId, WireReader in) throws DamagedRecordException {
            return new Attach(
                    clientId,
                    in.string(),
                    in.integer(0, Integer.MAX_VALUE),
                    in.number(),
                    in.number(),
                    in.flag(),
                    in.number(0, FOREVER),
                    in.integer(3, 5),
                    in.integer(0, 0xFFFF),
                    in.string(),
                    in.flag() ? StoredWill.read(in) : null);
        }
    }

    /**
     * A connection ended; what the client acknowledged before stands before it.
     *
     * @param expirySeconds the session's from now on, 0 to 4,294,967,295, or -1 for what it was
     * @param will what becomes of the will
     * @param sentBelow for each partition of the log: no message at or above this offset was sent; null if that is not known
     * @param reason why, for events and logs
     */
    record Detach(String clientId, long epoch, long expirySeconds, WillAction will, long[] sentBelow, String reason)
            implements ClientCommand {
        static final int TYPE = 17;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .number(epoch)
                    .numberOrNone(expirySeconds)
                    .flag(will == WillAction.FORGET)
                    .offsets(sentBelow == null ? new long[0] : sentBelow)
                    .string(reason)
                    .toBytes();
        }

        private static long[] orNull(long[] offsets) {
            return offsets.length == 0 ? null : offsets;
        }

        static Detach read(String clientId, WireReader in) throws DamagedRecordException {
            return new Detach(
                    clientId,
                    in.number(),
                    in.numberOrNone(Attach.FOREVER),
                    in.flag() ? WillAction.FORGET : WillAction.PUBLISH,
                    orNull(in.offsets()),
                    in.string());
        }
    }

    /** What becomes of a will when its connection ends. Written as 0 or 1, in this order. */
    enum WillAction {
        /** It is published, after its delay. */
        PUBLISH,
        /** It is gone: the client took leave ([MQTT-3.14.4-3]). */
        FORGET
    }

    /**
     * A client subscribed.
     *
     * @param at the offset of each partition of the log from which on it holds
     * @param filters in the order of the packet
     */
    record Subscribe(String clientId, long epoch, long[] at, List<Requested> filters) implements ClientCommand {
        static final int TYPE = 18;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .number(epoch)
                    .offsets(at)
                    .list(filters, Requested::write)
                    .toBytes();
        }

        static Subscribe read(String clientId, WireReader in) throws DamagedRecordException {
            return new Subscribe(clientId, in.number(), in.offsets(), in.list(Requested::read));
        }

        /** One filter of a SUBSCRIBE packet. */
        public record Requested(TopicFilter filter, SubscriptionOptions options) {

            private void write(WireWriter out) {
                out.string(filter.text());
                options.write(out);
            }

            private static Requested read(WireReader in) throws DamagedRecordException {
                return new Requested(in.filter(), SubscriptionOptions.read(in));
            }
        }
    }

    /**
     * A client unsubscribed.
     *
     * @param at the offset of each partition of the log from which on it no longer holds
     * @param turn of the connection's last {@link GroupCommand.Hold} before
     * @param filters in the order of the packet
     */
    record Unsubscribe(String clientId, long epoch, long[] at, int turn, List<TopicFilter> filters)
            implements ClientCommand {
        static final int TYPE = 19;

        @Override
        public byte[] value() {
            return header(TYPE)
                    .number(epoch)
                    .offsets(at)
                    .number(turn)
                    .list(filters, (filter, out) -> out.string(filter.text()))
                    .toBytes();
        }

        static Unsubscribe read(String clientId, WireReader in) throws DamagedRecordException {
            return new Unsubscribe(
                    clientId, in.number(), in.offsets(), in.integer(0, Integer.MAX_VALUE), in.list(WireReader::filter));
        }
    }

    /** A delivery is bound to an assigned packet id; it is sent when this is durable. */
    record Assigned(String clientId, long epoch, AssignedDelivery delivery) implements ClientCommand {
        static final int TYPE = 20;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(epoch);
            delivery.write(out);
            return out.toBytes();
        }

        static Assigned read(String clientId, WireReader in) throws DamagedRecordException {
            return new Assigned(clientId, in.number(), AssignedDelivery.read(in));
        }
    }

    /** A message of quality of service 2 arrived; it is published when this is durable. */
    record Receipt(String clientId, long epoch, InboundReceipt receipt) implements ClientCommand {
        static final int TYPE = 21;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(epoch);
            receipt.write(out);
            return out.toBytes();
        }

        static Receipt read(String clientId, WireReader in) throws DamagedRecordException {
            return new Receipt(clientId, in.number(), InboundReceipt.read(in));
        }
    }

    /**
     * A client released a packet id with PUBREL; it gets its PUBCOMP when this is durable.
     *
     * @param use of the message's {@link InboundReceipt}
     */
    record Release(String clientId, long epoch, int packetId, int use) implements ClientCommand {
        static final int TYPE = 22;

        @Override
        public byte[] value() {
            return header(TYPE).number(epoch).number(packetId).number(use).toBytes();
        }

        static Release read(String clientId, WireReader in) throws DamagedRecordException {
            return new Release(clientId, in.number(), in.packetId(), in.integer(0, Integer.MAX_VALUE));
        }
    }

    /**
     * A gateway asks for what is queued. It is answered with a {@link Fanout.Page}.
     *
     * @param request chosen by the gateway, 0 or more; the answer has it
     * @param from for each partition of the log, the first offset that the gateway does not have
     */
    record Pull(String clientId, long epoch, long request, long[] from) implements ClientCommand {
        static final int TYPE = 23;

        @Override
        public byte[] value() {
            return header(TYPE).number(epoch).number(request).offsets(from).toBytes();
        }

        static Pull read(String clientId, WireReader in) throws DamagedRecordException {
            return new Pull(clientId, in.number(), in.number(), in.offsets());
        }
    }

    /**
     * Something was due by the clock. It is done if it still is when this is read: if the session is the same one and nobody
     * attached to it meanwhile.
     *
     * @param sessionId -1 if there is none
     * @param epoch of the connection that ended, or waits
     */
    record Due(String clientId, long sessionId, long epoch, Kind kind) implements ClientCommand {
        static final int TYPE = 24;

        /** What was due. Written as its code. */
        public enum Kind {
            /** The will is to be published. */
            WILL(0),
            /** The session is to end. */
            EXPIRY(1),
            /** An Attach has waited long enough for the connection before; the epoch is its own. */
            TAKE_OVER(2);

            private static final Kind[] BY_CODE = values();

            private final int code;

            Kind(int code) {
                this.code = code;
            }

            private static Kind read(WireReader in) throws DamagedRecordException {
                return BY_CODE[in.integer(0, BY_CODE.length - 1)];
            }
        }

        @Override
        public byte[] value() {
            return header(TYPE)
                    .numberOrNone(sessionId)
                    .number(epoch)
                    .number(kind.code)
                    .toBytes();
        }

        static Due read(String clientId, WireReader in) throws DamagedRecordException {
            return new Due(clientId, in.numberOrNone(), in.number(), Kind.read(in));
        }
    }

    /**
     * A message of a group belongs to this session: what a gateway wrote as {@link GroupCommand.Advance.Binding}, accepted by
     * the queue stage for the group. The client may have acknowledged it before this is read.
     */
    record Bound(String clientId, long sessionId, AssignedDelivery delivery) implements ClientCommand {
        static final int TYPE = 32;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(sessionId);
            delivery.write(out);
            return out.toBytes();
        }

        static Bound read(String clientId, WireReader in) throws DamagedRecordException {
            return new Bound(clientId, in.number(), AssignedDelivery.read(in));
        }
    }

    /**
     * The queue stage for a group answers {@link GroupCommand.Fence} or {@link GroupCommand.Drop}: all that was bound to the
     * session before stands before this record.
     *
     * @param epoch of the connection that asked, 0 if the session has left the group
     */
    record Fenced(String clientId, long sessionId, GroupId group, long epoch) implements ClientCommand {
        static final int TYPE = 33;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(sessionId);
            group.write(out);
            return out.number(epoch).toBytes();
        }

        static Fenced read(String clientId, WireReader in) throws DamagedRecordException {
            return new Fenced(clientId, in.number(), GroupId.read(in), in.number());
        }
    }

    /**
     * A group holds a session that it did not know of, or still holds one behind the answer to a {@link GroupCommand.Drop}. So
     * the queue stage for the client knows of it even if the SUBSCRIBE never came to anything, and tells the group when the
     * session ends.
     *
     * @param epoch of the connection that has subscribed
     */
    record Held(String clientId, long sessionId, GroupId group, long epoch) implements ClientCommand {
        static final int TYPE = 34;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE).number(sessionId);
            group.write(out);
            return out.number(epoch).toBytes();
        }

        static Held read(String clientId, WireReader in) throws DamagedRecordException {
            return new Held(clientId, in.number(), GroupId.read(in), in.number());
        }
    }

    /** Reads what stands behind the type. */
    static ClientCommand read(int type, byte[] key, WireReader in) throws DamagedRecordException {
        String clientId = ClientKeys.decode(key);
        return switch (type) {
            case Attach.TYPE -> Attach.read(clientId, in);
            case Detach.TYPE -> Detach.read(clientId, in);
            case Subscribe.TYPE -> Subscribe.read(clientId, in);
            case Unsubscribe.TYPE -> Unsubscribe.read(clientId, in);
            case Assigned.TYPE -> Assigned.read(clientId, in);
            case Receipt.TYPE -> Receipt.read(clientId, in);
            case Release.TYPE -> Release.read(clientId, in);
            case Pull.TYPE -> Pull.read(clientId, in);
            case Due.TYPE -> Due.read(clientId, in);
            case Bound.TYPE -> Bound.read(clientId, in);
            case Fenced.TYPE -> Fenced.read(clientId, in);
            case Held.TYPE -> Held.read(clientId, in);
            default -> throw new DamagedRecordException("command of unknown type " + type);
        };
    }

    private static WireWriter header(int type) {
        return new WireWriter().octet(VERSION).octet(type);
    }
}
