package io.sluice.router.queue;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.StoredMessage;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The small values of the stage's state store; each begins with its version, a byte. An entry is then a byte, 0 for queued, 1 for
 * received, 2 for settled and 3 for queued with an expiry, which follows as milliseconds since the epoch in 8 bytes; and the message
 * of a queued one, or a truth and the message if that is true of a received one.
 */
final class StoreCodec {

    private static final int VERSION = 2;
    /** Instead of a tally that changes all the time. */
    static final byte[] UNDER_WAY = {VERSION};

    private static final int QUEUED = 0;
    private static final int RECEIVED = 1;
    private static final int SETTLED = 2;
    private static final int EXPIRING = 3;
    private static final int STATE_AT = 1;
    private static final int EXPIRY_AT = 2;

    private StoreCodec() {}

    @FunctionalInterface
    private interface Part<T> {
        T read(WireReader in) throws DamagedRecordException;
    }

    /** What the stage has written itself can only be unreadable through a defect. */
    private static <T> T read(byte[] value, String what, Part<T> part) {
        try {
            WireReader in = new WireReader(value, what);
            in.version(VERSION);
            T read = part.read(in);
            in.end();
            return read;
        } catch (DamagedRecordException e) {
            throw new IllegalStateException("the state store holds what it cannot hold", e);
        }
    }

    /** Whether a value, which may be null, is of the version that this build writes. */
    static boolean isReadable(byte[] value) {
        return value == null || value[0] == VERSION;
    }

    private static WireWriter value() {
        return new WireWriter().octet(VERSION);
    }

    static byte[] entry(Entry entry) {
        WireWriter out = value();
        switch (entry.state()) {
            case QUEUED -> {
                long expiry = expiry(entry.message());
                if (expiry == ClientState.NEVER) {
                    out.octet(QUEUED);
                } else {
                    out.octet(EXPIRING);
                    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                        out.octet((int) (expiry >>> shift));
                    }
                }
                StoredMessage.write(entry.message(), out);
            }
            case RECEIVED -> {
                out.octet(RECEIVED).flag(entry.message() != null);
                if (entry.message() != null) {
                    StoredMessage.write(entry.message(), out);
                }
            }
            case SETTLED -> out.octet(SETTLED);
        }
        return out.toBytes();
    }

    private static long expiry(PublishRecord message) {
        long seconds = message.properties().messageExpirySeconds();
        return seconds < 0 ? ClientState.NEVER : Math.max(0, message.timestamp()) + seconds * 1_000;
    }

    static Entry entry(byte[] value) {
        return read(value, "entry", in -> switch (in.octet()) {
            case QUEUED -> Entry.queued(StoredMessage.read(in));
            case RECEIVED -> in.flag() ? Entry.closing(StoredMessage.read(in)) : Entry.RECEIVED;
            case SETTLED -> Entry.SETTLED;
            case EXPIRING -> {
                for (int i = 0; i < Long.BYTES; i++) {
                    in.octet();
                }
                yield Entry.queued(StoredMessage.read(in));
            }
            default -> throw in.damage("an entry in an unknown state");
        });
    }

    // These read no message, and take null for no entry.

    static boolean isQueued(byte[] value) {
        return value != null && (value[STATE_AT] == QUEUED || value[STATE_AT] == EXPIRING);
    }

    static boolean isReceived(byte[] value) {
        return value != null && value[STATE_AT] == RECEIVED;
    }

    /** When the message of an entry expires, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    static long expiry(byte[] value) {
        return value != null && value[STATE_AT] == EXPIRING
                ? ByteBuffer.wrap(value).getLong(EXPIRY_AT)
                : ClientState.NEVER;
    }

    static boolean isSettled(byte[] value) {
        return value != null && value[STATE_AT] == SETTLED;
    }

    static byte[] marks(List<Mark> marks) {
        return value().list(marks, (mark, out) -> out.number(mark.reached()).numberOrNone(mark.applied()))
                .toBytes();
    }

    /** Of all log partitions; {@link Mark#NONE} where there is no value. */
    static List<Mark> marks(byte[] value, int partitions) {
        return value == null
                ? Collections.nCopies(partitions, Mark.NONE)
                : read(value, "marks", in -> in.list(one -> new Mark(one.number(), one.numberOrNone())));
    }

    static byte[] applied(long commands, long inbox) {
        return value().number(commands).number(inbox).toBytes();
    }

    /** Of commands and inbox; zeros where there is no value. */
    static long[] applied(byte[] value) {
        return value == null ? new long[2] : read(value, "offsets", in -> new long[] {in.number(), in.number()});
    }

    static byte[] bound(long offset) {
        return value().number(offset).toBytes();
    }

    /** Zero where there is none. */
    static long bound(byte[] value) {
        return value == null ? 0 : read(value, "bound", WireReader::number);
    }

    static byte[] hold(GroupStates.Hold hold) {
        return value().number(hold.sessionId())
                .number(hold.fence())
                .number(hold.turn())
                .toBytes();
    }

    static GroupStates.Hold hold(byte[] value) {
        return read(
                value, "hold", in -> new GroupStates.Hold(in.number(), in.number(), in.integer(0, Integer.MAX_VALUE)));
    }

    static byte[] texts(List<String> texts) {
        return value().list(texts, (text, out) -> out.string(text)).toBytes();
    }

    static List<String> texts(byte[] value) {
        return value == null ? List.of() : read(value, "list", in -> in.list(WireReader::string));
    }

    static byte[] lost(LostGateways lost) {
        return value().number(lost.term())
                .list(lost.all(), (text, out) -> out.string(text))
                .toBytes();
    }

    static LostGateways lost(byte[] value) {
        return value == null
                ? new LostGateways()
                : read(value, "gateways", in -> new LostGateways(in.number(), in.list(WireReader::string)));
    }

    static byte[] tally(Tally tally) {
        return value().element(tally, Tally::write).toBytes();
    }

    /** Empty where there is none, or none that tells anything. */
    static Tally tally(byte[] value) {
        return value == null || isUnderWay(value) ? new Tally() : read(value, "tally", Tally::read);
    }

    /** Whether the value of a tally, which may be null, says that the entries have to be counted. */
    static boolean isUnderWay(byte[] value) {
        return Arrays.equals(value, UNDER_WAY);
    }
}
