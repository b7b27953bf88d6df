package io.sluice.gateway.kafka;

import io.sluice.wire.GroupId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Groups that will soon lose messages, because the log removes them before a member has room. Belongs to one thread, but for
 * {@link #count}.
 */
final class EndangeredGroups {

    /** A group is endangered when no more than this part of the log's retention is left. */
    private static final int PART = 4;

    private volatile Set<GroupId> present = Set.of();

    /** How many there are; any thread. */
    int count() {
        return present.size();
    }

    /**
     * Takes note of how far groups are behind.
     *
     * @param oldest for each group for which a message waits, when the oldest one was published, in milliseconds since the epoch
     * @param now in the same
     * @param retentionMillis how long the log is kept
     * @return those of the groups that were not endangered before
     */
    Map<GroupId, Long> update(Map<GroupId, Long> oldest, long now, long retentionMillis) {
        Map<GroupId, Long> endangered = new HashMap<>(oldest);
        endangered.values().removeIf(published -> now - published < retentionMillis - retentionMillis / PART);
        Map<GroupId, Long> fresh = new HashMap<>(endangered);
        fresh.keySet().removeAll(present);
        present = Set.copyOf(endangered.keySet());
        return fresh;
    }
}
