package io.sluice.wire;

/**
 * A filter of a durable session with the stretch of the log for which it holds. A filter that is subscribed anew with other
 * options is two versions of which the second begins where the first ends. Arrays are shared, never changed.
 *
 * @param since offset in {@code mqtt.commands} of the command that opened it
 * @param from the first offset of each partition of the log for which it holds
 * @param to the first offset of each partition for which it no longer holds, or null while it is open
 */
public record FilterVersion(TopicFilter filter, SubscriptionOptions options, long since, long[] from, long[] to) {

    /**
     * Checks the stretch.
     *
     * @throws IllegalArgumentException if it ends before it begins or its ends are of different length
     */
    public FilterVersion {
        if (!isStretch(from, to)) {
            throw new IllegalArgumentException("version of a filter that ends before it begins");
        }
    }

    /** Whether it holds for the message at an offset of a partition of the log. */
    public boolean covers(int partition, long offset) {
        return from[partition] <= offset && (to == null || offset < to[partition]);
    }

    /** Whether it holds for all that is yet to come. */
    public boolean isOpen() {
        return to == null;
    }

    /** Writes the version. */
    public void write(WireWriter out) {
        out.string(filter.text());
        options.write(out);
        out.number(since).offsets(from).flag(to != null);
        if (to != null) {
            out.offsets(to);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static FilterVersion read(WireReader in) throws DamagedRecordException {
        TopicFilter filter = in.filter();
        SubscriptionOptions options = SubscriptionOptions.read(in);
        long since = in.number();
        long[] from = in.offsets();
        long[] to = in.flag() ? in.offsets() : null;
        if (!isStretch(from, to)) {
            throw in.damage("a version of a filter that ends before it begins");
        }
        return new FilterVersion(filter, options, since, from, to);
    }

    private static boolean isStretch(long[] from, long[] to) {
        if (to == null) {
            return true;
        }
        if (to.length != from.length) {
            return false;
        }
        for (int i = 0; i < from.length; i++) {
            if (to[i] < from[i]) {
                return false;
            }
        }
        return true;
    }
}
