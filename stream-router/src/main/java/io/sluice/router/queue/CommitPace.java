package io.sluice.router.queue;

/**
 * When a task asks for a commit. Soon when somebody waits for what it makes visible, such as a client for the answer to its CONNECT;
 * otherwise a commit is better late: most of what has come is settled by then, and costs nothing more. Milliseconds of one
 * clock; belongs to the task's thread.
 */
final class CommitPace {

    /** What has come is on the heap until the commit, with some hundred bytes for each message beside what counts here. */
    private static final long MOST_HELD_BYTES = 1 << 20;

    private final long interval;
    private boolean isAwaited;
    private long heldBytes;
    private long committedAt;
    private boolean everCommitted;

    /** @param interval between commits that somebody waits for */
    CommitPace(long interval) {
        this.interval = interval;
    }

    /** Somebody waits for something that was written. */
    void awaited() {
        isAwaited = true;
    }

    /** So much more has come. */
    void held(long bytes) {
        heldBytes += bytes;
    }

    /** A commit has begun. */
    void committed(long now) {
        isAwaited = false;
        heldBytes = 0;
        committedAt = now;
        everCommitted = true;
    }

    /** How long until a commit should be asked for: 0 if that is now, negative if nobody waits. */
    long untilNext(long now) {
        if (heldBytes >= MOST_HELD_BYTES) {
            return 0;
        }
        if (!isAwaited) {
            return -1;
        }
        // A clock that was set back must not keep anybody waiting.
        long since = now - committedAt;
        return everCommitted && since >= 0 && since < interval ? interval - since : 0;
    }
}
