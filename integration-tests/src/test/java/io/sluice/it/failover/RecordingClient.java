package io.sluice.it.failover;

import io.sluice.it.failover.Flights.Sent;
import io.sluice.it.failover.Habits.Deed;
import io.sluice.it.failover.History.Kind;
import io.sluice.it.failover.Plan.Lane;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.PacketReader;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that publishes numbers on its lanes, subscribes to all of its group, and writes down what happens to it. It comes
 * back when it loses its connection. With a durable session it sends again what was not acknowledged, as MQTT has it; with a
 * clean one it publishes it again, but for QoS 0 and QoS 2, which would not be what they promise if it did. One thread of its own runs
 * the connection; {@link #tick} may be called from another.
 */
final class RecordingClient implements AutoCloseable {

    private static final int WINDOW = 4;
    private static final int KEEP_ALIVE_SECONDS = 10;
    private static final Duration PING = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final int CONNECT_MS = 5_000;
    private static final byte[] NOTHING = {};

    /** The client ends its connection of its own accord. */
    private static final class EndsException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private final Plan plan;
    private final History history;
    private final List<InetSocketAddress> servers;
    private final Habits habits;
    private final Thread thread;
    private volatile boolean closed;

    // Guarded by this; valid for the client.
    private final Map<Lane, Integer> numbers = new EnumMap<>(Lane.class);
    private final Flights flights = new Flights();
    private int connection;
    /** For which session it asked last. */
    private Kind asked;
    /** Whether the session has the subscription. */
    private boolean granted;

    private boolean beginsAnew;
    /** What was under way in sessions that are no more. */
    private final List<Sent> abandoned = new ArrayList<>();

    // Guarded by this; valid for the connection.
    private Socket socket;
    private String server;
    private boolean connected;
    private boolean ready;
    private boolean heardItself;
    private boolean answers = true;
    private long nextPing;

    private RecordingClient(
            Plan plan, History history, List<InetSocketAddress> servers, Habits habits, boolean comesBack) {
        this.plan = plan;
        this.history = history;
        this.servers = servers;
        this.habits = habits;
        this.thread = new Thread(() -> run(comesBack), plan.name());
        thread.setDaemon(true);
    }

    /** Starts a client, which connects to the first server, and to another one each time that it loses its connection. */
    static RecordingClient start(Plan plan, History history, List<InetSocketAddress> servers, Habits habits) {
        RecordingClient client = new RecordingClient(plan, history, servers, habits, true);
        client.thread.start();
        return client;
    }

    /** Starts a client that has one connection and no other. */
    static RecordingClient visit(Plan plan, History history, InetSocketAddress server) {
        RecordingClient client = new RecordingClient(plan, history, List.of(server), new Habits(0), false);
        client.thread.start();
        return client;
    }

    // --- the client's thread

    private void run(boolean comesBack) {
        int next = 0;
        while (!closed) {
            converse(servers.get(next));
            if (!comesBack) {
                return;
            }
            next = habits.server(next, servers.size());
        }
    }

    private void converse(InetSocketAddress address) {
        Socket opened = new Socket();
        boolean stays = false;
        try {
            open(opened, address);
            opened.setTcpNoDelay(true);
            opened.setSoTimeout((int) SILENCE.toMillis());
            opened.connect(address, CONNECT_MS);
            opened.getOutputStream().write(connect().bytes());
            PacketReader reader = new PacketReader(
                    new DataInputStream(new BufferedInputStream(opened.getInputStream())), plan.version());
            while (!stays) {
                ServerPacket packet = reader.next();
                Deed deed = plan.isDurable() ? habits.next(packet instanceof ServerPacket.Pubrel) : Deed.NOTHING;
                stays = handle(packet, deed);
                if (deed == Deed.DOZE) {
                    LockSupport.parkNanos(habits.between().toNanos());
                }
            }
            int left = connection;
            String to = server;
            Thread awaitsItsEnd = new Thread(() -> awaitEnd(reader, opened, left, to), plan.name() + "-" + left);
            awaitsItsEnd.setDaemon(true);
            awaitsItsEnd.start();
        } catch (IOException e) {
            lost();
            close(opened);
            LockSupport.parkNanos(habits.absence().toNanos());
        }
    }

    /** What comes on a connection beside which the client has opened another one is no concern of its, but for the end. */
    private void awaitEnd(PacketReader reader, Socket abandoned, int number, String to) {
        int reason = 0;
        try {
            while (true) {
                if (reader.next() instanceof ServerPacket.Disconnect disconnect) {
                    reason = disconnect.reason();
                }
            }
        } catch (IOException e) {
            if (!closed) {
                history.add(Kind.TAKEN_OVER, plan.name(), number, to, "", 0, reason, 0, 0, false);
            }
            close(abandoned);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void open(Socket opened, InetSocketAddress address) throws IOException {
        if (closed) {
            throw new IOException("closed by the test");
        }
        connection++;
        socket = opened;
        server = address.getHostString() + ":" + address.getPort();
        if (asked == Kind.CONNECTING) {
            // What the server tells of a session is then of one that began since.
            forget();
        }
        asked = kind();
        record(asked, plan.will() ? plan.topic(Plan.WILL) : "", 0, plan.willDelaySeconds(), 0);
    }

    private Kind kind() {
        if (!plan.isDurable()) {
            return Kind.CONNECTING;
        }
        // Before MQTT 5 a session that begins clean ends with its connection.
        return !beginsAnew ? Kind.CONNECTING_DURABLY : plan.version().is5() ? Kind.CONNECTING_ANEW : Kind.CONNECTING;
    }

    private synchronized Connect connect() {
        Connect connect = Connect.of(plan.version()).clientId(plan.name()).keepAlive(KEEP_ALIVE_SECONDS);
        if (plan.isDurable()) {
            connect.clean(beginsAnew);
        }
        if (plan.isDurable() && plan.version().is5()) {
            connect.with(Property.SESSION_EXPIRY_INTERVAL, plan.expirySeconds())
                    .with(Property.RECEIVE_MAXIMUM, plan.receiveMaximum());
        }
        Properties ofWill = plan.willDelaySeconds() == 0
                ? Properties.NONE
                : Properties.NONE.with(Property.WILL_DELAY_INTERVAL, plan.willDelaySeconds());
        String topic = plan.topic(Plan.WILL);
        return plan.will()
                ? connect.will(topic, Stamp.payload(topic, 1, connection), Plan.WILL_QOS, false, ofWill)
                : connect;
    }

    /** Returns whether the client opens another connection while it has this one. */
    private synchronized boolean handle(ServerPacket packet, Deed deed) throws IOException {
        boolean saidGoodBye = closed || (!connected && !(packet instanceof ServerPacket.Connack));
        if (saidGoodBye) {
            return false; // It waits for the server to end the connection.
        }
        if (deed == Deed.BREAK_OFF) {
            breakOff();
        }
        answers = deed != Deed.BREAK_OFF_UNANSWERED;
        if (packet instanceof ServerPacket.Connack connack) {
            connacked(connack);
        } else if (packet instanceof ServerPacket.Suback suback) {
            subacked(suback);
        } else if (packet instanceof ServerPacket.Publish message) {
            received(message);
        } else if (packet instanceof ServerPacket.Ack ack && isGood(ack)) {
            acknowledged(ack);
        } else if (!(packet instanceof ServerPacket.Pingresp)) {
            throw new IOException("unexpected " + packet);
        }
        return does(deed);
    }

    /** A PUBREL that is sent again may meet a server that is done with it. */
    private static boolean isGood(ServerPacket.Ack ack) {
        return ack.reason() < 0x80 || ack.reason() == Reason.PACKET_IDENTIFIER_NOT_FOUND;
    }

    private boolean does(Deed deed) throws IOException {
        switch (deed) {
            case BREAK_OFF_UNANSWERED, BREAK_OFF_LATER -> breakOff();
            case BEGIN_ANEW -> {
                // What was sent to a member at QoS 2 is lost with its session.
                beginsAnew = !plan.shares();
                breakOff();
            }
            case LEAVE -> sayGoodBye();
            case TAKE_OVER -> {
                ended(Kind.ABANDONED);
                return true;
            }
            default -> {}
        }
        return false;
    }

    private void breakOff() throws IOException {
        ended(Kind.DIED);
        throw new EndsException();
    }

    private void sayGoodBye() throws IOException {
        if (connected) {
            ended(Kind.LEFT);
            write(Packets.disconnect());
        }
        // A socket that is closed before all that came was read is reset, and takes DISCONNECT with it.
        socket.shutdownOutput();
    }

    private void ended(Kind how) {
        if (connected) {
            record(how, "", 0, 0, 0);
        }
        connected = false;
        ready = false;
        answers = true;
    }

    private void connacked(ServerPacket.Connack connack) throws IOException {
        if (connack.reason() != 0) {
            throw new IOException("refused with " + connack.reason());
        }
        connected = true;
        habits.connected();
        beginsAnew = false;
        nextPing = System.nanoTime() + PING.toNanos();
        record(connack.sessionPresent() ? Kind.RESUMED : Kind.CONNECTED, "", 0, 0, 0);
        if (connack.sessionPresent()) {
            for (Map.Entry<Integer, Sent> entry : flights.underWay().entrySet()) {
                sendAgain(entry.getKey(), entry.getValue());
            }
        } else {
            forget();
        }
        if (granted || !plan.subscribes()) {
            begins();
        } else {
            record(Kind.SUBSCRIBING, plan.subscription(), plan.qos(), 0, 0);
            write(Packets.subscribe(plan.version(), Flights.SUBSCRIBE_ID, plan.subscription() + "/#", plan.qos()));
        }
    }

    /** The session is no more. */
    private void forget() {
        granted = false;
        abandoned.addAll(flights.abandon());
    }

    private void sendAgain(int packetId, Sent sent) throws IOException {
        if (sent.released()) {
            write(Packets.pubrel(packetId));
        } else {
            send(packetId, sent, true);
        }
    }

    private void subacked(ServerPacket.Suback suback) throws IOException {
        record(Kind.SUBSCRIBED, plan.subscription(), suback.reasons().get(0), 0, 0);
        granted = true;
        begins();
    }

    private void begins() throws IOException {
        ready = true;
        List<Sent> before = List.copyOf(abandoned);
        abandoned.clear();
        for (Sent sent : before) {
            if (sent.lane().qos() == 1) {
                publish(sent.lane(), sent.number());
            }
        }
    }

    private void received(ServerPacket.Publish message) throws IOException {
        Kind kind = message.retain() ? Kind.RECEIVED_RETAINED : Kind.RECEIVED;
        if (message.qos() == 2 && !flights.hold(message.id())) {
            kind = Kind.RECEIVED_AGAIN;
        }
        Stamp stamp = Stamp.of(message.topic(), message.payload());
        if (!stamp.isWhole()) {
            kind = Kind.RECEIVED_DAMAGED;
        }
        history.add(
                kind,
                plan.name(),
                connection,
                server,
                message.topic(),
                message.qos(),
                stamp.number(),
                stamp.attempt(),
                message.id(),
                message.dup());
        heardItself |= !message.retain() && message.topic().startsWith(plan.topic(""));
        if (message.qos() > 0) {
            write(message.qos() == 1 ? Packets.puback(message.id()) : Packets.pubrec(message.id()));
        }
    }

    private void acknowledged(ServerPacket.Ack ack) throws IOException {
        if (ack instanceof ServerPacket.Pubrel) {
            flights.letGo(ack.id());
            write(Packets.pubcomp(ack.id()));
            return;
        }
        Sent sent = flights.get(ack.id());
        if (sent == null) {
            throw new IOException("acknowledges what was not sent: " + ack);
        }
        if (ack instanceof ServerPacket.Pubrec) {
            flights.released(ack.id());
            write(Packets.pubrel(ack.id()));
        } else {
            flights.arrived(ack.id());
        }
        if (!(ack instanceof ServerPacket.Pubcomp)) {
            record(
                    Kind.ACKNOWLEDGED,
                    plan.topic(sent.lane().level()),
                    sent.lane().qos(),
                    sent.number(),
                    sent.attempt());
        }
    }

    private synchronized void lost() {
        ended(Kind.LOST);
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
            if (ready && publishes) {
                for (Lane lane : plan.lanes()) {
                    if (flights.waiting(lane) < WINDOW) {
                        publish(lane, numbers.merge(lane, 1, Integer::sum));
                    }
                }
            }
            ping();
        } catch (IOException e) {
            // The reading side finds out too, and comes back.
            ready = false;
        }
    }

    private void ping() throws IOException {
        if (System.nanoTime() - nextPing > 0) {
            nextPing = System.nanoTime() + PING.toNanos();
            write(Packets.pingreq());
        }
    }

    private void publish(Lane lane, int number) throws IOException {
        Sent sent = new Sent(lane, number, connection, false);
        send(lane.qos() == 0 ? 0 : flights.depart(lane, number, connection), sent, false);
    }

    private void send(int packetId, Sent sent, boolean again) throws IOException {
        Lane lane = sent.lane();
        boolean clears = lane.clears(sent.number());
        String topic = plan.topic(lane.level());
        byte[] payload = clears ? NOTHING : Stamp.payload(topic, sent.number(), sent.attempt());
        Pub message = Pub.to(topic, payload).qos(lane.qos(), packetId);
        if (lane == Lane.STATE) {
            message = message.retain();
        }
        if (again) {
            message = message.dup();
        }
        history.add(
                clears ? Kind.SENT_CLEAR : Kind.SENT,
                plan.name(),
                connection,
                server,
                topic,
                lane.qos(),
                sent.number(),
                sent.attempt(),
                packetId,
                again);
        write(message.bytes(plan.version()));
    }

    private void write(byte[] bytes) throws IOException {
        if (answers) {
            socket.getOutputStream().write(bytes);
        }
    }

    private void record(Kind kind, String topic, int qos, int number, int attempt) {
        history.add(kind, plan.name(), connection, server, topic, qos, number, attempt, 0, false);
    }

    /** Who it is. */
    Plan plan() {
        return plan;
    }

    /** What it does of its own accord. */
    Habits habits() {
        return habits;
    }

    /** Whether it has a connection, with a subscription if it is to have one. */
    synchronized boolean isReady() {
        return ready;
    }

    /** Whether it is ready and everything that it published is acknowledged. */
    synchronized boolean isSettled() {
        return ready && flights.isEmpty();
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
            if (connected && how == Kind.LEFT) {
                sayGoodBye();
            } else if (socket != null) {
                ended(how);
                socket.close();
            }
        } catch (IOException e) {
            thread.interrupt();
        }
    }
}
