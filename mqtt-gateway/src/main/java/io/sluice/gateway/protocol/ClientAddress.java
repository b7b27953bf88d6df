package io.sluice.gateway.protocol;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;

/** The address that a client has for logs, its session record and events: its own one, also behind a load balancer. */
public final class ClientAddress {

    private static final AttributeKey<String> TOLD = AttributeKey.valueOf(ClientAddress.class, "told");

    private ClientAddress() {}

    /**
     * A load balancer that may do so has told whom it connects; on the event loop, before the first packet.
     *
     * @param host as an IP address
     * @param port 0 to 65,535
     */
    public static void tell(Channel channel, String host, int port) {
        channel.attr(TOLD).set(host + ":" + port);
    }

    /** Address and port as {@code host:port}; any thread. */
    public static String of(Channel channel) {
        String told = channel.attr(TOLD).get();
        if (told != null) {
            return told;
        }
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress() + ":" + address.getPort()
                : "unknown";
    }
}
