package io.sluice.bench.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One client: connects, subscribes, keeps alive, and hands what arrives to its subclass. All of it happens on the
 * connection's event loop, unless a method says otherwise.
 *
 * <p>Answers to what one read brought are gathered and written with one flush.
 */
public abstract class MqttClient extends ChannelInboundHandlerAdapter implements PacketReader.Sink {

    private static final int REPLY_BYTES = 256;
    private static final int MAX_RECEIVE_MAXIMUM = 0xFFFF;
    /** In CONNACK of MQTT 5.0, and of those before. */
    private static final int SERVER_UNAVAILABLE = 0x88;

    private static final int V3_SERVER_UNAVAILABLE = 3;

    private final ConnectOptions options;
    private final String clientId;
    private final Observer observer;
    private final PacketReader reader = new PacketReader(this);

    private ChannelHandlerContext context;
    private ByteBuf replies;
    private int receiveMaximum = MAX_RECEIVE_MAXIMUM;
    private int subscribesSent;
    private int subscribesAnswered;
    private boolean connected;
    private boolean leaving;
    private boolean refusedForNow;
    private String endReason;

    /** A client that is not connected yet. */
    protected MqttClient(ConnectOptions options, String clientId, Observer observer) {
        this.options = options;
        this.clientId = clientId;
        this.observer = observer;
    }

    /** Who follows a client's life. Called on the client's event loop. */
    public interface Observer {
        /** The server accepted the connection. */
        void connected(MqttClient client);

        /** All subscriptions that were asked for stand. */
        void subscribed(MqttClient client);

        /**
         * The connection is gone, or never was.
         *
         * @param reason null when the client itself left
         */
        void closed(MqttClient client, String reason);
    }

    /** A message arrived. The topic begins at the reader index; the payload ends at {@code end}. */
    protected void onPublish(int flags, ByteBuf in, int end) {}

    /** A PUBACK, PUBREC, PUBREL or PUBCOMP arrived. */
    protected void onAcknowledgement(int type, int packetId, int reasonCode) {}

    /** Asks for a subscription; {@link Observer#subscribed} tells when all of them stand. */
    public final void subscribe(String filter, int qos) {
        ByteBuf out = context.alloc().ioBuffer();
        Packets.writeSubscribe(out, options.version(), 1 + subscribesSent % MAX_RECEIVE_MAXIMUM, filter, qos);
        subscribesSent++;
        writeAndFlush(out);
    }

    /** Sends a PINGREQ. */
    public final void ping() {
        if (connected) {
            ByteBuf out = context.alloc().ioBuffer(2);
            Packets.writePing(out);
            writeAndFlush(out);
        }
    }

    /** Sends a DISCONNECT and closes; a durable session stays. */
    public final void leave() {
        leave(false);
    }

    /** Leaves, and in MQTT 5.0 takes a durable session along; in older versions that would take a connection more. */
    public final void leaveForGood() {
        leave(options.durable() && options.version().hasProperties());
    }

    private void leave(boolean forGood) {
        leaving = true;
        if (context != null && context.channel().isActive()) {
            ByteBuf out = context.alloc().ioBuffer();
            if (forGood) {
                Packets.writeEndOfSession(out);
            } else {
                Packets.writeDisconnect(out);
            }
            context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Closes without a DISCONNECT. */
    protected final void abort(String reason) {
        if (endReason == null) {
            endReason = reason;
        }
        context.close();
    }

    /** The connection could not be made. */
    final void failed(Throwable cause) {
        observer.closed(this, describe(cause));
    }

    /** How many QoS 1 and 2 messages the server takes before it acknowledges any. */
    protected final int receiveMaximum() {
        return receiveMaximum;
    }

    protected final MqttVersion version() {
        return options.version();
    }

    /** Whether the server has accepted the connection and it still stands. */
    public final boolean isConnected() {
        return connected;
    }

    /** Whether the server said that it could not accept the connection for the moment. */
    public final boolean isRefusedForNow() {
        return refusedForNow;
    }

    protected final Channel channel() {
        return context.channel();
    }

    /** The name in CONNECT. */
    public final String clientId() {
        return clientId;
    }

    /** Where to append answers to what is being read; they are flushed when the socket is empty. */
    protected final ByteBuf replies() {
        if (replies == null) {
            replies = context.alloc().ioBuffer(REPLY_BYTES);
        }
        return replies;
    }

    protected final void writeAndFlush(ByteBuf out) {
        context.writeAndFlush(out, context.voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        ByteBuf out = ctx.alloc().ioBuffer();
        Packets.writeConnect(out, options, clientId);
        writeAndFlush(out);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object arrived) {
        reader.read(ctx.alloc(), (ByteBuf) arrived);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (replies != null) {
            ByteBuf out = replies;
            replies = null;
            writeAndFlush(out);
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        connected = false;
        reader.discard();
        if (replies != null) {
            replies.release();
            replies = null;
        }
        if (leaving) {
            observer.closed(this, null);
        } else {
            observer.closed(this, endReason == null ? "the server closed the connection" : endReason);
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        context = ctx;
        abort(describe(cause));
    }

    @Override
    public final void packet(int firstByte, ByteBuf in, int end) {
        int type = firstByte >> 4;
        switch (type) {
            case Packets.PUBLISH -> onPublish(firstByte & 0x0F, in, end);
            case Packets.PUBACK, Packets.PUBREC, Packets.PUBREL, Packets.PUBCOMP -> {
                int packetId = in.readUnsignedShort();
                onAcknowledgement(type, packetId, in.readerIndex() < end ? in.readUnsignedByte() : 0);
            }
            case Packets.CONNACK -> onConnack(in, end);
            case Packets.SUBACK -> onSuback(in, end);
            case Packets.DISCONNECT ->
                abort(
                        in.readerIndex() < end
                                ? "the server sent DISCONNECT " + hex(in.readUnsignedByte())
                                : "the server sent DISCONNECT");
            case Packets.PINGRESP -> {}
            default -> abort("the server sent a packet of type " + type);
        }
    }

    private void onConnack(ByteBuf in, int end) {
        in.skipBytes(1);
        int reasonCode = in.readUnsignedByte();
        if (reasonCode != 0) {
            refusedForNow =
                    reasonCode == (options.version().hasProperties() ? SERVER_UNAVAILABLE : V3_SERVER_UNAVAILABLE);
            abort("the server refused the connection: " + hex(reasonCode));
            return;
        }
        if (in.readerIndex() < end && options.version().hasProperties()) {
            receiveMaximum = ConnackProperties.receiveMaximum(in, MAX_RECEIVE_MAXIMUM);
        }
        connected = true;
        observer.connected(this);
    }

    private void onSuback(ByteBuf in, int end) {
        int reasonCode = in.getUnsignedByte(end - 1);
        if (reasonCode >= Packets.FIRST_FAILURE) {
            abort("the server refused a subscription: " + hex(reasonCode));
            return;
        }
        subscribesAnswered++;
        if (subscribesAnswered == subscribesSent) {
            observer.subscribed(this);
        }
    }

    private static String describe(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** A code as the specifications write it. */
    protected static String hex(int code) {
        return String.format("0x%02X", code);
    }
}
