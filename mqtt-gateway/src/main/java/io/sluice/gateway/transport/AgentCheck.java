package io.sluice.gateway.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.gateway.AgentConfig;
import io.sluice.kit.StartException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Answers HAProxy's agent check: whoever connects is told a line and hung up on. The event loops answer it, so a gateway that
 * is too busy to answer in time says so.
 */
public final class AgentCheck implements AutoCloseable {

    private final Channel listening;

    private AgentCheck(Channel listening) {
        this.listening = listening;
    }

    /**
     * Starts to listen.
     *
     * @param answer without its line break; asked on an event loop for each check
     * @throws StartException if the port cannot be had
     */
    public static AgentCheck start(EventLoops loops, AgentConfig config, Supplier<String> answer) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childHandler(new Answer(answer));
        return new AgentCheck(Listening.bind(bootstrap, config.host(), config.port(), "HAProxy's agent check"));
    }

    @Sharable
    private static final class Answer extends ChannelInboundHandlerAdapter {

        private final Supplier<String> answer;

        private Answer(Supplier<String> answer) {
            this.answer = answer;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            byte[] line = (answer.get() + "\n").getBytes(StandardCharsets.US_ASCII);
            context.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(ChannelFutureListener.CLOSE);
        }

        /** Nobody has anything to say here. */
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        /** Whoever asked has gone. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        listening.close().syncUninterruptibly();
    }
}
