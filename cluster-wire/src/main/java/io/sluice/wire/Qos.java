package io.sluice.wire;

/** Quality of service: what a sender and a receiver promise each other about one message (MQTT 5.0 section 4.3). */
public enum Qos {
    AT_MOST_ONCE(0),
    AT_LEAST_ONCE(1),
    EXACTLY_ONCE(2);

    private static final Qos[] LEVELS = values();

    private final int level;

    Qos(int level) {
        this.level = level;
    }

    /** The level as it stands in a packet: 0, 1 or 2. */
    public int level() {
        return level;
    }

    /**
     * The quality of service of a level in a packet or a record.
     *
     * @throws IllegalArgumentException if the level is not 0, 1 or 2
     */
    public static Qos of(int level) {
        if (level < 0 || level >= LEVELS.length) {
            throw new IllegalArgumentException("QoS must be 0, 1 or 2, was " + level);
        }
        return LEVELS[level];
    }

    /** The lower of the two: what a delivery gets from the publisher's and the subscription's (MQTT 5.0 section 3.8.4). */
    public Qos min(Qos other) {
        return level <= other.level ? this : other;
    }
}
