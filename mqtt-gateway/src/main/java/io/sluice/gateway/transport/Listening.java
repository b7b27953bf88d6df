package io.sluice.gateway.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.sluice.kit.StartException;

/** Taking a port. */
final class Listening {

    private Listening() {}

    /**
     * Waits until the port is listened on.
     *
     * @param purpose for the message: {@code MQTT}
     * @throws StartException if the port cannot be had
     */
    static Channel bind(ServerBootstrap bootstrap, String host, int port, String purpose) {
        try {
            return bootstrap.bind(host, port).sync().channel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while taking the port for " + purpose);
        } catch (Exception e) { // sync() throws the BindException without declaring it
            throw new StartException(
                    "cannot listen for " + purpose + " on " + host + ":" + port + ": " + e.getMessage());
        }
    }
}
