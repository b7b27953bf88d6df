package io.sluice.kit.cli;

import java.time.Duration;

/** A role that needs its time to close, for the sake of those whom it serves. */
public interface SlowToClose extends AutoCloseable {

    /** How long {@link #close} may take beyond what any role may; 0 or more. */
    Duration closeTime();
}
