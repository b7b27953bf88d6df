package io.sluice.gateway.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.protocol.LoopContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The event loops that serve all sockets, epoll's where there is one, and what each of them shares. */
public final class EventLoops implements AutoCloseable {

    private static final long QUIET_MS = 0;
    private static final long TIMEOUT_MS = 5_000;

    private final MultiThreadIoEventLoopGroup group;
    private final boolean epoll;
    private final List<LoopContext> contexts = new ArrayList<>();
    private final List<Utilisation> utilisations;
    private final Map<EventExecutor, LoopContext> byLoop = new HashMap<>();

    /** @param threads how many loops, 0 for one for every two processors */
    public EventLoops(int threads, GatewayMetrics metrics) {
        this.epoll = Epoll.isAvailable();
        int count = threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("mqtt"), io);
        for (EventExecutor loop : group) {
            LoopContext context = new LoopContext(contexts.size(), (EventLoop) loop, metrics);
            contexts.add(context);
            byLoop.put(loop, context);
        }
        utilisations = Utilisation.register(group, metrics);
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
            metrics.gauge(
                    "sluice.buffer.bytes",
                    "Memory outside of the heap for what is on its way from and to sockets, free parts included",
                    buffers.metric(),
                    ByteBufAllocatorMetric::usedDirectMemory);
        }
    }

    /** How busy the busiest loop is, 0 to 1; any thread. */
    public double utilisation() {
        return utilisations.stream().mapToDouble(Utilisation::share).max().orElse(0);
    }

    /** One lane for each loop. */
    public List<LoopContext> lanes() {
        return contexts;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerSocketChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    LoopContext contextOf(Channel channel) {
        return byLoop.get(channel.eventLoop());
    }

    /** Stops the loops and closes what is still open on them. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
}
