package io.sluice.leader;

/** What was about to be done is another leader's business by now. */
public final class TermOverException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param term the number of the term that is over */
    public TermOverException(long term) {
        super("term " + term + " is over", null, false, false);
    }
}
