package io.sluice.bench.load;

/**
 * How many of one publisher's messages every receiver has. The slowest one counts, not the average: otherwise one of them
 * could fall behind without end while the others make room for it. Used by one thread.
 */
final class Receipts {

    private final long[] counts;
    private long lowest;
    private int atLowest;

    /** @param receivers of each message, 1 or more */
    Receipts(int receivers) {
        counts = new long[receivers];
        atLowest = receivers;
    }

    /** How many messages the slowest receiver has. */
    long ofAll() {
        return lowest;
    }

    /** A receiver, counted from 0, has one message more; tells whether {@link #ofAll} has risen. */
    boolean count(int receiver) {
        long before = counts[receiver]++;
        if (before > lowest || --atLowest > 0) {
            return false;
        }
        // Once for as many receipts as there are receivers, at the most.
        lowest = Long.MAX_VALUE;
        for (long count : counts) {
            if (count < lowest) {
                lowest = count;
                atLowest = 0;
            }
            atLowest += count == lowest ? 1 : 0;
        }
        return true;
    }
}
