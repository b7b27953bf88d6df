package io.sluice.router.streams;

import java.util.List;

/** What stands behind an exception: Kafka's clients wrap the reason several times. */
final class Causes {

    /** The system's words: Java and RocksDB both hand them on, and neither has a type for it. */
    private static final List<String> FULL_DISK = List.of("No space left on device", "Disk quota exceeded");

    private Causes() {}

    /** The innermost reason, in one line for the operator. */
    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** Whether there was no room left on a disk. */
    static boolean isFullDisk(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && FULL_DISK.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an exception of a type is among the reasons, or is the failure itself. */
    static boolean include(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
