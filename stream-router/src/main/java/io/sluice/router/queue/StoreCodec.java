package io.sluice.router.queue;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.StoredMessage;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.util.List;

/**
 * The small values of the stage's state store; each begins with its version, a byte. An entry is then a byte, 0 for queued, 1 for
 * received and 2 for settled, and the message of a queued one.
 */
final class StoreCodec {

    private static final int VERSION = 1;
    private static final int QUEUED = 0;
    private static final int RECEIVED = 1;
    private static final int SETTLED = 2;
    private static final int STATE_AT = 1;

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

    private static WireWriter value() {
        return new WireWriter().octet(VERSION);
    }

    static byte[] entry(Entry entry) {
        WireWriter out = value();
        switch (entry.state()) {
            case QUEUED -> StoredMessage.write(entry.message(), out.octet(QUEUED));
            case RECEIVED -> out.octet(RECEIVED);
            case SETTLED -> out.octet(SETTLED);
        }
        return out.toBytes();
    }

    static Entry entry(byte[] value) {
        return read(value, "entry", in -> switch (in.integer(QUEUED, SETTLED)) {
            case RECEIVED -> Entry.RECEIVED;
            case SETTLED -> Entry.SETTLED;
            default -> Entry.queued(StoredMessage.read(in));
        });
    }

    /** Whether an entry's value, which may be null, is that of a queued one; reads no message. */
    static boolean isQueued(byte[] value) {
        return value != null && value[STATE_AT] == QUEUED;
    }

    /** Whether an entry's value, which may be null, is that of a settled one. */
    static boolean isSettled(byte[] value) {
        return value != null && value[STATE_AT] == SETTLED;
    }

    static byte[] mark(Mark mark) {
        return value().number(mark.reached()).numberOrNone(mark.applied()).toBytes();
    }

    static Mark mark(byte[] value) {
        return value == null ? Mark.NONE : read(value, "mark", in -> new Mark(in.number(), in.numberOrNone()));
    }

    static byte[] hold(GroupStates.Hold hold) {
        return value().number(hold.sessionId()).number(hold.fence()).toBytes();
    }

    static GroupStates.Hold hold(byte[] value) {
        return read(value, "hold", in -> new GroupStates.Hold(in.number(), in.number()));
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

    static byte[] count(long count) {
        return value().number(count).toBytes();
    }

    static long count(byte[] value) {
        return value == null ? 0 : read(value, "count", WireReader::number);
    }
}
