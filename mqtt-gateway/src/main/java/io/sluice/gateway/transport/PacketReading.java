package io.sluice.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.gateway.codec.MalformedPacketException;
import io.sluice.gateway.codec.PacketDecoder;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.protocol.ClientAddress;
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

    private static final int TYPE_SHIFT = 4;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int UNSUBSCRIBE = 10;

    private final LoopContext loop;
    private final ClientServices services;
    private final UnfinishedPackets unfinished;
    private final PacketDecoder decoder;
    private ClientConnection connection;
    private ByteBuf partial;
    /** What {@link #partial} has to hold before it is worth reading; 0 when it is whole and waits for something else. */
    private int awaitedBytes;
    /** What {@link #unfinished} knows of {@link #partial}. */
    private int toldBytes;

    PacketReading(LoopContext loop, ClientServices services, UnfinishedPackets unfinished) {
        this.loop = loop;
        this.services = services;
        this.unfinished = unfinished;
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
        } else if (partial == null) {
            read(context, in, false);
        } else {
            append(in);
            if (partial.readableBytes() >= awaitedBytes) {
                readPartial(context, false);
            }
        }
        tellUnfinished();
    }

    private void append(ByteBuf in) {
        try {
            partial.writeBytes(in);
        } finally {
            in.release();
        }
    }

    private void readPartial(ChannelHandlerContext context, boolean toTheEnd) {
        ByteBuf in = partial;
        partial = null;
        read(context, in, toTheEnd);
    }

    /** Counts the memory of a packet whose rest has not come, and refuses one too many. */
    private void tellUnfinished() {
        int bytes = partial == null || awaitedBytes == 0 ? 0 : partial.capacity();
        boolean tooMuch = unfinished.changed(toldBytes, bytes);
        toldBytes = bytes;
        if (tooMuch) {
            dropPartial();
            connection.malformed(
                    new MalformedPacketException(
                            ReasonCode.QUOTA_EXCEEDED, "too many packets have begun to come and not ended"),
                    decoder.protocolVersion());
        }
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        unfinished.changed(toldBytes, 0);
        toldBytes = 0;
    }

    /**
     * Reads packets, and keeps what has to wait or is not whole.
     *
     * @param toTheEnd whether nothing has to wait any more
     */
    private void read(ChannelHandlerContext context, ByteBuf in, boolean toTheEnd) {
        try {
            boolean any = false;
            awaitedBytes = 0;
            while (awaitedBytes == 0 && connection.isOpen() && (toTheEnd || mayGoOn(in))) {
                if (decoder.decode(in, connection)) {
                    any = true;
                } else {
                    awaitedBytes = decoder.neededBytes();
                }
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

    /** What changes nothing in the log, such as an acknowledgement, passes while other packets have to wait. */
    private boolean mayGoOn(ByteBuf in) {
        if (!connection.isHolding() || !in.isReadable()) {
            return true;
        }
        int type = in.getUnsignedByte(in.readerIndex()) >> TYPE_SHIFT;
        boolean hasToWait = connection.isAttaching() || type == PUBLISH || type == SUBSCRIBE || type == UNSUBSCRIBE;
        if (hasToWait) {
            connection.pauseReading();
        }
        return !hasToWait;
    }

    /** Goes on with what had to wait. */
    private void readOn(ChannelHandlerContext context) {
        if (partial != null && partial.readableBytes() >= awaitedBytes && connection.isOpen()) {
            readPartial(context, false);
            tellUnfinished();
        }
        connection.readComplete();
    }

    /**
     * Keeps the beginning of a packet in a buffer that grows with what comes: neither is a large read buffer held for it,
     * nor memory set aside for what a client only announces. It is copied once, however small the pieces are in which a
     * packet comes.
     */
    private void keepRest(ChannelHandlerContext context, ByteBuf in) {
        try {
            if (connection.isOpen() && in.isReadable()) {
                partial = context.alloc().buffer(in.readableBytes());
                partial.writeBytes(in);
            }
        } finally {
            in.release();
        }
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
        try {
            if (partial != null && connection.isHolding()) {
                // The client has sent more before it left: a QoS 0 message, or the DISCONNECT that forgets its will.
                readPartial(context, true);
            }
        } finally {
            dropPartial();
            connection.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.atDebug()
                    .addKeyValue("address", ClientAddress.of(context.channel()))
                    .log("Connection lost");
        } else {
            log.atError()
                    .addKeyValue("address", ClientAddress.of(context.channel()))
                    .setCause(cause)
                    .log("Connection closed because of a defect");
        }
        context.close();
    }
}
