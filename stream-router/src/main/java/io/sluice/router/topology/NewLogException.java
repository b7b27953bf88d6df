package io.sluice.router.topology;

/**
 * The log was made anew: what is retained belongs to another one, so offsets can no longer tell what is newer. Whoever
 * runs the topology says so and waits for an operator.
 */
public final class NewLogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what has happened and what can be done, one line for the operator */
    public NewLogException(String message) {
        super(message);
    }
}
