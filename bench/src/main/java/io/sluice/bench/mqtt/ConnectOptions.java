package io.sluice.bench.mqtt;

/**
 * What all clients of a run say in CONNECT.
 *
 * @param version of the protocol
 * @param userName null for none
 * @param password null for none; needs a user name
 * @param keepAliveSeconds 0 for none, up to 65,535
 */
public record ConnectOptions(MqttVersion version, String userName, String password, int keepAliveSeconds) {

    private static final int MAX_KEEP_ALIVE_SECONDS = 0xFFFF;

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
