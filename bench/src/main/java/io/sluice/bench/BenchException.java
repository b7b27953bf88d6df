package io.sluice.bench;

/** A run that cannot be done, with the cause in one line. */
public final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message one clear line */
    public BenchException(String message) {
        super(message);
    }
}
