package io.sluice.wire;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Tells a reader of the log which messages are second copies. The ids of what it has read are remembered; those of what
 * stands before its first record are read when a message tells that its first copy may stand there ({@link
 * PublishRecord#uniqueAfter}), as far as so many messages back as there are ids to be remembered. So a reader that has just
 * started knows no less than one that has not. Not thread-safe.
 */
public final class SecondCopies {

    /** Reads a part of the log again. */
    @FunctionalInterface
    public interface Stretch {

        /**
         * Reads one, as far as it still exists; what is damaged is left out.
         *
         * @param from the first offset
         * @param to behind the last offset
         */
        void read(int partition, long from, long to, Consumer<PublishRecord> visitor);
    }

    private static final long NOTHING_READ = -1;

    private final UniqueIds ids;
    private final int capacity;
    private final Stretch log;
    /** By partition: from here on ids are remembered, as far as they are. */
    private final long[] from;

    /**
     * Knows nothing yet.
     *
     * @param partitions of the log
     * @param capacity how many ids are remembered, 1 or more
     */
    public SecondCopies(int partitions, int capacity, Stretch log) {
        this.capacity = capacity;
        this.log = log;
        ids = new UniqueIds(capacity);
        from = new long[partitions];
        begin();
    }

    /** The log is read from another place from now on. */
    public void begin() {
        Arrays.fill(from, NOTHING_READ);
    }

    /** Whether a message, the next one of its partition, is a copy of one before it; to be asked of each that is read. */
    public boolean isRepeated(PublishRecord message) {
        int partition = message.partition();
        if (from[partition] == NOTHING_READ) {
            from[partition] = message.offset();
        }
        if (message.uniqueId() == null) {
            return false;
        }
        long first = Math.max(message.uniqueAfter(), message.offset() - capacity);
        if (message.uniqueAfter() >= 0 && first < from[partition]) {
            log.read(partition, first, from[partition], ids::isRepeated);
            from[partition] = first;
        }
        return ids.isRepeated(message);
    }
}
