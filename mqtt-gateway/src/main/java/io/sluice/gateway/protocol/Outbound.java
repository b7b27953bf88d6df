package io.sluice.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;

/**
 * What is written to one client. Packets of one turn of the event loop gather in one buffer, which reaches the socket with
 * one write. Confined to the event loop.
 */
final class Outbound {

    private static final int INITIAL_BYTES = 256;
    /** Beyond this size the buffer is written at once, so that the socket's own limit shows. */
    private static final int MAX_PENDING_BYTES = 32 * 1024;

    private final ChannelHandlerContext channel;
    private final LoopContext loop;
    private final ClientConnection connection;
    /** Packets of this turn; null between turns, so that an idle connection holds no buffer. */
    private ByteBuf pending;

    private boolean listed;
    private boolean closed;

    Outbound(ChannelHandlerContext channel, LoopContext loop, ClientConnection connection) {
        this.channel = channel;
        this.loop = loop;
        this.connection = connection;
    }

    boolean isWritable() {
        return channel.channel().isWritable();
    }

    /** The buffer to write a packet to; it is flushed at the end of this turn. */
    ByteBuf buffer() {
        if (pending == null) {
            pending = channel.alloc().directBuffer(INITIAL_BYTES);
        }
        if (!listed) {
            listed = true;
            loop.unflushed(connection);
        }
        return pending;
    }

    /**
     * Writes a PUBLISH.
     *
     * @return false if it exceeds the client's maximum packet size ([MQTT-3.1.2-24])
     */
    boolean publish(
            ProtocolVersion version,
            PublishRecord message,
            Qos qos,
            boolean retain,
            boolean again,
            int packetId,
            int[] identifiers,
            TopicAliases aliases,
            int maximumPacketSize) {
        PublishEncoder encoder = loop.encoder();
        int alias = aliases.aliasOf(message.topic());
        boolean sendTopic = alias == 0 || aliases.isNew();
        int size = version == ProtocolVersion.MQTT_5
                ? encoder.measure5(message, qos, identifiers, alias, sendTopic)
                : encoder.measure(message, qos);
        if (size > maximumPacketSize && aliases.isNew()) {
            // Telling the client of an alias takes room that the message may need itself.
            aliases.forgetNew();
            alias = 0;
            size = encoder.measure5(message, qos, identifiers, alias, sendTopic);
        }
        if (size > maximumPacketSize) {
            return false;
        }
        encoder.write(buffer(), qos, retain, again, packetId, identifiers, alias, sendTopic);
        if (encoder.sharesPayload()) {
            writePending();
            channel.write(encoder.sharedPayload(channel.alloc()), channel.voidPromise());
            channel.flush();
        } else if (pending.readableBytes() > MAX_PENDING_BYTES) {
            writePending();
            channel.flush();
        }
        return true;
    }

    private void writePending() {
        ByteBuf written = pending;
        pending = null;
        channel.write(written, channel.voidPromise());
    }

    /** Sends what this turn has written. */
    void flush() {
        listed = false;
        if (closed) {
            release();
        } else if (pending != null) {
            writePending();
            channel.flush();
        }
    }

    /** Sends what was written and then nothing more; the future tells when it has left. */
    ChannelFuture finish() {
        closed = true;
        ByteBuf last = pending == null ? Unpooled.EMPTY_BUFFER : pending;
        pending = null;
        return channel.writeAndFlush(last);
    }

    /** The socket is closed: what was not sent is dropped. */
    void release() {
        closed = true;
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }
}
