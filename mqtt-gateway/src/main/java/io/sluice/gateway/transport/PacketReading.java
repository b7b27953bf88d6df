package io.sluice.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.gateway.codec.MalformedPacketException;
import io.sluice.gateway.codec.PacketDecoder;
import io.sluice.gateway.protocol.ClientConnection;
import io.sluice.gateway.protocol.ClientServices;
import io.sluice.gateway.protocol.LoopContext;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of the pipeline: cuts what the socket brings into packets and hands each to the connection. Holds no
 * buffer but the part of a packet whose rest has not come.
 */
final class PacketReading extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(PacketReading.class);

    private final LoopContext loop;
    private final ClientServices services;
    private final PacketDecoder decoder;
    private ClientConnection connection;
    private ByteBuf partial;

    PacketReading(LoopContext loop, ClientServices services) {
        this.loop = loop;
        this.services = services;
        this.decoder = new PacketDecoder(services.config().limits().packetBytes());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection = new ClientConnection(context, loop, services, () -> readOn(context));
        if (services.admission().isFlooded()) {
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (!connection.isOpen()) {
            in.release();
        } else if (connection.isHolding()) {
            hold(context, in);
        } else {
            read(context, partial == null ? in : join(in), false);
        }
    }

    /**
     * Reads packets.
     *
     * @param toTheEnd whether nothing holds the next packet back
     */
    private void read(ChannelHandlerContext context, ByteBuf in, boolean toTheEnd) {
        try {
            boolean any = false;
            while (connection.isOpen() && (toTheEnd || !connection.isHolding()) && decoder.decode(in, connection)) {
                any = true;
            }
            if (any) {
                connection.packetReceived();
            }
        } catch (MalformedPacketException e) {
            connection.malformed(e, decoder.protocolVersion());
        } finally {
            keepRest(context, in);
        }
    }

    private void readOn(ChannelHandlerContext context) {
        if (partial != null && connection.isOpen()) {
            ByteBuf in = partial;
            partial = null;
            read(context, in, false);
        }
        connection.resumeReading();
        connection.readComplete();
    }

    /** What had been read before reading was stopped. */
    private void hold(ChannelHandlerContext context, ByteBuf in) {
        if (partial == null) {
            partial = context.alloc().buffer(in.readableBytes());
        }
        partial = join(in);
    }

    private ByteBuf join(ByteBuf in) {
        ByteBuf joined = partial;
        partial = null;
        joined.writeBytes(in);
        in.release();
        return joined;
    }

    /** Keeps the beginning of a packet in a buffer of the packet's size, so that a large read buffer is not held for it. */
    private void keepRest(ChannelHandlerContext context, ByteBuf in) {
        if (connection.isOpen() && in.isReadable()) {
            if (in.readerIndex() == 0 && in.capacity() == decoder.neededBytes()) {
                partial = in; // It already has the packet's size: more of the same packet has come.
                return;
            }
            partial = context.alloc().buffer(Math.max(in.readableBytes(), decoder.neededBytes()));
            partial.writeBytes(in);
        }
        in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        connection.readComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            connection.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (partial != null && connection.isHolding()) {
            // The client has sent more before it left: a QoS 0 message, or the DISCONNECT that forgets its will.
            ByteBuf in = partial;
            partial = null;
            read(context, in, true);
        }
        connection.closed();
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.atDebug()
                    .addKeyValue("address", context.channel().remoteAddress())
                    .log("Connection lost");
        } else {
            log.atError()
                    .addKeyValue("address", context.channel().remoteAddress())
                    .setCause(cause)
                    .log("Connection closed because of a defect");
        }
        context.close();
    }
}
