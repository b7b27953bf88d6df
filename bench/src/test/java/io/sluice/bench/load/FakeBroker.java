package io.sluice.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A broker that is just good enough for the generator, and does wrong to deliveries on purpose: to every hundredth of each
 * subscriber. One thread for each connection.
 */
final class FakeBroker implements AutoCloseable {

    private static final int EVERY = 100;
    private static final long STALL_MS = 400;
    private static final String SHARE = "$share/";

    /** What it does wrong. */
    enum Mischief {
        NONE,
        LOSE,
        REPEAT,
        SWAP,
        /** All messages stand still for a while after the 300th delivery. */
        STALL,
        /** Every hundredth message is refused with a PUBACK of MQTT 5. */
        REFUSE,
        /** The subscriber's connection is closed at its hundredth delivery. */
        HANG_UP
    }

    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final Mischief mischief;

    FakeBroker(Mischief mischief) throws IOException {
        this.mischief = mischief;
        start("accept", this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "fake-broker-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Client client = new Client(server.accept());
                clients.add(client);
                start("client", client);
            }
        } catch (IOException e) {
            // Closed: the end of the test.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Client client : clients) {
            client.socket.close();
        }
    }

    private final class Client implements Runnable {
        private final Socket socket;
        private boolean five;
        private String prefix;
        private boolean exact;
        /** One of those who share gets each message, in turn. */
        private boolean shares;

        private long published;
        private long delivered;
        private byte[] held;

        Client(Socket socket) {
            this.socket = socket;
        }

        @Override
        public void run() {
            try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
                while (true) {
                    int first = in.readUnsignedByte();
                    byte[] body = new byte[length(in)];
                    in.readFully(body);
                    handle(first, body);
                }
            } catch (IOException | UncheckedIOException e) {
                // The client went.
            }
        }

        private int length(DataInputStream in) throws IOException {
            int length = 0;
            for (int shift = 0; ; shift += 7) {
                int next = in.readUnsignedByte();
                length |= (next & 0x7F) << shift;
                if (next < 0x80) {
                    return length;
                }
            }
        }

        private void handle(int first, byte[] body) throws IOException {
            switch (first >> 4) {
                case 1 -> {
                    five = body[6] == 5;
                    send(0x20, five ? new byte[3] : new byte[2]);
                }
                case 3 -> publish(first >> 1 & 3, body);
                case 5 -> send(0x62, id(body));
                case 6 -> send(0x70, id(body));
                case 8 -> subscribe(body);
                case 12 -> send(0xD0, new byte[0]);
                case 14 -> socket.close();
                default -> {}
            }
        }

        private byte[] id(byte[] body) {
            return new byte[] {body[0], body[1]};
        }

        private void subscribe(byte[] body) throws IOException {
            int at = five ? 3 : 2;
            int length = (body[at] & 0xFF) << 8 | (body[at + 1] & 0xFF);
            String filter = new String(body, at + 2, length, UTF_8);
            shares = filter.startsWith(SHARE);
            filter = shares ? filter.substring(filter.indexOf('/', SHARE.length()) + 1) : filter;
            exact = !filter.endsWith("+") && !filter.endsWith("#");
            prefix = exact ? filter : filter.substring(0, filter.length() - 1);
            byte[] answer = {body[0], body[1], 0};
            send(0x90, five ? new byte[] {body[0], body[1], 0, 0} : answer);
        }

        private void publish(int qos, byte[] body) throws IOException {
            published++;
            int topicLength = (body[0] & 0xFF) << 8 | (body[1] & 0xFF);
            String topic = new String(body, 2, topicLength, UTF_8);
            byte[] id = qos == 0 ? null : new byte[] {body[2 + topicLength], body[3 + topicLength]};
            if (mischief == Mischief.REFUSE && published % EVERY == 0) {
                send(qos == 1 ? 0x40 : 0x50, new byte[] {id[0], id[1], (byte) 0x97});
                return;
            }
            List<Client> takers =
                    clients.stream().filter(client -> client.wants(topic)).toList();
            if (takers.stream().anyMatch(client -> client.shares)) {
                takers = List.of(takers.get((int) (published % takers.size())));
            }
            for (Client client : takers) {
                client.deliver(qos, body);
            }
            if (qos > 0) {
                send(qos == 1 ? 0x40 : 0x50, id);
            }
        }

        private boolean wants(String topic) {
            return prefix != null && (exact ? topic.equals(prefix) : topic.startsWith(prefix));
        }

        private synchronized void deliver(int qos, byte[] body) throws IOException {
            delivered++;
            boolean now = delivered % EVERY == 0;
            if (now && mischief == Mischief.LOSE) {
                return;
            }
            if (now && mischief == Mischief.HANG_UP) {
                socket.close();
            }
            if (delivered == 300 && mischief == Mischief.STALL) {
                stall();
            }
            if (now && mischief == Mischief.SWAP) {
                held = body;
                return;
            }
            sendQuietly(0x30 | qos << 1, body);
            if (now && mischief == Mischief.REPEAT) {
                sendQuietly(0x30 | qos << 1, body);
            }
            if (held != null) {
                sendQuietly(0x30 | qos << 1, held);
                held = null;
            }
        }

        private void stall() {
            try {
                new CountDownLatch(1).await(STALL_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** A subscriber that is gone is not the publisher's trouble. */
        private void sendQuietly(int first, byte[] body) {
            try {
                send(first, body);
            } catch (IOException e) {
                prefix = null;
            }
        }

        private synchronized void send(int first, byte[] body) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(first);
            int rest = body.length;
            while (rest > 0x7F) {
                out.writeByte((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            out.writeByte(rest);
            out.write(body);
            socket.getOutputStream().write(bytes.toByteArray());
        }
    }
}
