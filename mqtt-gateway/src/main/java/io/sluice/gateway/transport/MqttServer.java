package io.sluice.gateway.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.sluice.gateway.MqttConfig;
import io.sluice.gateway.protocol.ClientServices;
import io.sluice.gateway.protocol.LoopContext;
import io.sluice.kit.StartException;
import java.net.InetSocketAddress;

/** Listens for clients. */
public final class MqttServer implements AutoCloseable {

    private final Channel listening;

    private MqttServer(Channel listening) {
        this.listening = listening;
    }

    /**
     * Starts to listen.
     *
     * @throws StartException if the port cannot be had
     */
    public static MqttServer start(EventLoops loops, ClientServices services) {
        MqttConfig config = services.config().mqtt();
        UnfinishedPackets unfinished =
                new UnfinishedPackets(services.config().limits().unfinishedBytes());
        services.metrics()
                .gauge(
                        "sluice.unfinished.bytes",
                        "Memory of packets whose rest has not come, small ones left out",
                        unfinished,
                        UnfinishedPackets::bytes);
        TrustedProxies proxies = TrustedProxies.of(config.proxyProtocolFrom());
        WriteBufferWaterMark waterMark =
                new WriteBufferWaterMark(config.writeBufferBytes() / 2, config.writeBufferBytes());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                        initPipeline(socket, loops.contextOf(socket), services, proxies, unfinished);
                    }
                });
        return new MqttServer(Listening.bind(bootstrap, config.host(), config.port(), "MQTT"));
    }

    /** The whole pipeline, in order. TLS and WebSocket come before the packets. */
    private static void initPipeline(
            SocketChannel socket,
            LoopContext loop,
            ClientServices services,
            TrustedProxies proxies,
            UnfinishedPackets unfinished) {
        if (proxies.trust(socket.remoteAddress())) {
            socket.pipeline()
                    .addLast("proxy-header", new ProxyHeader())
                    .addLast("proxied-client", new ProxiedClient(services.metrics()));
        }
        socket.pipeline().addLast("packets", new PacketReading(loop, services, unfinished));
    }

    /** The port that clients connect to. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Accepts no more clients; those that are connected stay. */
    @Override
    public void close() {
        listening.close().syncUninterruptibly();
    }
}
