package io.sluice.it.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link between a client and a server, which a test can cut, slow down, or reset. Any thread may do so. What a cut or slow
 * link is given waits in it, as in a network that loses packets and sends them again; nothing is lost or reordered.
 */
public final class Relay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final int CHUNK_BYTES = 8_192;
    private static final int CHUNKS_UNDER_WAY = 256;
    private static final int BACKLOG = 50;

    private final ServerSocket listener;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile InetSocketAddress target;
    private volatile long delayNanos;

    // Guarded by this.
    private boolean cut;

    private Relay(InetSocketAddress target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Listens on a free port and hands on what comes. */
    public static Relay to(InetSocketAddress target) {
        try {
            Relay relay = new Relay(target, new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            thread(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    /** Connections that are made from now on go to another server. */
    public void redirect(InetSocketAddress server) {
        target = server;
    }

    /** Lets nothing pass any more, not even the end of a connection, until {@link #mend}. */
    public synchronized void cut() {
        cut = true;
    }

    /** Everything takes so much longer, in each direction, until {@link #mend}. */
    public void slow(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** The link is whole and fast again. */
    public synchronized void mend() {
        cut = false;
        delayNanos = 0;
        notifyAll();
    }

    /** Resets all connections now, so that neither end can say good-bye. */
    public void reset() {
        wires.forEach(Wire::reset);
    }

    /** Each connection is reset when half of the next that its client sends is through: a request arrives in part. */
    public void resetInRequest() {
        wires.forEach(wire -> wire.breaksRequest = true);
    }

    /** Each connection is reset when half of the next that its server sends is through: a request is served in vain. */
    public void resetInAnswer() {
        wires.forEach(wire -> wire.breaksAnswer = true);
    }

    /** How many connections broke in the middle of a request or an answer so far. */
    public int broken() {
        return broken.get();
    }

    private synchronized void awaitWhole() throws InterruptedException {
        while (cut) {
            wait();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                thread(() -> connect(client));
            } catch (IOException e) {
                reset();
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        Wire wire = new Wire(client, server);
        wires.add(wire);
        try {
            awaitWhole();
            server.connect(target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            wire.pump(client, server, true);
            wire.pump(server, client, false);
        } catch (IOException | InterruptedException e) {
            wire.reset(); // The server is not there; the client finds out in the same way.
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mend();
        reset();
    }

    /** What is under way, and when it arrives. No bytes mean the end. */
    private record Chunk(byte[] bytes, long dueNanos) {
        boolean isEnd() {
            return bytes.length == 0;
        }
    }

    /** One connection. */
    private final class Wire {
        private final Socket client;
        private final Socket server;
        private volatile boolean breaksRequest;
        private volatile boolean breaksAnswer;

        private Wire(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void pump(Socket from, Socket to, boolean request) {
            BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
            thread(() -> read(from, underWay));
            thread(() -> write(underWay, to, request));
        }

        private void read(Socket from, BlockingQueue<Chunk> underWay) {
            byte[] buffer = new byte[CHUNK_BYTES];
            try {
                int length;
                do {
                    length = readOrEnd(from, buffer);
                    underWay.put(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime() + delayNanos));
                } while (length > 0);
            } catch (InterruptedException e) {
                reset();
            }
        }

        private static int readOrEnd(Socket from, byte[] buffer) {
            try {
                return Math.max(0, from.getInputStream().read(buffer));
            } catch (IOException e) {
                return 0;
            }
        }

        private void write(BlockingQueue<Chunk> underWay, Socket to, boolean request) {
            try {
                OutputStream out = to.getOutputStream();
                for (Chunk chunk = underWay.take(); !chunk.isEnd(); chunk = underWay.take()) {
                    awaitArrival(chunk);
                    if (request ? breaksRequest : breaksAnswer) {
                        out.write(chunk.bytes(), 0, chunk.bytes().length / 2);
                        broken.incrementAndGet();
                        reset();
                        return;
                    }
                    out.write(chunk.bytes());
                }
                awaitWhole();
                close();
            } catch (IOException | InterruptedException e) {
                reset();
            } finally {
                underWay.clear(); // The reading side must find room to end.
            }
        }

        private void awaitArrival(Chunk chunk) throws InterruptedException {
            for (long wait = chunk.dueNanos() - System.nanoTime();
                    wait > 0;
                    wait = chunk.dueNanos() - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            awaitWhole();
        }

        private void reset() {
            wires.remove(this);
            abort(client);
            abort(server);
        }

        /** An end without linger sends RST instead of FIN. */
        private static void abort(Socket socket) {
            try (socket) {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                log.trace("Closed already", e);
            }
        }

        private void close() throws IOException {
            wires.remove(this);
            try (client) {
                server.close();
            }
        }
    }
}
