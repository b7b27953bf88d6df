package io.sluice.router.streams;

/** What stands behind an exception: Kafka's clients wrap the reason several times. */
final class Causes {

    private Causes() {}

    /** The innermost reason, in one line for the operator. */
    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
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
