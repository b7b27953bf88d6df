package io.sluice.leader.duty;

import io.sluice.leader.Term;

/** Something that only the primary does. Begun and ended in turns, by one thread. */
public interface Duty {

    /** Begins; returns at once. */
    void begin(Term term);

    /** Ends; returns when nothing is done any more. */
    void end();
}
