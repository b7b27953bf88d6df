package io.sluice.wire;

import java.util.List;

/**
 * A record of {@code mqtt.fanout}: what the queue stage tells a gateway. It stands in the partition of the gateway's slot, see
 * {@link Topics#fanoutPartition}, and is for one incarnation alone; others ignore it. The key is the client id or {@link
 * GroupId#key}, the value's first byte the version (1), the second the type; the fields follow in the order of the record's
 * components, without that of the key. {@link WireWriter} tells how they are written.
 *
 * <table>
 * <caption>Records</caption>
 * <tr><th>type</th><th>record</th></tr>
 * <tr><td>1</td><td>{@link Page}</td></tr>
 * <tr><td>2</td><td>{@link Evict}</td></tr>
 * <tr><td>3</td><td>{@link Refused}</td></tr>
 * <tr><td>4</td><td>{@link Overflow}</td></tr>
 * <tr><td>64</td><td>{@link Assignment}</td></tr>
 * <tr><td>65</td><td>{@link Returned}</td></tr>
 * </table>
 */
public sealed interface Fanout {

    /** The version that this build writes, and the only one that it reads. */
    byte VERSION = 1;

    /** Which life of which gateway it is for. */
    String incarnation();

    /** The record's value. */
    byte[] value();

    /** The record's key. */
    byte[] key();

    /** A record for the session of a client. */
    sealed interface ForClient extends Fanout {

        /** Whom it concerns; never empty. */
        String clientId();

        @Override
        default byte[] key() {
            return ClientKeys.encode(clientId());
        }
    }

    /** A record for what a gateway has of a group. */
    sealed interface ForGroup extends Fanout {

        /** Which group it concerns. */
        GroupId group();

        @Override
        default byte[] key() {
            return group().key();
        }
    }

    /**
     * The answer to an attach or a pull: a part of what the session has not settled.
     *
     * @param epoch of the connection
     * @param request what it answers
     * @param sessionPresent whether the session was there before the connection
     * @param versions all filters of the session that are not shared
     * @param shared the groups that the session is a member of
     * @param completeBelow for each partition of the log the offset below which the index knows all that the session is due
     * @param last whether there is no more below {@code completeBelow}
     * @param receipts messages that arrived from the client and are not released; in the answer to an attach
     * @param reuse of the client's packet ids; in the answer to an attach
     * @param assigned deliveries that are bound to their packet ids and not acknowledged; in the answer to an attach
     * @param assignedReceived such deliveries whose PUBREC arrived; in the answer to an attach
     * @param entries below {@code completeBelow}, in the order in which they are to be sent
     * @param receivedAbove messages at or above {@code completeBelow} whose PUBREC arrived; in the answer to an attach
     * @param settledAbove messages at or above {@code completeBelow} that are done; in the answer to an attach
     * @param sentBelow for each partition of the log: what stands below may have been sent over a connection before this one
     * @param sentUntil milliseconds since the epoch: so may what was logged until then
     */
    record Page(
            String clientId,
            String incarnation,
            long epoch,
            long request,
            boolean sessionPresent,
            long sessionId,
            List<FilterVersion> versions,
            List<Shared> shared,
            long[] completeBelow,
            boolean last,
            List<InboundReceipt> receipts,
            ReuseCounts reuse,
            List<AssignedDelivery> assigned,
            List<AssignedId> assignedReceived,
            List<Entry> entries,
            List<Origin> receivedAbove,
            List<Origin> settledAbove,
            long[] sentBelow,
            long sentUntil)
            implements ForClient {
        static final int TYPE = 1;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE, incarnation)
                    .number(epoch)
                    .number(request)
                    .flag(sessionPresent)
                    .number(sessionId)
                    .list(versions, FilterVersion::write)
                    .list(shared, Shared::write)
                    .offsets(completeBelow)
                    .flag(last)
                    .list(receipts, InboundReceipt::write)
                    .element(reuse, ReuseCounts::write)
                    .list(assigned, AssignedDelivery::write)
                    .list(assignedReceived, AssignedId::write)
                    .list(entries, Entry::write);
            Origin.writeSet(receivedAbove, out);
            Origin.writeSet(settledAbove, out);
            return out.offsets(sentBelow).number(sentUntil).toBytes();
        }

        static Page read(String clientId, String incarnation, WireReader in) throws DamagedRecordException {
            return new Page(
                    clientId,
                    incarnation,
                    in.number(),
                    in.number(),
                    in.flag(),
                    in.number(),
                    in.list(FilterVersion::read),
                    in.list(Shared::read),
                    in.offsets(),
                    in.flag(),
                    in.list(InboundReceipt::read),
                    ReuseCounts.read(in),
                    in.list(AssignedDelivery::read),
                    in.list(AssignedId::read),
                    in.list(Entry::read),
                    Origin.readSet(in),
                    Origin.readSet(in),
                    in.offsets(),
                    in.number());
        }
    }

    /** A share that a session has of a group. */
    record Shared(GroupId group, SubscriptionOptions options) {

        private void write(WireWriter out) {
            group.write(out);
            options.write(out);
        }

        private static Shared read(WireReader in) throws DamagedRecordException {
            return new Shared(GroupId.read(in), SubscriptionOptions.read(in));
        }
    }

    /** A message that a session has not settled. Written as a byte, 1 or 2 for a queued one and 3 for a received one, and the rest. */
    sealed interface Entry {

        /** Where the message stands in the log. */
        Origin origin();

        private void write(WireWriter out) {
            if (this instanceof Queued queued) {
                out.octet(queued.maybeSent ? 2 : 1);
                StoredMessage.write(queued.message, out);
            } else {
                out.octet(3);
                origin().write(out);
            }
        }

        private static Entry read(WireReader in) throws DamagedRecordException {
            int kind = in.integer(1, 3);
            if (kind == 3) {
                return new Received(Origin.read(in));
            }
            PublishRecord message = StoredMessage.read(in);
            if (message.partition() < 0 || message.offset() < 0) {
                throw in.damage("a message that has no place in the log");
            }
            return new Queued(message, kind == 2);
        }
    }

    /**
     * A message to send.
     *
     * @param message with its place in the log
     * @param maybeSent whether a connection before may have sent it, so that it is sent with DUP ([MQTT-3.3.1-1])
     */
    record Queued(PublishRecord message, boolean maybeSent) implements Entry {
        @Override
        public Origin origin() {
            return message.origin();
        }
    }

    /** A message whose PUBREC arrived: its PUBREL is to be sent ([MQTT-4.4.0-1]). */
    record Received(Origin origin) implements Entry {}

    /**
     * Another connection has the client's id now: the gateway flushes what the client acknowledged, detaches and closes.
     *
     * @param epoch of the connection that is to end
     */
    record Evict(String clientId, String incarnation, long epoch) implements ForClient {
        static final int TYPE = 2;

        @Override
        public byte[] value() {
            return header(TYPE, incarnation).number(epoch).toBytes();
        }

        static Evict read(String clientId, String incarnation, WireReader in) throws DamagedRecordException {
            return new Evict(clientId, incarnation, in.number());
        }
    }

    /**
     * An attach is not granted, such as one that waited when still another connection attached.
     *
     * @param request of the attach
     * @param reasonCode MQTT's, 0x80 to 0xFF
     */
    record Refused(String clientId, String incarnation, long request, int reasonCode) implements ForClient {
        static final int TYPE = 3;

        @Override
        public byte[] value() {
            return header(TYPE, incarnation).number(request).octet(reasonCode).toBytes();
        }

        static Refused read(String clientId, String incarnation, WireReader in) throws DamagedRecordException {
            Refused refused = new Refused(clientId, incarnation, in.number(), in.octet());
            if (refused.reasonCode < 0x80) {
                throw in.damage("reason code " + refused.reasonCode + ", which is no error");
            }
            return refused;
        }
    }

    /**
     * The queue of the session is full and its client has to know it: the gateway flushes what the client acknowledged, and
     * disconnects it with 0x97.
     *
     * @param epoch of the connection that is to end
     */
    record Overflow(String clientId, String incarnation, long epoch) implements ForClient {
        static final int TYPE = 4;

        @Override
        public byte[] value() {
            return header(TYPE, incarnation).number(epoch).toBytes();
        }

        static Overflow read(String clientId, String incarnation, WireReader in) throws DamagedRecordException {
            return new Overflow(clientId, incarnation, in.number());
        }
    }

    /**
     * All that a gateway has of a group.
     *
     * @param version the offset of the command that it follows from; a lower one is older
     * @param parts in the order of their partitions
     */
    record Assignment(GroupId group, String incarnation, long version, List<Part> parts) implements ForGroup {
        static final int TYPE = 64;

        /**
         * A partition of the log that the gateway serves.
         *
         * @param epoch the offset of the command that gave it to the gateway
         * @param settled what is not to be sent
         * @param doubtful whether a gateway that was lost may have sent something of what is not settled
         * @param release whether the gateway is to let go of it
         */
        public record Part(int partition, long epoch, SettledOffsets settled, boolean doubtful, boolean release) {

            private void write(WireWriter out) {
                out.number(partition).number(epoch);
                settled.write(out);
                out.flag(doubtful).flag(release);
            }

            private static Part read(WireReader in) throws DamagedRecordException {
                return new Part(
                        in.integer(0, Integer.MAX_VALUE), in.number(), SettledOffsets.read(in), in.flag(), in.flag());
            }
        }

        @Override
        public byte[] value() {
            return header(TYPE, incarnation)
                    .number(version)
                    .list(parts, Part::write)
                    .toBytes();
        }

        static Assignment read(GroupId group, String incarnation, WireReader in) throws DamagedRecordException {
            return new Assignment(group, incarnation, in.number(), in.list(Part::read));
        }
    }

    /**
     * A message that the gateway has bound to a durable session is not the session's: it had another connection by then, or was
     * no member any more. It goes to somebody else.
     *
     * @param epoch in which the gateway has the partition
     */
    record Returned(GroupId group, String incarnation, long epoch, Origin origin) implements ForGroup {
        static final int TYPE = 65;

        @Override
        public byte[] value() {
            WireWriter out = header(TYPE, incarnation).number(epoch);
            origin.write(out);
            return out.toBytes();
        }

        static Returned read(GroupId group, String incarnation, WireReader in) throws DamagedRecordException {
            return new Returned(group, incarnation, in.number(), Origin.read(in));
        }
    }

    /**
     * Reads a record for a gateway.
     *
     * @throws DamagedRecordException if it is of an unknown version or type, shorter or longer than its type says, or its key
     *     or a field has a value that it cannot have
     */
    static Fanout decode(byte[] key, byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "fanout record");
        in.version(VERSION);
        int type = in.octet();
        String incarnation = in.string();
        Fanout record =
                switch (type) {
                    case Page.TYPE -> Page.read(ClientKeys.decode(key), incarnation, in);
                    case Evict.TYPE -> Evict.read(ClientKeys.decode(key), incarnation, in);
                    case Refused.TYPE -> Refused.read(ClientKeys.decode(key), incarnation, in);
                    case Assignment.TYPE -> Assignment.read(GroupId.ofKey(key), incarnation, in);
                    case Returned.TYPE -> Returned.read(GroupId.ofKey(key), incarnation, in);
                    case Overflow.TYPE -> Overflow.read(ClientKeys.decode(key), incarnation, in);
                    default -> throw new DamagedRecordException("fanout record of unknown type " + type);
                };
        in.end();
        return record;
    }

    private static WireWriter header(int type, String incarnation) {
        return new WireWriter().octet(VERSION).octet(type).string(incarnation);
    }
}
