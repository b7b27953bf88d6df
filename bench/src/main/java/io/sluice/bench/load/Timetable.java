package io.sluice.bench.load;

import java.time.Duration;

/**
 * When a run begins to measure and when it ends, in microseconds of its {@link RunClock}; and, at a fixed rate, when each
 * message is due.
 *
 * <p>Messages are due on a grid of one millisecond: those of one millisecond go out together, and count as sent at that
 * instant, however late the generator really was. So a pause of broker or generator shows in the latency of all
 * messages that were due in it.
 *
 * @param start of sending
 * @param measureFrom start of the measurement
 * @param end of measurement and sending
 * @param rate messages in a second; 0 for no timetable
 */
public record Timetable(long start, long measureFrom, long end, double rate) {

    private static final long GRID_MICROS = 1_000;
    private static final double MICROS_PER_SECOND = 1e6;

    /**
     * A timetable.
     *
     * @param rate messages in a second; 0 for none
     */
    public static Timetable of(long start, Duration warmUp, Duration duration, double rate) {
        long measureFrom = start + micros(warmUp);
        return new Timetable(start, measureFrom, measureFrom + micros(duration), rate);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** When a message is due, counted over all publishers from 0 on. */
    public long due(long message) {
        long offset = (long) (message * MICROS_PER_SECOND / rate);
        return start + offset - offset % GRID_MICROS;
    }

    /** How many messages are due before the end. */
    public long messages() {
        long messages = (long) ((end - start) * rate / MICROS_PER_SECOND);
        while (due(messages) < end) {
            messages++;
        }
        while (messages > 0 && due(messages - 1) >= end) {
            messages--;
        }
        return messages;
    }

    /** Whether a message that was due at this time counts. */
    public boolean isMeasured(long micros) {
        return micros >= measureFrom && micros < end;
    }
}
