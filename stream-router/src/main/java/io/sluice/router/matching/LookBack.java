package io.sluice.router.matching;

import io.sluice.wire.FilterTrie;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.UniqueIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The stretches of one partition of the log that have to be matched again. Belongs to the task's thread. */
final class LookBack {

    /** A version of a filter for which messages from {@code first} to before {@code end} are wanted. */
    private record Wanted(String clientId, long sessionId, FilterVersion version, long first, long end) {

        boolean takes(PublishRecord message) {
            SessionFilters filters = new SessionFilters(clientId.getBytes(StandardCharsets.UTF_8), List.of(version));
            return first <= message.offset() && message.offset() < end && SubscriptionTable.reaches(filters, message);
        }
    }

    /** Takes what was found. */
    @FunctionalInterface
    interface Found {
        void take(String clientId, long sessionId, PublishRecord message);
    }

    /** A message that is wanted, unless a copy of it stands before all that is read again. */
    private record Doubtful(Wanted by, PublishRecord message) {}

    private final int uniqueIds;
    private final List<Wanted> wanted = new ArrayList<>();

    /** @param uniqueIds over how many messages a second copy is told from the first, as by every reader of the log */
    LookBack(int uniqueIds) {
        this.uniqueIds = uniqueIds;
    }

    /** Notes a stretch, unless it is empty. */
    void add(String clientId, long sessionId, FilterVersion version, long first, long end) {
        if (first < end) {
            wanted.add(new Wanted(clientId, sessionId, version, first, end));
        }
    }

    /**
     * Reads all that is wanted in one go, but for second copies, whose first may stand before that. Afterwards nothing is wanted,
     * unless it fails: then all of it still is.
     *
     * @return how many records were read
     */
    long run(int partition, LogReader log, Found found) {
        if (wanted.isEmpty()) {
            return 0;
        }
        long first = wanted.stream().mapToLong(Wanted::first).min().orElseThrow();
        long end = wanted.stream().mapToLong(Wanted::end).max().orElseThrow();
        FilterTrie<Integer, Wanted> byFilter = new FilterTrie<>();
        for (int i = 0; i < wanted.size(); i++) {
            byFilter.put(wanted.get(i).version().filter(), i, wanted.get(i));
        }
        UniqueIds ids = new UniqueIds(uniqueIds);
        List<Doubtful> doubtful = new ArrayList<>();
        long[] read = {0};
        log.read(partition, first, end, message -> {
            read[0]++;
            if (ids.isRepeated(message)) {
                return;
            }
            byFilter.match(new String(message.topic(), StandardCharsets.UTF_8), (number, one) -> {
                if (one.takes(message)) {
                    if (firstCopyAfter(message) < first) {
                        doubtful.add(new Doubtful(one, message));
                    } else {
                        found.take(one.clientId(), one.sessionId(), message);
                    }
                }
            });
        });
        if (!doubtful.isEmpty()) {
            read[0] += settle(doubtful, partition, first, log, found);
        }
        wanted.clear();
        return read[0];
    }

    /** Before which offset no copy of a message stands, or none that matters. */
    private long firstCopyAfter(PublishRecord message) {
        return message.uniqueId() == null || message.uniqueAfter() < 0
                ? message.offset()
                : Math.max(message.uniqueAfter(), message.offset() - uniqueIds);
    }

    private long settle(List<Doubtful> doubtful, int partition, long first, LogReader log, Found found) {
        long from = doubtful.stream()
                .mapToLong(one -> firstCopyAfter(one.message()))
                .min()
                .orElseThrow();
        Set<String> before = new HashSet<>();
        long[] read = {0};
        log.read(partition, from, first, message -> {
            read[0]++;
            if (message.uniqueId() != null) {
                before.add(message.uniqueId());
            }
        });
        doubtful.stream()
                .filter(one -> !before.contains(one.message().uniqueId()))
                .forEach(one -> found.take(one.by().clientId(), one.by().sessionId(), one.message()));
        return read[0];
    }
}
