package io.sluice.kit.config;

/**
 * Where a process tells its operators how it is.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 to 65535; 0 takes a free one
 */
public record AdminConfig(
        @Setting(
                value = "127.0.0.1",
                doc = "The address on which /live, /ready, /metrics and /log-levels are served. They are not protected:"
                        + " open them to a trusted network only.")
        String host,

        @Setting(value = "8081", doc = "The port of /live, /ready, /metrics and /log-levels; 0 takes a free one.")
        int port) {

    /** Checks that the parts can be used. */
    public AdminConfig {
        Require.notBlank("host", host);
        Require.range("port", port, 0, 65_535);
    }
}
