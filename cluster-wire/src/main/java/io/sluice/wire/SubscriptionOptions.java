package io.sluice.wire;

/**
 * What a subscription asks for beside its filter, as far as it concerns messages of the log (MQTT 5.0 section 3.8.3.1).
 *
 * @param qos the highest quality of service of a delivery
 * @param noLocal whether the client's own messages are left out
 * @param retainAsPublished whether the RETAIN flag is handed on
 * @param identifier 1 to 268,435,455, 0 if it has none
 */
public record SubscriptionOptions(Qos qos, boolean noLocal, boolean retainAsPublished, int identifier) {

    /** The highest subscription identifier. */
    static final int MAX_IDENTIFIER = 268_435_455;

    private static final int NO_LOCAL = 4;
    private static final int RETAIN_AS_PUBLISHED = 8;

    /** Writes the options: a byte as in a SUBSCRIBE packet and the identifier. */
    public void write(WireWriter out) {
        out.octet(qos.level() | (noLocal ? NO_LOCAL : 0) | (retainAsPublished ? RETAIN_AS_PUBLISHED : 0))
                .number(identifier);
    }

    /** Reads what {@link #write} wrote. */
    public static SubscriptionOptions read(WireReader in) throws DamagedRecordException {
        int flags = in.octet();
        int level = flags & 3;
        if (level == 3 || flags > (RETAIN_AS_PUBLISHED | NO_LOCAL | 2)) {
            throw in.damage("subscription options " + flags);
        }
        return new SubscriptionOptions(
                Qos.of(level),
                (flags & NO_LOCAL) != 0,
                (flags & RETAIN_AS_PUBLISHED) != 0,
                in.integer(0, MAX_IDENTIFIER));
    }
}
