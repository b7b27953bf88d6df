package io.sluice.leader;

/** Hears who leads. Called by one thread, in turns: granted, revoked, granted … */
public interface Leadership {

    /** This candidate is primary from now on. Returns soon. */
    void granted(Term term);

    /** It is not any more; the term has ended already. Returns when nothing is done under it any more. */
    void revoked(Term term);
}
