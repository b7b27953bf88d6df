package io.sluice.kit;

/** A process cannot start, for a reason that its operator can mend. The message is one clear line and all they need. */
public class StartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, with the names and numbers that help to mend it */
    public StartException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong, with the names and numbers that help to mend it
     * @param cause for those who debug; it is not shown to the operator
     */
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
