package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that publishes numbers at QoS 1 to its own topic, subscribes to those of its group, comes back when it loses
 * its connection, sends again what was not acknowledged, and writes down what happened to it. One thread of its own runs
 * the connection; {@link #tick} may be called from another.
 */
final class HistoryClient implements AutoCloseable {

    private static final Version VERSION = Version.MQTT_3_1_1;
    private static final int WINDOW = 4;
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final int CONNECT_MS = 5_000;

    /** A message that came, or an acknowledgement: who had sent it, which one, and when by {@link System#nanoTime}. */
    record Event(String publisher, int number, long nanos) {}

    /** From the first attempt to connect until the subscription was acknowledged. */
    record Recovery(long firstAttempt, long subscribed) {
        Duration took() {
            return Duration.ofNanos(subscribed - firstAttempt);
        }
    }

    private final String id;
    private final String group;
    private final InetSocketAddress server;
    private final Thread thread;
    private volatile boolean closed;

    // Guarded by this.
    private final List<Event> acknowledged = new ArrayList<>();
    private final List<Event> received = new ArrayList<>();
    private final List<Recovery> connections = new ArrayList<>();
    private final Set<Integer> unacknowledged = new LinkedHashSet<>();
    private Socket socket;
    private boolean subscribed;
    private int sent;

    private HistoryClient(String id, String group, InetSocketAddress server) {
        this.id = id;
        this.group = group;
        this.server = server;
        this.thread = new Thread(this::run, id);
        thread.setDaemon(true);
    }

    /** Starts a client, which connects by itself. */
    static HistoryClient start(String id, String group, InetSocketAddress server) {
        HistoryClient client = new HistoryClient(id, group, server);
        client.thread.start();
        return client;
    }

    private void run() {
        while (!closed) {
            long firstAttempt = System.nanoTime();
            while (!closed && !connectAndRead(firstAttempt)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Whether there was a connection, which then was lost again. */
    private boolean connectAndRead(long firstAttempt) {
        boolean wasConnected = false;
        try (Socket connection = new Socket()) {
            connection.setTcpNoDelay(true);
            connection.connect(server, CONNECT_MS);
            PacketReader reader = open(connection);
            connection.getOutputStream().write(Connect.of(VERSION).clientId(id).bytes());
            while (!closed) {
                ServerPacket packet = reader.next();
                if (packet instanceof ServerPacket.Suback) {
                    wasConnected = true;
                }
                handle(packet, connection, firstAttempt);
            }
        } catch (IOException e) {
            lost();
        }
        return wasConnected;
    }

    private static PacketReader open(Socket connection) throws IOException {
        return new PacketReader(new DataInputStream(new BufferedInputStream(connection.getInputStream())), VERSION);
    }

    private synchronized void handle(ServerPacket packet, Socket connection, long firstAttempt) throws IOException {
        if (packet instanceof ServerPacket.Connack connack) {
            if (connack.reason() != 0) {
                throw new IOException("refused with " + connack.reason());
            }
            connection.getOutputStream().write(Packets.subscribe(VERSION, 0xFFFF, group + "/#", 1));
        } else if (packet instanceof ServerPacket.Suback) {
            subscribed = true;
            socket = connection;
            connections.add(new Recovery(firstAttempt, System.nanoTime()));
            for (int number : unacknowledged) {
                write(number, true);
            }
        } else if (packet instanceof ServerPacket.Puback puback) {
            acknowledge(puback.id());
        } else if (packet instanceof ServerPacket.Publish message) {
            String publisher = message.topic().substring(message.topic().lastIndexOf('/') + 1);
            received.add(new Event(publisher, Integer.parseInt(message.text()), System.nanoTime()));
            connection.getOutputStream().write(Packets.puback(message.id()));
        } else {
            throw new IOException("unexpected " + packet);
        }
    }

    private void acknowledge(int packetId) {
        for (Iterator<Integer> numbers = unacknowledged.iterator(); numbers.hasNext(); ) {
            int number = numbers.next();
            if (packetId(number) == packetId) {
                numbers.remove();
                acknowledged.add(new Event(id, number, System.nanoTime()));
                return;
            }
        }
    }

    private synchronized void lost() {
        subscribed = false;
        socket = null;
    }

    /** Publishes the next number, if the client is connected and not too many wait for their acknowledgement. */
    synchronized void tick() {
        if (subscribed && unacknowledged.size() < WINDOW) {
            sent++;
            unacknowledged.add(sent);
            try {
                write(sent, false);
            } catch (IOException e) {
                // The reading side finds out too, and comes back.
                subscribed = false;
            }
        }
    }

    private void write(int number, boolean again) throws IOException {
        Pub publish = Pub.to(topic(), String.valueOf(number)).qos1(packetId(number));
        socket.getOutputStream().write((again ? publish.dup() : publish).bytes(VERSION));
    }

    private static int packetId(int number) {
        return 1 + number % 0xFFF0;
    }

    /** The topic to which it publishes. */
    String topic() {
        return group + "/" + id;
    }

    /** Its name, and the last level of its topic. */
    String id() {
        return id;
    }

    /** Whose messages it should get. */
    String group() {
        return group;
    }

    /** Whether it has a connection with a subscription. */
    synchronized boolean isSubscribed() {
        return subscribed;
    }

    /** Whether everything that it published is acknowledged. */
    synchronized boolean isSettled() {
        return subscribed && unacknowledged.isEmpty();
    }

    /** All acknowledgements, in order. */
    synchronized List<Event> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** All messages, in order. */
    synchronized List<Event> received() {
        return List.copyOf(received);
    }

    /** Every time that it was connected, in order. */
    synchronized List<Recovery> connections() {
        return List.copyOf(connections);
    }

    /** The first occurrences of one publisher's numbers, in the order in which they came. */
    List<Integer> firstOccurrences(String publisher) {
        Set<Integer> numbers = new LinkedHashSet<>();
        received().stream()
                .filter(event -> event.publisher().equals(publisher))
                .forEach(event -> numbers.add(event.number()));
        return List.copyOf(numbers);
    }

    /** All numbers of one publisher that came. */
    Set<Integer> numbersOf(String publisher) {
        return new TreeSet<>(firstOccurrences(publisher));
    }

    /** What was published, as text. */
    static int number(byte[] payload) {
        return Integer.parseInt(new String(payload, UTF_8));
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            if (socket != null) {
                try {
                    socket.close();
                } catch (IOException e) {
                    thread.interrupt();
                }
            }
        }
    }
}
