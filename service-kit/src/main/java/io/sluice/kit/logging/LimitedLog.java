package io.sluice.kit.logging;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/**
 * A logger for lines that strangers can cause at will: no more than {@value #PER_SECOND} a second in the long run, and {@value
 * #BURST} at once. The first line after others were left out tells how many as {@code leftOut}. What is left out should be
 * counted by a meter. Thread-safe.
 */
public final class LimitedLog {

    private static final int BURST = 100;
    private static final int PER_SECOND = 20;
    private static final double NANOS_PER_LINE = 1e9 / PER_SECOND;

    private final Logger log;
    private final LongSupplier clock;
    private double room = BURST;
    private long lastNanos;
    private long leftOut;

    /** Lines go to this logger. */
    public LimitedLog(Logger log) {
        this(log, System::nanoTime);
    }

    /** @param clock in nanoseconds; only goes forward */
    LimitedLog(Logger log, LongSupplier clock) {
        this.log = log;
        this.clock = clock;
        lastNanos = clock.getAsLong();
    }

    /** A line, as of the logger itself, or one that is left out. */
    public LoggingEventBuilder atInfo() {
        if (!log.isInfoEnabled()) {
            return NOPLoggingEventBuilder.singleton();
        }
        long before = take();
        if (before < 0) {
            return NOPLoggingEventBuilder.singleton();
        }
        LoggingEventBuilder line = log.atInfo();
        return before == 0 ? line : line.addKeyValue("leftOut", before);
    }

    /** How many lines were left out before this one, -1 if it is left out itself. */
    private synchronized long take() {
        long now = clock.getAsLong();
        room = Math.min(BURST, room + (now - lastNanos) / NANOS_PER_LINE);
        lastNanos = now;
        if (room < 1) {
            leftOut++;
            return -1;
        }
        room--;
        long before = leftOut;
        leftOut = 0;
        return before;
    }
}
