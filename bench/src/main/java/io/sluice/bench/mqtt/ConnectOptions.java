package io.sluice.bench.mqtt;

/**
 * What all clients of a run say in CONNECT.
 *
 * @param version of the protocol
 * @param userName null for none
 * @param password null for none; needs a user name
 * @param keepAliveSeconds 0 for none, up to 65,535
 * @param durable whether sessions outlive their connections: no clean start, and in MQTT 5.0 a session expiry of an hour
 */
public record ConnectOptions(
        MqttVersion version, String userName, String password, int keepAliveSeconds, boolean durable) {

    static final int SESSION_EXPIRY_SECONDS = 3_600;

    private static final int MAX_KEEP_ALIVE_SECONDS = 0xFFFF;

    /** Clients of clean sessions, as most are. */
    public ConnectOptions(MqttVersion version, String userName, String password, int keepAliveSeconds) {
        this(version, userName, password, keepAliveSeconds, false);
    }

    /** The same for clients of durable, or of clean sessions. */
    public ConnectOptions durable(boolean durable) {
        return new ConnectOptions(version, userName, password, keepAliveSeconds, durable);
    }

    /** Checks the ranges. */
    public ConnectOptions {
        if (keepAliveSeconds < 0 || keepAliveSeconds > MAX_KEEP_ALIVE_SECONDS) {
            throw new IllegalArgumentException("the keep alive must be 0 to 65535 s, was " + keepAliveSeconds);
        }
        if (password != null && userName == null) {
            throw new IllegalArgumentException("a password needs a user name");
        }
    }
}
