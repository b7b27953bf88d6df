package io.sluice.gateway;

import io.sluice.gateway.transport.TrustedProxies;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;
import java.util.List;

/**
 * How clients reach the gateway.
 *
 * @param host to listen on
 * @param port to listen on, 0 for a free one
 * @param advertisedAddress as other processes and operators reach it; empty for host and port
 * @param eventLoops 0 for one for every two processors
 * @param connectTimeout from opening a socket to its CONNECT; more than 0
 * @param maxKeepAlive 0 for no limit, up to 65,535 s
 * @param writeBufferBytes 1,024 or more
 * @param backlog connections that wait to be accepted; more than 0
 * @param proxyProtocolFrom IP addresses, with or without the length of a prefix
 */
public record MqttConfig(
        @Setting(value = "0.0.0.0", doc = "The address to listen on.")
        String host,

        @Setting(value = "1883", doc = "The port to listen on; 0 takes a free one.")
        int port,

        @Setting(
                value = "",
                doc = "host:port as other processes and operators reach this gateway. Empty: the host and port above.")
        String advertisedAddress,

        @Setting(value = "0", unit = "threads", doc = "Event loops; 0 for one for every two processors.")
        int eventLoops,

        @Setting(
                value = "10s",
                doc = "How long a client may take from opening the connection to its CONNECT before it is closed.")
        Duration connectTimeout,

        @Setting(
                value = "0s",
                doc =
                        "The longest keep alive that an MQTT 5 client gets (server keep alive); 0 leaves it to the client.")
        Duration maxKeepAlive,

        @Setting(
                value = "65536",
                unit = "bytes",
                doc = "What may wait in a connection's socket buffer before its messages wait in its queue instead.")
        int writeBufferBytes,

        @Setting(value = "4096", unit = "connections", doc = "Connections that wait to be accepted.")
        int backlog,

        @Setting(
                value = "",
                doc =
                        "Load balancers that tell a client's address with the PROXY protocol, version 1 or 2: IP addresses and"
                                + " ranges such as 10.0.0.0/8. A connection from there without a PROXY header is closed; one from"
                                + " elsewhere with it is refused, as whatever else does not begin with CONNECT.")
        List<String> proxyProtocolFrom) {

    private static final int MAX_PORT = 0xFFFF;

    /** Checks the ranges. */
    public MqttConfig {
        Require.range("port", port, 0, MAX_PORT);
        Require.range("eventLoops", eventLoops, 0, 1_024);
        Require.range("writeBufferBytes", writeBufferBytes, 1_024, 1 << 30);
        Require.range("backlog", backlog, 1, 1 << 20);
        Require.positive("connectTimeout", connectTimeout);
        Require.range("maxKeepAlive", maxKeepAlive.toSeconds(), 0, 0xFFFF);
        try {
            TrustedProxies.of(proxyProtocolFrom);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("proxyProtocolFrom " + e.getMessage(), e);
        }
    }
}
