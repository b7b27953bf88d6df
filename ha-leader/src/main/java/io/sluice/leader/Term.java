package io.sluice.leader;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One reign of one candidate. Its number is greater than that of every reign before, and marks all
 * that the primary writes. Thread-safe.
 */
public final class Term {

    private final long number;
    private final String fence;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * A term that has begun.
     *
     * @param number more than 0
     * @param fence the ZooKeeper node that has won the election: while it exists, nobody else can be primary
     */
    public Term(long number, String fence) {
        this.number = number;
        this.fence = fence;
    }

    /** The fencing token. */
    public long number() {
        return number;
    }

    /** The ZooKeeper node that has to exist for a write of this term to count. */
    public String fence() {
        return fence;
    }

    /** Ends it; nothing may be written under it from now on. */
    public void end() {
        over.set(true);
    }

    /** Whether it has ended. */
    public boolean isOver() {
        return over.get();
    }

    /**
     * To be called before each write.
     *
     * @throws TermOverException if it has ended
     */
    public void check() throws TermOverException {
        if (isOver()) {
            throw new TermOverException(number);
        }
    }
}
