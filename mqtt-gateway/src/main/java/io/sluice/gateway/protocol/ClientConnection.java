package io.sluice.gateway.protocol;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.sluice.gateway.codec.Auth;
import io.sluice.gateway.codec.Connect;
import io.sluice.gateway.codec.Diagnostics;
import io.sluice.gateway.codec.Disconnect;
import io.sluice.gateway.codec.MalformedPacketException;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.gateway.codec.PacketHandler;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.Publish;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.codec.Subscribe;
import io.sluice.gateway.codec.Unsubscribe;
import io.sluice.gateway.session.Connection;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.PublicationSink.Refusal;
import io.sluice.gateway.session.Session;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client's connection: {@link State#CONNECTING} until its CONNECT is accepted, then {@link State#CONNECTED}, and {@link
 * State#CLOSING} from the moment that either side ends it until the socket is closed. Confined to its event loop, but for
 * {@link #execute}.
 */
public final class ClientConnection implements PacketHandler, Connection {

    private enum State {
        CONNECTING,
        /** CONNECT is accepted, and the durable session is asked for, or the will is on its way to the log. */
        ATTACHING,
        CONNECTED,
        CLOSING
    }

    /** How long a client has to take the last packet and close, before the socket is closed on it. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Answers may take this many times the write buffer; deliveries stop at once of it. */
    private static final long UNREAD_FACTOR = 4;

    private static final ReasonCode NOT_FOUND = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    private static final String UNKNOWN_ID = "no QoS 2 message of this packet identifier is on its way";
    private static final double KEEP_ALIVE_FACTOR = 1.5;

    // --- valid for the connection
    private final ChannelHandlerContext channel;
    private final LoopContext loop;
    private final ClientServices services;
    private final Runnable readOn;
    private final Outbound outbound;
    private final long openedNanos = System.nanoTime();
    private int loopSlot;
    private State state = State.CONNECTING;
    /** The version of a CONNECT that was refused before it was understood, null if none was read. */
    private ProtocolVersion offeredVersion;

    private boolean readingPaused;
    private long attachingNanos;
    /** Changes of subscriptions that have not taken effect. */
    private int holds;

    private long lastPacketNanos;
    private long closingNanos;

    // --- valid for the session
    private ConnectedClient client;
    /** The CONNECT that is still to be answered, null if none is. */
    private Connect connect;

    /**
     * A connection whose socket has just been opened.
     *
     * @param readOn reads on where {@link #isHolding} had stopped it, on the event loop
     */
    public ClientConnection(ChannelHandlerContext channel, LoopContext loop, ClientServices services, Runnable readOn) {
        this.channel = channel;
        this.loop = loop;
        this.services = services;
        this.readOn = readOn;
        this.outbound = new Outbound(channel, loop, this);
        services.admission().opened();
        loop.opened(this);
    }

    int loopSlot() {
        return loopSlot;
    }

    void setLoopSlot(int slot) {
        loopSlot = slot;
    }

    ProtocolVersion version() {
        return client.version();
    }

    Session session() {
        return client.session();
    }

    LoopContext loop() {
        return loop;
    }

    Outbound outbound() {
        return outbound;
    }

    /** Whether packets of the client are of interest. */
    public boolean isOpen() {
        return state != State.CLOSING;
    }

    /** A whole packet has come, so the client is alive. */
    public void packetReceived() {
        lastPacketNanos = System.nanoTime();
    }

    // --- packets

    @Override
    public void connect(Connect packet) {
        if (state == State.CONNECTED) {
            protocolError("[MQTT-3.1.0-2] second CONNECT");
            return;
        }
        ConnectedClient accepted = Connects.accept(packet, this, services);
        if (accepted == null) {
            return;
        }
        client = accepted;
        connect = packet;
        state = State.ATTACHING;
        attachingNanos = System.nanoTime();
        Connects.register(accepted, packet, this, services);
    }

    @Override
    public void attached(boolean present) {
        if (state == State.ATTACHING) {
            Connects.sendConnack(client, connect, present, this, services);
            connect = null;
            state = State.CONNECTED;
            services.metrics().connect("accepted", "success");
            if (readingPaused) {
                loop.loop().execute(this::resumeReading);
            }
        }
    }

    /** Whether CONNECT is still to be answered, and nothing that the client sends may be looked at. */
    public boolean isAttaching() {
        return state == State.ATTACHING;
    }

    @Override
    public void publish(Publish packet) {
        if (isConnected()) {
            client.publishes().publish(packet);
            if (client.session().isAheadOfLog()) {
                pauseReading();
            }
        }
    }

    @Override
    public void puback(int packetId, byte reason) {
        if (isConnected()) {
            client.session().puback(packetId);
        }
    }

    @Override
    public void pubrec(int packetId, byte reason) {
        if (isConnected()) {
            boolean accepted = reason >= 0;
            Session.Answer answer = client.session().pubrec(packetId, accepted);
            if (accepted && isOpen() && answer != Session.Answer.LATER) {
                if (answer == Session.Answer.NOW || version() != ProtocolVersion.MQTT_5) {
                    PacketEncoder.pubrel(outbound.buffer(), packetId);
                } else {
                    PacketEncoder.pubrel(
                            outbound.buffer(),
                            packetId,
                            NOT_FOUND,
                            diagnostics(UNKNOWN_ID),
                            client.maximumPacketSize());
                }
            }
        }
    }

    @Override
    public void pubrel(int packetId, byte reason) {
        if (isConnected()) {
            Session.Answer answer = client.session().pubrel(packetId);
            if (answer == Session.Answer.LATER) {
                return;
            }
            if (answer == Session.Answer.NOW || version() != ProtocolVersion.MQTT_5) {
                PacketEncoder.pubcomp(outbound.buffer(), packetId);
            } else {
                PacketEncoder.pubcomp(
                        outbound.buffer(), packetId, NOT_FOUND, diagnostics(UNKNOWN_ID), client.maximumPacketSize());
            }
        }
    }

    @Override
    public void pubcomp(int packetId, byte reason) {
        if (isConnected()) {
            client.session().pubcomp(packetId);
        }
    }

    @Override
    public void subscribe(Subscribe packet) {
        if (isConnected()) {
            hold();
            client.subscribes().subscribe(packet);
        }
    }

    @Override
    public void unsubscribe(Unsubscribe packet) {
        if (isConnected()) {
            hold();
            client.subscribes().unsubscribe(packet);
        }
    }

    @Override
    public void pingreq() {
        if (isConnected()) {
            PacketEncoder.pingresp(outbound.buffer());
        }
    }

    @Override
    public void disconnect(Disconnect packet) {
        if (isConnected()) {
            if (client.sessionExpirySeconds() == 0 && packet.sessionExpirySeconds() > 0) {
                protocolError("[MQTT 5.0 section 3.14.2.2.2] session expiry on DISCONNECT that CONNECT did not have");
                return;
            }
            if (packet.reason() == ReasonCode.SUCCESS) {
                client.forgetWill(); // [MQTT-3.14.4-3]: with any other reason it is published.
            }
            if (client.isDurable()) {
                client.session()
                        .leave(
                                services.config().sessions().expirySeconds(packet.sessionExpirySeconds()),
                                client.will() != null);
            }
            end("client-disconnect");
            outbound.finish().addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void auth(Auth packet) {
        if (isConnected()) {
            protocolError("[MQTT-4.12.0-7] AUTH without an authentication method");
        }
    }

    /** Before CONNECT anything else ends the connection ([MQTT-3.1.0-1]); after the end nothing counts. */
    private boolean isConnected() {
        if (state == State.CONNECTING) {
            services.metrics().refusedPacket("not-connected");
            Disconnects.refuseBeforeConnect(this, services, "[MQTT-3.1.0-1] the first packet is not CONNECT");
        }
        return state == State.CONNECTED;
    }

    private void protocolError(String detail) {
        Disconnects.refusePacket(this, services, ReasonCode.PROTOCOL_ERROR, detail);
    }

    /**
     * The client has sent what no packet looks like.
     *
     * @param offered the protocol version as far as a CONNECT has told it, or null
     */
    public void malformed(MalformedPacketException problem, ProtocolVersion offered) {
        offeredVersion = offered;
        if (state == State.CONNECTED) {
            // A second CONNECT can be wrong in ways that only CONNACK has a code for.
            ReasonCode reason =
                    switch (problem.reason()) {
                        case UNSUPPORTED_PROTOCOL_VERSION, CLIENT_IDENTIFIER_NOT_VALID -> ReasonCode.PROTOCOL_ERROR;
                        default -> problem.reason();
                    };
            Disconnects.refusePacket(this, services, reason, problem.getMessage());
        } else if (state == State.CONNECTING) {
            Disconnects.refuseConnect(this, services, problem);
        }
    }

    // --- the session's view

    @Override
    public boolean isWritable() {
        return state == State.CONNECTED && outbound.isWritable();
    }

    @Override
    public boolean publish(
            PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again) {
        return outbound.publish(
                version(),
                message,
                qos,
                retain,
                again,
                packetId,
                identifiers,
                client.aliases(),
                client.maximumPacketSize());
    }

    @Override
    public void pubcomp(int packetId) {
        if (state == State.CONNECTED) {
            PacketEncoder.pubcomp(outbound.buffer(), packetId);
        }
    }

    @Override
    public void pubrel(int packetId) {
        if (state == State.CONNECTED) {
            PacketEncoder.pubrel(outbound.buffer(), packetId);
        }
    }

    @Override
    public void acknowledge(Qos qos, int packetId, Refusal refusal) {
        client.publishes().acknowledge(qos, packetId, refusal);
    }

    @Override
    public void suback(int packetId, byte[] reasons, String detail) {
        release();
        PacketEncoder.suback(
                outbound.buffer(),
                version(),
                packetId,
                reasonCodes(reasons),
                diagnostics(detail),
                client.maximumPacketSize());
    }

    @Override
    public void unsuback(int packetId, byte[] reasons, String detail) {
        release();
        PacketEncoder.unsuback(
                outbound.buffer(),
                version(),
                packetId,
                reasonCodes(reasons),
                diagnostics(detail),
                client.maximumPacketSize());
    }

    private Diagnostics diagnostics(String detail) {
        return client.wantsProblemInformation() ? Diagnostics.of(detail) : Diagnostics.NONE;
    }

    private static List<ReasonCode> reasonCodes(byte[] values) {
        List<ReasonCode> codes = new ArrayList<>(values.length);
        for (byte value : values) {
            codes.add(ReasonCode.of(value));
        }
        return codes;
    }

    @Override
    public void end(EndReason reason, String detail) {
        if (state == State.CONNECTED) {
            Disconnects.end(this, services, reason, detail);
        } else if (state == State.ATTACHING) {
            refuseAttach(detail);
        }
    }

    private void refuseAttach(String detail) {
        Disconnects.refuseConnect(
                this, services, version(), ReasonCode.SERVER_UNAVAILABLE, detail, client.maximumPacketSize());
    }

    @Override
    public void execute(Runnable task) {
        loop.loop().execute(() -> {
            try {
                task.run();
            } finally {
                loop.flush();
            }
        });
    }

    /**
     * Reads no further packet until a change of subscriptions has taken effect, so that what the client sends behind it
     * meets it: it may publish to itself without waiting for SUBACK.
     */
    void hold() {
        holds++;
    }

    void release() {
        holds--;
        if (holds == 0) {
            loop.loop().execute(this::resumeReading);
        }
    }

    /**
     * Whether a PUBLISH, SUBSCRIBE or UNSUBSCRIBE that comes next has to wait: for a change of subscriptions, for the end of
     * the connection that had the client id before, or for room on the way to the log.
     */
    public boolean isHolding() {
        return state == State.ATTACHING
                || (state == State.CONNECTED && (holds > 0 || services.sink().isFull()));
    }

    /** Does not read from the socket until what stands in the way is gone. */
    public void pauseReading() {
        if (!readingPaused) {
            readingPaused = true;
            channel.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void resumeReading() {
        if (readingPaused && mayRead()) {
            readingPaused = false;
            // The time that the client had to wait does not count as its silence.
            lastPacketNanos = System.nanoTime();
            readOn.run();
            if (!readingPaused) {
                channel.channel().config().setAutoRead(true);
            }
        }
    }

    private boolean mayRead() {
        return !isHolding()
                && !isUnread()
                && (state != State.CONNECTED || !client.session().isAheadOfLog());
    }

    /** Whether the client leaves so many answers unread that it gets no further ones. */
    private boolean isUnread() {
        return channel.channel().bytesBeforeWritable()
                > UNREAD_FACTOR * services.config().mqtt().writeBufferBytes();
    }

    // --- the socket's view

    /** The socket takes more. */
    public void writable() {
        if (state == State.CONNECTED) {
            client.session().sendQueued();
            resumeReading();
            loop.flush();
        }
    }

    /** The end of a read: what it caused is sent. */
    public void readComplete() {
        loop.flush();
        if (isUnread()) {
            pauseReading();
        }
    }

    void flushPending() {
        outbound.flush();
    }

    /** Closes what is overdue: the CONNECT, the client's next packet ([MQTT-3.1.2-22]), the socket after the end. */
    void checkDeadlines(long now) {
        switch (state) {
            case CONNECTING -> {
                if (now - openedNanos
                        > services.config().mqtt().connectTimeout().toNanos()) {
                    Disconnects.connectTimeout(this, services);
                }
            }
            case CONNECTED -> {
                long allowed = (long) (client.keepAliveSeconds() * KEEP_ALIVE_FACTOR * TimeUnit.SECONDS.toNanos(1));
                if (allowed > 0 && (!readingPaused || isUnread()) && now - lastPacketNanos > allowed) {
                    Disconnects.keepAliveTimeout(this, services);
                }
            }
            case ATTACHING -> {
                if (now - attachingNanos
                        > services.config().sessions().attachTimeout().toNanos()) {
                    refuseAttach("the session is not to be had in time: no router or no Kafka answers");
                }
            }
            case CLOSING -> {
                if (now - closingNanos > LINGER_NANOS) {
                    channel.close();
                }
            }
        }
    }

    /** Ends the session, if there is one; the will is published unless it was forgotten ([MQTT-3.1.2-8]). */
    void end(String reason) {
        State before = state;
        state = State.CLOSING;
        closingNanos = System.nanoTime();
        if (before == State.CONNECTED || before == State.ATTACHING) {
            Connects.unregister(client, reason, before == State.CONNECTED, services);
        }
        if (before == State.CONNECTED) {
            services.metrics().disconnected(reason);
        }
    }

    /** Sends what was written last, then closes as soon as the client has had a chance to read it. */
    void finish() {
        // Closing at once while the client still sends would make its side drop what it has not yet read.
        channel.channel().config().setAutoRead(true);
        outbound.finish().addListener(sent -> {
            if (sent.isSuccess() && channel.channel() instanceof DuplexChannel socket) {
                socket.shutdownOutput();
            } else {
                channel.close();
            }
        });
    }

    /** Closes without a word. */
    void closeNow() {
        if (state != State.CLOSING) {
            end("closed");
        }
        outbound.release();
        channel.close();
    }

    /** The socket is closed. */
    public void closed() {
        if (state != State.CLOSING) {
            end("connection-lost");
        }
        outbound.release();
        loop.closed(this);
        services.admission().closed();
    }

    /** The client's address and port. */
    String remoteAddress() {
        return ClientAddress.of(channel.channel());
    }

    /** The client's id, or null before CONNECT is accepted. */
    String clientId() {
        return client == null ? null : client.session().clientId();
    }

    ProtocolVersion offeredVersion() {
        return offeredVersion;
    }

    ConnectedClient client() {
        return client;
    }
}
