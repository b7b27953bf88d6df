package io.sluice.wire;

/**
 * How a session's packet ids are shared out. Each partition of the log has a range of its own, from 1 on, and the offset of a
 * message picks the id within it: any gateway that sends the message again uses the same id. The highest ids
 * are assigned to deliveries that have no such place, see {@link AssignedDelivery}. All gateways and routers of a cluster must share
 * them out alike.
 *
 * @param partitions of the log
 * @param assigned how many ids are assigned, 0 or more
 */
public record PacketIdRanges(int partitions, int assigned) {

    /** How many ids are assigned unless somebody chooses otherwise. */
    public static final int DEFAULT_ASSIGNED = 4_095;

    private static final int MAX_ID = 0xFFFF;

    /**
     * Checks that each partition has at least one id.
     *
     * @throws IllegalArgumentException if not
     */
    public PacketIdRanges {
        if (partitions < 1 || assigned < 0 || assigned > MAX_ID - partitions) {
            throw new IllegalArgumentException(
                    "no packet ids for " + partitions + " partitions beside " + assigned + " assigned ones");
        }
    }

    /** How many ids a partition has: as many of its messages at least can be on their way at a time. */
    public int size() {
        return (MAX_ID - assigned) / partitions;
    }

    /** The packet id of the message at an offset of a partition of the log. */
    public int id(int partition, long offset) {
        int size = size();
        return 1 + partition * size + (int) (offset % size);
    }

    /** The partition whose range a packet id is in, -1 if it is in none. */
    public int partitionOf(int id) {
        int partition = Math.floorDiv(id - 1, size());
        return partition < partitions ? partition : -1;
    }

    /** Whether a packet id is one of those that are assigned. */
    public boolean isAssigned(int id) {
        return id >= firstAssigned() && id <= lastAssigned();
    }

    /** The lowest id that is assigned; above the last one if there is none. */
    public int firstAssigned() {
        return MAX_ID - assigned + 1;
    }

    /** The highest id that is assigned. */
    public int lastAssigned() {
        return MAX_ID;
    }
}
