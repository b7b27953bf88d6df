package io.sluice.it.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a server. Nothing is sent by itself, acknowledgements neither; what arrives waits until the test asks
 * for it. One thread of the test uses a probe; a thread of its own reads the socket.
 */
public final class MqttProbe implements AutoCloseable {

    /** How long a test waits for what must come. */
    public static final Duration DEADLINE = Duration.ofSeconds(15);

    /** How long a test watches for what must not come. */
    public static final Duration QUIET = Duration.ofMillis(300);

    /** From here on a reason code says that something was refused. */
    private static final int FIRST_REFUSAL = 0x80;

    private final Version version;
    private final Socket socket;
    private final OutputStream out;
    private final BlockingQueue<ServerPacket> received = new LinkedBlockingQueue<>();
    private final Deque<ServerPacket> setAside = new ArrayDeque<>();
    private volatile int largestPacket;
    private String clientId = "";

    private MqttProbe(Version version, Socket socket) throws IOException {
        this.version = version;
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** Opens a TCP connection and reads what comes. */
    public static MqttProbe open(InetSocketAddress address, Version version) {
        MqttProbe probe = openUnread(address, version, 0);
        probe.startReading();
        return probe;
    }

    /** Opens a TCP connection from another of this machine's addresses and reads what comes. */
    public static MqttProbe openFrom(InetAddress own, InetSocketAddress address, Version version) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(own, 0));
            MqttProbe probe = connect(socket, address, version);
            probe.startReading();
            return probe;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MqttProbe connect(Socket socket, InetSocketAddress address, Version version) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(address, (int) DEADLINE.toMillis());
        return new MqttProbe(version, socket);
    }

    /**
     * Opens a TCP connection that reads nothing before {@link #startReading}.
     *
     * @param receiveBuffer bytes that the operating system may hold for the probe, 0 for its own choice
     */
    public static MqttProbe openUnread(InetSocketAddress address, Version version, int receiveBuffer) {
        try {
            Socket socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            return connect(socket, address, version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the thread that reads the socket. */
    public void startReading() {
        Thread reader = new Thread(this::read, "probe-" + socket.getLocalPort());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            PacketReader reader = new PacketReader(in, version);
            while (true) {
                ServerPacket packet = reader.next();
                largestPacket = Math.max(largestPacket, reader.size());
                received.add(packet);
            }
        } catch (IOException e) {
            received.add(new ServerPacket.Closed());
        }
    }

    /** The version that the probe speaks. */
    public Version version() {
        return version;
    }

    /** The client identifier of the last CONNECT that was sent. */
    public String clientId() {
        return clientId;
    }

    /** The size in bytes of the largest packet that came so far. */
    public int largestPacket() {
        return largestPacket;
    }

    /** Sends bytes. */
    public void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The server has closed the connection", e);
        }
    }

    /** Sends bytes to a server that may already have closed the connection. */
    public void trySend(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            // That the server has closed is seen, and asserted, on the reading side.
            assertThat(e).isNotNull();
        }
    }

    /** Sends CONNECT. */
    public void send(Connect connect) {
        clientId = connect.clientId();
        send(connect.bytes());
    }

    /** Sends PUBLISH. */
    public void send(Pub publish) {
        send(publish.bytes(version));
    }

    /** Sends CONNECT and takes the CONNACK, which must say success. */
    public ServerPacket.Connack connect(Connect connect) {
        send(connect);
        ServerPacket.Connack connack = expect(ServerPacket.Connack.class);
        assertThat(connack.reason()).as("CONNACK reason").isZero();
        return connack;
    }

    /** Publishes and takes all acknowledgements, so that the message is the server's when this returns. */
    public void publish(Pub publish, int packetId) {
        byte[] packet = publish.bytes(version);
        send(packet);
        switch (packet[0] >>> 1 & 3) {
            case 1 -> {
                ServerPacket.Puback puback = expect(ServerPacket.Puback.class);
                assertThat(puback.id()).isEqualTo(packetId);
                assertThat(puback.reason()).as("PUBACK reason").isLessThan(FIRST_REFUSAL);
            }
            case 2 -> {
                ServerPacket.Pubrec pubrec = expect(ServerPacket.Pubrec.class);
                assertThat(pubrec.id()).isEqualTo(packetId);
                assertThat(pubrec.reason()).as("PUBREC reason").isLessThan(FIRST_REFUSAL);
                send(Packets.pubrel(packetId));
                assertThat(expect(ServerPacket.Pubcomp.class).id()).isEqualTo(packetId);
            }
            default -> {}
        }
    }

    /** Subscribes with one filter and takes the SUBACK, which must grant the QoS asked for. */
    public void subscribe(String filter, int options) {
        send(Packets.subscribe(version, 0x7F01, filter, options));
        ServerPacket.Suback suback = expect(ServerPacket.Suback.class);
        assertThat(suback.reasons()).as("SUBACK for %s", filter).containsExactly(options & 3);
    }

    /** The next packet, which must be of a type and come before the deadline. */
    public <P extends ServerPacket> P expect(Class<P> type) {
        return expect(type, DEADLINE);
    }

    /** The next packet, which must be of a type and come in time. */
    public <P extends ServerPacket> P expect(Class<P> type, Duration deadline) {
        ServerPacket packet = poll(deadline);
        if (packet == null) {
            return fail("No %s within %s", type.getSimpleName(), deadline);
        }
        assertThat(packet).isInstanceOf(type);
        return type.cast(packet);
    }

    /** The next packet, whatever it is, or null if none comes in time. */
    public ServerPacket poll(Duration deadline) {
        return setAside.isEmpty() ? pollReceived(deadline) : setAside.remove();
    }

    private ServerPacket pollReceived(Duration deadline) {
        try {
            return received.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The next message, acknowledged to its end by its QoS. */
    public ServerPacket.Publish expectMessage() {
        ServerPacket.Publish message = expect(ServerPacket.Publish.class);
        acknowledge(message);
        return message;
    }

    /** Acknowledges a message to its end. */
    public void acknowledge(ServerPacket.Publish message) {
        if (message.qos() == 1) {
            send(Packets.puback(message.id()));
        } else if (message.qos() == 2) {
            send(Packets.pubrec(message.id()));
            awaitPubrel(message.id());
            send(Packets.pubcomp(message.id()));
        }
    }

    /** Waits for a PUBREL; the messages that the server sends before it wait until the test asks for them. */
    private void awaitPubrel(int id) {
        while (true) {
            ServerPacket packet = pollReceived(DEADLINE);
            if (packet instanceof ServerPacket.Publish) {
                setAside.add(packet);
                continue;
            }
            assertThat(packet).isInstanceOf(ServerPacket.Pubrel.class);
            assertThat(((ServerPacket.Pubrel) packet).id()).isEqualTo(id);
            return;
        }
    }

    /** Nothing comes for a while. */
    public void expectNothing() {
        expectNothing(QUIET);
    }

    /** Nothing comes for a while. */
    public void expectNothing(Duration quiet) {
        assertThat(poll(quiet)).as("packet that should not come").isNull();
    }

    /** The server closes the connection without another packet. */
    public void expectClosed() {
        expect(ServerPacket.Closed.class);
    }

    /** The server closes the connection; with MQTT 5 it says first why, by one of these reason codes. */
    public ServerPacket.Disconnect expectDisconnect(Integer... reasons) {
        if (!version.is5()) {
            expectClosed();
            return null;
        }
        ServerPacket.Disconnect disconnect = expect(ServerPacket.Disconnect.class);
        assertThat(reasons).as("allowed reasons for %s", disconnect).contains(disconnect.reason());
        expectClosed();
        return disconnect;
    }

    /** The server answers a PINGREQ: it is alive and has handled all that was sent before. */
    public void ping() {
        send(Packets.pingreq());
        expect(ServerPacket.Pingresp.class);
    }

    /** Closes the connection without a DISCONNECT. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
