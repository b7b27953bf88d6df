package io.sluice.it.hostile;

import static io.sluice.it.probe.Property.RECEIVE_MAXIMUM;

import io.sluice.it.probe.Bytes;
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
import java.util.Arrays;
import java.util.List;

/** The ways in which a client's connection can go, from the first byte to the last. */
final class Lives {

    private static final int PATIENCE_MS = 30_000;
    private static final int TOPICS = 50;
    private static final int QUEUED = 20;

    /** One way to live, on a socket of its own that is closed afterwards. */
    private interface Life {
        void live(Client client) throws IOException;
    }

    private static final List<Life> ALL = List.of(
            client -> {}, // It never says a word.
            Lives::goodBye,
            client -> {
                client.connect();
                client.reset();
            },
            client -> {
                client.connect();
                client.socket.shutdownOutput();
                client.readToTheEnd();
            },
            Lives::midPacket,
            Lives::midConnect,
            Lives::unreleased,
            Lives::unacknowledged,
            Lives::withWill,
            Lives::withSubscriptions,
            Lives::withQueuedMessages,
            Lives::takenOver,
            Lives::unread);

    /** Those that the gateway ends by its own clock, which takes it seconds. */
    private static final List<Life> SILENT = List.of(Client::readToTheEnd, client -> {
        client.send(Connect.of(client.version)
                .clientId(client.id)
                .keepAlive(1)
                .will(client.topic(), "silent", 1, false)
                .bytes());
        client.readToTheEnd();
    });

    private final InetSocketAddress gateway;

    Lives(InetSocketAddress gateway) {
        this.gateway = gateway;
    }

    /** One life from connecting to the end; its number tells which. */
    void live(int number) {
        live(ALL.get(number % ALL.size()), number, "life" + number);
    }

    /** One that stays silent until the gateway closes it. */
    void liveSilently(int number) {
        live(SILENT.get(number % SILENT.size()), number, "silent" + number);
    }

    private void live(Life life, int number, String id) {
        Version version = List.of(Version.values()).get(number / ALL.size() % Version.values().length);
        try (Client client = new Client(gateway, version, number, id)) {
            life.live(client);
            if (number / ALL.size() % 2 == 0) {
                client.reset();
            }
        } catch (IOException e) {
            throw new AssertionError(id + " of " + version + " was not served", e);
        }
    }

    private static void goodBye(Client client) throws IOException {
        client.connect();
        client.send(Packets.disconnect());
        client.readToTheEnd();
    }

    private static void midPacket(Client client) throws IOException {
        client.connect();
        byte[] packet = Pub.to(client.topic(), "x".repeat(3_000)).qos1(1).bytes(client.version);
        client.send(Arrays.copyOf(packet, 1 + client.number % (packet.length - 1)));
    }

    private static void midConnect(Client client) throws IOException {
        byte[] packet = Connect.of(client.version).clientId(client.id).bytes();
        client.send(Arrays.copyOf(packet, 1 + client.number % (packet.length - 1)));
    }

    /** It has its PUBREC, or does not wait for it, and sends no PUBREL. */
    private static void unreleased(Client client) throws IOException {
        client.connect();
        client.send(Pub.to(client.topic(), "half published").qos2(1).bytes(client.version));
        if (client.number % 4 < 2) {
            client.await(ServerPacket.Pubrec.class);
        }
    }

    /** It receives QoS 2 messages and leaves each of them at another step. */
    private static void unacknowledged(Client client) throws IOException {
        client.connect();
        client.subscribe("own/" + client.id, 2);
        for (int id = 1; id <= 3; id++) {
            client.send(Pub.to("own/" + client.id, "half received").qos2(id).bytes(client.version));
        }
        ServerPacket.Publish first = client.await(ServerPacket.Publish.class);
        ServerPacket.Publish second = client.await(ServerPacket.Publish.class);
        client.await(ServerPacket.Publish.class);
        client.send(Packets.pubrec(first.id()));
        client.await(ServerPacket.Pubrel.class);
        client.send(Packets.pubrec(second.id()));
        if (client.number % 4 < 2) {
            client.send(Packets.pubcomp(first.id()));
        }
    }

    private static void withWill(Client client) throws IOException {
        client.send(Connect.of(client.version)
                .clientId(client.id)
                .will(client.topic(), "w".repeat(100), client.number % 3, false)
                .bytes());
        client.await(ServerPacket.Connack.class);
    }

    private static void withSubscriptions(Client client) throws IOException {
        client.connect();
        for (String filter : List.of("churn/+", "own/" + client.id + "/+/#", "+/" + client.id, client.topic())) {
            client.subscribe(filter, client.number % 3);
        }
        client.send(Pub.to(client.topic(), "to all of them").bytes(client.version));
    }

    /** All but one of its messages wait for it: for its window, or, before MQTT 5, in what it has not read. */
    private static void withQueuedMessages(Client client) throws IOException {
        Connect connect = Connect.of(client.version).clientId(client.id);
        client.send((client.version.is5() ? connect.with(RECEIVE_MAXIMUM, 1) : connect).bytes());
        client.await(ServerPacket.Connack.class);
        client.subscribe("own/" + client.id, 1);
        Bytes all = new Bytes();
        for (int id = 1; id <= QUEUED; id++) {
            all.raw(Pub.to("own/" + client.id, "q".repeat(500)).qos1(id).bytes(client.version));
        }
        client.send(all.toArray());
        client.await(ServerPacket.Publish.class);
    }

    /** Another connection takes its name, and leaves by itself. */
    private static void takenOver(Client client) throws IOException {
        client.connect();
        client.subscribe(client.topic(), 1);
        try (Client heir = new Client(client.gateway, client.version, client.number, client.id)) {
            heir.connect();
            client.readToTheEnd();
        }
    }

    /** It asks and asks and takes no answer. */
    private static void unread(Client client) throws IOException {
        Bytes all =
                new Bytes().raw(Connect.of(client.version).clientId(client.id).bytes());
        for (int i = 0; i < 200; i++) {
            all.raw(Packets.pingreq());
        }
        client.send(
                all.raw(Packets.subscribe(client.version, 1, client.topic(), 0)).toArray());
    }

    /** A socket and what is known of it. */
    private static final class Client implements AutoCloseable {
        private final InetSocketAddress gateway;
        private final Version version;
        private final int number;
        private final String id;
        private final Socket socket;
        private final PacketReader reader;

        Client(InetSocketAddress gateway, Version version, int number, String id) throws IOException {
            this.gateway = gateway;
            this.version = version;
            this.number = number;
            this.id = id;
            this.socket = new Socket(gateway.getAddress(), gateway.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            reader = new PacketReader(new DataInputStream(new BufferedInputStream(socket.getInputStream())), version);
        }

        String topic() {
            return "churn/" + number % TOPICS;
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void connect() throws IOException {
            send(Connect.of(version).clientId(id).bytes());
            await(ServerPacket.Connack.class);
        }

        void subscribe(String filter, int options) throws IOException {
            send(Packets.subscribe(version, 1, filter, options));
            await(ServerPacket.Suback.class);
        }

        /** The next packet of a type; others that come before it are passed over. */
        <P extends ServerPacket> P await(Class<P> type) throws IOException {
            while (true) {
                ServerPacket packet = reader.next();
                if (type.isInstance(packet)) {
                    return type.cast(packet);
                }
            }
        }

        /** Until the gateway has closed; {@code reader.next()} is of no use there, it ends with an exception. */
        void readToTheEnd() throws IOException {
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }

        /** Nothing is said when the socket is closed but RST. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
