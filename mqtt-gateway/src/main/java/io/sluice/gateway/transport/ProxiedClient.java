package io.sluice.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.ReferenceCountUtil;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.protocol.ClientAddress;
import io.sluice.kit.logging.LimitedLog;
import org.slf4j.LoggerFactory;

/**
 * Learns from the PROXY header whom a trusted load balancer connects, and leaves the pipeline; until then nothing passes. A
 * connection without a valid header is closed: its client's address would be the load balancer's, or what the client likes.
 *
 * <p>A header that names nobody (LOCAL, as of a load balancer's own checks, and UNKNOWN) leaves the connection its address.
 */
final class ProxiedClient extends ChannelInboundHandlerAdapter {

    /** As many lines as there are connections. */
    private static final LimitedLog log = new LimitedLog(LoggerFactory.getLogger(ProxiedClient.class));

    private final GatewayMetrics metrics;
    private boolean refused;

    ProxiedClient(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (!refused && message instanceof HAProxyMessage header) {
                tell(context, header);
                context.pipeline().remove(this);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private static void tell(ChannelHandlerContext context, HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        boolean named = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
        if (named && header.command() == HAProxyCommand.PROXY) {
            ClientAddress.tell(context.channel(), header.sourceAddress(), header.sourcePort());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof HAProxyProtocolException)) {
            context.fireExceptionCaught(cause);
        } else if (!refused) {
            refused = true;
            log.atInfo()
                    .addKeyValue("address", ClientAddress.of(context.channel()))
                    .addKeyValue("detail", cause.getMessage())
                    .log("Refused a connection of a trusted proxy");
            metrics.connect("refused", "proxy-header");
            context.close();
        }
    }
}
