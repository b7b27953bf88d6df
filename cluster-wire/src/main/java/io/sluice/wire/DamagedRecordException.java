package io.sluice.wire;

/** A record in one of the cluster's topics that does not have the format which {@link Topics} promises. */
public final class DamagedRecordException extends Exception {

    /** @param cause what is wrong with it, for the dead-letter topic and the log line */
    public DamagedRecordException(String cause) {
        super(cause, null, false, false);
    }
}
