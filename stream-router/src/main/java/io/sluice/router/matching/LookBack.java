package io.sluice.router.matching;

import io.sluice.wire.FilterTrie;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SessionFilters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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

    private final List<Wanted> wanted = new ArrayList<>();

    /** Notes a stretch, unless it is empty. */
    void add(String clientId, long sessionId, FilterVersion version, long first, long end) {
        if (first < end) {
            wanted.add(new Wanted(clientId, sessionId, version, first, end));
        }
    }

    /**
     * Reads all that is wanted in one go. Afterwards nothing is, unless it fails: then all of it still is.
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
        long[] read = {0};
        log.read(partition, first, end, message -> {
            read[0]++;
            byFilter.match(new String(message.topic(), StandardCharsets.UTF_8), (number, one) -> {
                if (one.takes(message)) {
                    found.take(one.clientId(), one.sessionId(), message);
                }
            });
        });
        wanted.clear();
        return read[0];
    }
}
