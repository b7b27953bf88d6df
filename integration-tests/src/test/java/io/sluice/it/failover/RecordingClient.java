package io.sluice.it.failover;

import io.sluice.it.failover.History.Kind;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.PacketReader;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A client with clean sessions that publishes numbers on its lanes, subscribes to all of its group, and writes down what
 * happens to it. It comes back when it loses its connection and publishes again what was not acknowledged, but for QoS 0 and
 * QoS 2, which would not be what they promise if it did. One thread of its own runs the connection; {@link #tick} may be called
 * from another.
 */
final class RecordingClient implements AutoCloseable {

    /** What a client publishes: to a topic of its own, and how. */
    enum Lane {
        /** QoS 0. */
        AT_MOST_ONCE("q0", 0),
        /** QoS 1. */
        AT_LEAST_ONCE("q1", 1),
        /** QoS 2. */
        EXACTLY_ONCE("q2", 2),
        /** Retained messages at QoS 1; every third one clears. */
        STATE("state", 1);

        private final String level;
        private final int qos;

        Lane(String level, int qos) {
            this.level = level;
            this.qos = qos;
        }

        /** The last level of the topic. */
        String level() {
            return level;
        }

        private boolean clears(int number) {
            return this == STATE && number % 3 == 0;
        }
    }

    /** The last level of the topic of wills. */
    static final String WILL = "will";

    /**
     * Who a client is.
     *
     * @param name its client id
     * @param group the first levels of the topics to which it publishes, and to all of which it subscribes
     * @param qos of its subscription
     * @param will whether it has one; its topic ends with {@link #WILL}
     */
    record Plan(String name, String group, Version version, int qos, List<Lane> lanes, boolean will) {}

    private static final int WINDOW = 4;
    private static final int SUBSCRIBE_ID = 0xFFFF;
    private static final int KEEP_ALIVE_SECONDS = 10;
    private static final Duration PING = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int CONNECT_MS = 5_000;

    /** A message that is not acknowledged, or at QoS 2 not completed. */
    private record Sent(Lane lane, int number) {}

    private final Plan plan;
    private final History history;
    private final List<InetSocketAddress> servers;
    private final Thread thread;
    private volatile boolean closed;

    // Guarded by this; valid for the client.
    private final Map<Lane, Integer> numbers = new EnumMap<>(Lane.class);
    private int connection;
    private int lastPacketId;

    // Guarded by this; valid for the connection.
    private Map<Integer, Sent> underWay = new LinkedHashMap<>();
    private Socket socket;
    private String server;
    private boolean connected;
    private boolean subscribed;
    private boolean heardItself;
    private long nextPing;

    private RecordingClient(Plan plan, History history, List<InetSocketAddress> servers, boolean comesBack) {
        this.plan = plan;
        this.history = history;
        this.servers = servers;
        this.thread = new Thread(() -> run(comesBack), plan.name());
        thread.setDaemon(true);
    }

    /** Starts a client, which connects to the first server, and to the next one each time that it loses its connection. */
    static RecordingClient start(Plan plan, History history, List<InetSocketAddress> servers) {
        RecordingClient client = new RecordingClient(plan, history, servers, true);
        client.thread.start();
        return client;
    }

    /** Starts a client that has one connection and no other. */
    static RecordingClient visit(Plan plan, History history, InetSocketAddress server) {
        RecordingClient client = new RecordingClient(plan, history, List.of(server), false);
        client.thread.start();
        return client;
    }

    // --- the client's thread

    private void run(boolean comesBack) {
        for (int next = 0; !closed; next++) {
            converse(servers.get(next % servers.size()));
            if (!comesBack) {
                return;
            }
            if (!closed) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void converse(InetSocketAddress address) {
        try (Socket opened = new Socket()) {
            open(opened, address);
            opened.setTcpNoDelay(true);
            opened.setSoTimeout((int) SILENCE.toMillis());
            opened.connect(address, CONNECT_MS);
            opened.getOutputStream().write(connect().bytes());
            PacketReader reader = new PacketReader(
                    new DataInputStream(new BufferedInputStream(opened.getInputStream())), plan.version());
            while (true) {
                handle(reader.next());
            }
        } catch (IOException e) {
            lost();
        }
    }

    private synchronized void open(Socket opened, InetSocketAddress address) throws IOException {
        if (closed) {
            throw new IOException("closed by the test");
        }
        connection++;
        socket = opened;
        server = address.getHostString() + ":" + address.getPort();
        record(Kind.CONNECTING, "", 0, 0, 0);
    }

    private Connect connect() {
        Connect connect = Connect.of(plan.version()).clientId(plan.name()).keepAlive(KEEP_ALIVE_SECONDS);
        return plan.will() ? connect.will(topic(WILL), payload(1, connection), 1, false) : connect;
    }

    private synchronized void handle(ServerPacket packet) throws IOException {
        if (closed) {
            return; // It has said good-bye, and waits for the server to end the connection.
        }
        if (packet instanceof ServerPacket.Connack connack) {
            connacked(connack);
        } else if (packet instanceof ServerPacket.Suback) {
            subacked();
        } else if (packet instanceof ServerPacket.Publish message) {
            received(message);
        } else if (packet instanceof ServerPacket.Ack ack && ack.reason() < 0x80) {
            acknowledged(ack);
        } else if (!(packet instanceof ServerPacket.Pingresp)) {
            throw new IOException("unexpected " + packet);
        }
    }

    private void connacked(ServerPacket.Connack connack) throws IOException {
        if (connack.reason() != 0) {
            throw new IOException("refused with " + connack.reason());
        }
        connected = true;
        nextPing = System.nanoTime() + PING.toNanos();
        record(Kind.CONNECTED, "", 0, 0, 0);
        record(Kind.SUBSCRIBING, plan.group(), plan.qos(), 0, 0);
        write(Packets.subscribe(plan.version(), SUBSCRIBE_ID, plan.group() + "/#", plan.qos()));
    }

    private void subacked() throws IOException {
        subscribed = true;
        record(Kind.SUBSCRIBED, plan.group(), plan.qos(), 0, 0);
        Map<Integer, Sent> abandoned = underWay;
        underWay = new LinkedHashMap<>();
        for (Sent sent : abandoned.values()) {
            if (sent.lane().qos == 1) {
                publish(sent.lane(), sent.number());
            }
        }
    }

    private void received(ServerPacket.Publish message) throws IOException {
        Kind kind = message.retain() ? Kind.RECEIVED_RETAINED : Kind.RECEIVED;
        // What clears has no payload, so it tells no number.
        Stamp stamp = Stamp.of(message.text());
        record(kind, message.topic(), message.qos(), stamp.number(), stamp.attempt());
        heardItself |= !message.retain() && message.topic().startsWith(plan.group() + "/" + plan.name() + "/");
        if (message.qos() > 0) {
            write(message.qos() == 1 ? Packets.puback(message.id()) : Packets.pubrec(message.id()));
        }
    }

    private void acknowledged(ServerPacket.Ack ack) throws IOException {
        if (ack instanceof ServerPacket.Pubrel) {
            write(Packets.pubcomp(ack.id()));
            return;
        }
        Sent sent = underWay.get(ack.id());
        if (sent == null) {
            throw new IOException("acknowledges what was not sent: " + ack);
        }
        if (ack instanceof ServerPacket.Pubrec) {
            write(Packets.pubrel(ack.id()));
        } else {
            underWay.remove(ack.id());
        }
        if (!(ack instanceof ServerPacket.Pubcomp)) {
            record(Kind.ACKNOWLEDGED, topic(sent.lane().level()), sent.lane().qos, sent.number(), connection);
        }
    }

    private synchronized void lost() {
        if (connected && !closed) {
            record(Kind.LOST, "", 0, 0, 0);
        }
        connected = false;
        subscribed = false;
    }

    // --- any thread

    /**
     * Stays known to the server, and publishes the next number on each lane on which not too many wait for their
     * acknowledgement.
     */
    synchronized void tick(boolean publishes) {
        if (!connected || closed) {
            return;
        }
        try {
            if (subscribed && publishes) {
                Map<Lane, Long> waiting = waiting();
                for (Lane lane : plan.lanes()) {
                    if (waiting.getOrDefault(lane, 0L) < WINDOW) {
                        publish(lane, numbers.merge(lane, 1, Integer::sum));
                    }
                }
            }
            ping();
        } catch (IOException e) {
            // The reading side finds out too, and comes back.
            subscribed = false;
        }
    }

    private void ping() throws IOException {
        if (System.nanoTime() - nextPing > 0) {
            nextPing = System.nanoTime() + PING.toNanos();
            write(Packets.pingreq());
        }
    }

    private Map<Lane, Long> waiting() {
        return underWay.values().stream().collect(Collectors.groupingBy(Sent::lane, Collectors.counting()));
    }

    private void publish(Lane lane, int number) throws IOException {
        boolean clears = lane.clears(number);
        Pub message = Pub.to(topic(lane.level()), clears ? "" : payload(number, connection));
        if (lane.qos > 0) {
            do {
                lastPacketId = 1 + lastPacketId % (SUBSCRIBE_ID - 1);
            } while (underWay.containsKey(lastPacketId));
            underWay.put(lastPacketId, new Sent(lane, number));
            message = message.qos(lane.qos, lastPacketId);
        }
        if (lane == Lane.STATE) {
            message = message.retain();
        }
        record(clears ? Kind.SENT_CLEAR : Kind.SENT, topic(lane.level()), lane.qos, number, connection);
        write(message.bytes(plan.version()));
    }

    private String topic(String level) {
        return plan.group() + "/" + plan.name() + "/" + level;
    }

    private static String payload(int number, int attempt) {
        return number + " " + attempt;
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private void record(Kind kind, String topic, int qos, int number, int attempt) {
        history.add(kind, plan.name(), connection, server, topic, qos, number, attempt);
    }

    /** Who it is. */
    Plan plan() {
        return plan;
    }

    /** Whether it has a connection with a subscription. */
    synchronized boolean isSubscribed() {
        return subscribed;
    }

    /** Whether it has a subscription and everything that it published is acknowledged. */
    synchronized boolean isSettled() {
        return subscribed && underWay.isEmpty();
    }

    /** Whether a message of its own came to it, before which came everything that was retained. */
    synchronized boolean hasHeardItself() {
        return heardItself;
    }

    /** Whether it is connected or tries to be. */
    boolean isRunning() {
        return thread.isAlive();
    }

    /** Ends without a word, for good; if it has a will, the will is due. */
    synchronized void die() {
        end(Kind.DIED);
    }

    /** Says DISCONNECT and ends, for good; if it has a will, the will is void. */
    @Override
    public synchronized void close() {
        end(Kind.LEFT);
    }

    private void end(Kind how) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (connected) {
                record(how, "", 0, 0, 0);
            }
            if (connected && how == Kind.LEFT) {
                write(Packets.disconnect());
                // A socket that is closed before all that came was read is reset, and takes DISCONNECT with it.
                socket.shutdownOutput();
            } else if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            thread.interrupt();
        }
    }

    /** What a payload says of its message. */
    record Stamp(int number, int attempt) {
        static Stamp of(String payload) {
            int blank = payload.indexOf(' ');
            return blank < 0
                    ? new Stamp(0, 0)
                    : new Stamp(
                            Integer.parseInt(payload.substring(0, blank)),
                            Integer.parseInt(payload.substring(blank + 1)));
        }
    }
}
