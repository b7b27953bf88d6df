package io.sluice.bench.mqtt;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The event loops that all clients of a run share, epoll's where there is one. Safe for use by any thread. */
public final class ClientLoops implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final long CLOSE_TIMEOUT_MS = 5_000;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final boolean epoll = Epoll.isAvailable();

    /** @param count threads, 1 or more */
    public ClientLoops(int count) {
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("bench"), io);
        for (EventExecutor loop : group) {
            loops.add((EventLoop) loop);
        }
    }

    /** All loops. */
    public List<EventLoop> loops() {
        return loops;
    }

    /**
     * Connects a client; its observer learns what becomes of it.
     *
     * @param source address to connect from, null for the system's choice
     */
    public void connect(MqttClient client, EventLoop loop, InetSocketAddress target, InetAddress source) {
        Class<? extends Channel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(type)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(client);
        ChannelFuture connecting;
        if (source == null) {
            connecting = bootstrap.connect(target);
        } else {
            if (epoll) {
                // The port is chosen when the peer is known, so that each pair of addresses has all of them.
                bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
            }
            connecting = bootstrap.connect(target, new InetSocketAddress(source, 0));
        }
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                client.failed(done.cause());
            }
        });
    }

    /** Closes all connections and ends the threads. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
}
