package io.sluice.router.queue;

import io.sluice.wire.FilterVersion;

/** Up to where all matches for a session were read: what a mark covers, with all filters that hold for it. */
final class Completeness {

    private final int partitions;
    private final QueueState state;

    Completeness(int partitions, QueueState state) {
        this.partitions = partitions;
        this.state = state;
    }

    /** Whether all matches of a message for a session were read. */
    boolean covers(ClientState client, int partition, long offset) {
        Mark mark = state.mark(partition);
        if (mark.reached() <= offset) {
            return false;
        }
        for (FilterVersion version : client.filters().versions()) {
            if (version.since() > mark.applied() && version.from()[partition] <= offset) {
                return false;
            }
        }
        return true;
    }

    /** For each log partition the offset below which all that the session is due has come. */
    long[] below(ClientState client) {
        long[] complete = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            Mark mark = state.mark(p);
            complete[p] = mark.reached();
            for (FilterVersion version : client.filters().versions()) {
                if (version.since() > mark.applied()) {
                    complete[p] = Math.min(complete[p], version.from()[p]);
                }
            }
        }
        return complete;
    }
}
