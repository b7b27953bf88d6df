package io.sluice.router.queue;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.GroupId;
import io.sluice.wire.SettledOffsets;
import io.sluice.wire.WireReader;
import io.sluice.wire.WireWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the queue stage knows of a group of shared subscriptions: which gateways have members of it, which of them serves which
 * partition of the log, and what of that is settled. Belongs to the stage's thread, which keeps it in {@link GroupStates} after a
 * change.
 */
final class GroupState {

    private static final int VERSION = 1;
    private static final long NONE = -1;

    /**
     * A gateway that has members.
     *
     * @param slot where it reads
     * @param members connected to it
     */
    record Gateway(int slot, int members) {}

    /** A partition of the log. */
    static final class Part {
        private final SettledOffsets settled;
        /** The incarnation of the gateway that serves it, or null. */
        private String owner;
        /** The offset of the command that gave it to the owner. */
        private long epoch;
        /** Whether an owner was lost that may have sent something of what is not settled. */
        private boolean doubtful;
        /** Whether the owner was asked to let go. */
        private boolean release;

        private Part(SettledOffsets settled) {
            this.settled = settled;
        }

        SettledOffsets settled() {
            return settled;
        }

        String owner() {
            return owner;
        }

        long epoch() {
            return epoch;
        }

        boolean release() {
            return release;
        }

        void release(boolean asked) {
            release = asked;
        }

        void give(String incarnation, long offset) {
            owner = incarnation;
            epoch = offset;
            release = false;
        }

        /** @param lost whether the owner can say no more what it has sent */
        void free(boolean lost) {
            owner = null;
            release = false;
            doubtful |= lost;
        }

        boolean doubtful() {
            return doubtful;
        }

        void doubtful(boolean isDoubtful) {
            doubtful = isDoubtful;
        }

        boolean isOf(String incarnation, long inEpoch) {
            return incarnation.equals(owner) && epoch == inEpoch;
        }
    }

    private final GroupId id;
    private final Part[] parts;
    /** By incarnation. */
    private final SortedMap<String, Gateway> gateways = new TreeMap<>();
    /** Durable sessions that are members. */
    private int holds;
    /** The offset of the command with which the last gateway left, or -1. */
    private long abandonedBy = NONE;
    /** When the group ends if nobody connects, in milliseconds since the epoch. */
    private long expireAt = ClientState.NEVER;

    /** A group that begins. */
    GroupState(GroupId id, long[] at) {
        this.id = id;
        this.parts = new Part[at.length];
        for (int p = 0; p < at.length; p++) {
            parts[p] = new Part(new SettledOffsets(at[p]));
        }
    }

    GroupId id() {
        return id;
    }

    Part[] parts() {
        return parts;
    }

    SortedMap<String, Gateway> gateways() {
        return gateways;
    }

    int holds() {
        return holds;
    }

    void holds(int count) {
        holds = count;
    }

    long abandonedBy() {
        return abandonedBy;
    }

    long expireAt() {
        return expireAt;
    }

    /** Nobody is connected since a command. */
    void abandoned(long offset, long millis) {
        abandonedBy = offset;
        expireAt = millis;
    }

    /** Somebody is connected. */
    void taken() {
        abandonedBy = NONE;
        expireAt = ClientState.NEVER;
    }

    /** The state as bytes, with its version first. */
    byte[] toBytes() {
        WireWriter out = new WireWriter().octet(VERSION);
        id.write(out);
        out.number(parts.length);
        for (Part part : parts) {
            part.settled.write(out);
            out.flag(part.doubtful).flag(part.owner != null);
            if (part.owner != null) {
                out.string(part.owner).number(part.epoch).flag(part.release);
            }
        }
        out.number(gateways.size());
        gateways.forEach((incarnation, gateway) ->
                out.string(incarnation).number(gateway.slot()).number(gateway.members()));
        return out.number(holds).numberOrNone(abandonedBy).number(expireAt).toBytes();
    }

    /**
     * Reads what {@link #toBytes} made.
     *
     * @throws IllegalStateException if it is something else, which only a defect can cause
     */
    static GroupState of(byte[] bytes) {
        try {
            WireReader in = new WireReader(bytes, "state of a group");
            in.version(VERSION);
            GroupState group = new GroupState(in);
            in.end();
            return group;
        } catch (DamagedRecordException e) {
            throw new IllegalStateException("the state of a group cannot be read", e);
        }
    }

    private GroupState(WireReader in) throws DamagedRecordException {
        id = GroupId.read(in);
        parts = new Part[in.integer(0, Integer.MAX_VALUE)];
        for (int p = 0; p < parts.length; p++) {
            parts[p] = new Part(SettledOffsets.read(in));
            parts[p].doubtful = in.flag();
            if (in.flag()) {
                parts[p].give(in.string(), in.number());
                parts[p].release = in.flag();
            }
        }
        for (int left = in.integer(0, Integer.MAX_VALUE); left > 0; left--) {
            gateways.put(in.string(), new Gateway(in.integer(0, Integer.MAX_VALUE), in.integer(1, Integer.MAX_VALUE)));
        }
        holds = in.integer(0, Integer.MAX_VALUE);
        abandonedBy = in.numberOrNone();
        expireAt = in.number();
    }
}
