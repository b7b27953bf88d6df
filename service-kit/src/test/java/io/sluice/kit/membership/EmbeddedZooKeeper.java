package io.sluice.kit.membership;

import io.sluice.kit.config.ZooKeeperConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** ZooKeeper's own server in the test's process, on a free port of the loopback interface. */
public final class EmbeddedZooKeeper implements AutoCloseable {

    /** ZooKeeper grants session time-outs from two ticks on. */
    private static final int TICK_MS = 100;

    private static final int MAX_CONNECTIONS = 200;
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

    private final File folder;
    private ZooKeeperServer server;
    private NIOServerCnxnFactory connections;
    private int port;

    /** Starts a server that keeps its state in a folder. */
    public EmbeddedZooKeeper(Path folder) {
        this.folder = folder.toFile();
        start();
    }

    /** Starts the server again, at the same port and with what it knew. */
    public void start() {
        try {
            server = new ZooKeeperServer(folder, folder, TICK_MS);
            connections = new NIOServerCnxnFactory();
            connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_CONNECTIONS);
            connections.startup(server);
            port = connections.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ZooKeeper started", e);
        }
    }

    /** Stops the server: an outage for all who use it. */
    public void stop() {
        connections.shutdown();
        server.shutdown(true);
    }

    /** Ends a session, as if its process had been silent for too long. */
    public void expire(long session) {
        server.closeSession(session);
    }

    /** How to reach it. */
    public ZooKeeperConfig config() {
        return new ZooKeeperConfig("127.0.0.1:" + port, "/sluice", SESSION_TIMEOUT, CONNECTION_TIMEOUT);
    }

    @Override
    public void close() {
        stop();
    }
}
