package io.sluice.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the second copy of a message, which two gateways wrote, from the first by its unique id. Every reader of the log
 * uses it, so that all of them take the same copy. Remembers the latest ids only: a second copy that comes after so many
 * others is taken for a new message. Not thread-safe.
 */
public final class UniqueIds {

    private final Map<String, Long> firstOffsets;

    /** @param capacity how many ids are remembered, 1 or more */
    public UniqueIds(int capacity) {
        firstOffsets = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * Whether a message is a copy of one that stands before it in the log. The same record read twice is not.
     *
     * @param message with its place in the log
     */
    public boolean isRepeated(PublishRecord message) {
        if (message.uniqueId() == null) {
            return false;
        }
        Long first = firstOffsets.putIfAbsent(message.uniqueId(), message.offset());
        return first != null && first < message.offset();
    }

    /** How many ids are remembered. */
    public int size() {
        return firstOffsets.size();
    }
}
