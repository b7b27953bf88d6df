package io.sluice.wire;

/**
 * A stretch of a partition of the log.
 *
 * @param from the first offset in it, 0 or more
 * @param to the first offset behind it, above {@code from}
 */
public record OffsetRange(long from, long to) {

    /** Writes the range: where it begins, and how long it is. */
    public void write(WireWriter out) {
        out.number(from).number(to - from);
    }

    /** Reads what {@link #write} wrote. */
    public static OffsetRange read(WireReader in) throws DamagedRecordException {
        long from = in.number();
        return new OffsetRange(from, from + in.number(1, Long.MAX_VALUE - from));
    }
}
