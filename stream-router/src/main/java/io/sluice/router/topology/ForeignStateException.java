package io.sluice.router.topology;

/**
 * What is kept belongs to another log, so that offsets can no longer tell what is newer, or was written by a build that this one
 * cannot read. Whoever runs the topology says so and waits for an operator.
 */
public final class ForeignStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what has happened and what can be done, one line for the operator */
    public ForeignStateException(String message) {
        super(message);
    }
}
