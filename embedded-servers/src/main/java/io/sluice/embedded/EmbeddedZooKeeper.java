package io.sluice.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;

/**
 * ZooKeeper's own server, alone, on the loopback interface. It speaks its NIO transport only and has no admin server.
 * What it knows stands in a folder and survives a restart.
 *
 * <p>All methods may be called from any thread, one at a time.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {

    /** Sessions expire on a grid of this width. */
    private static final int TICK_MS = 250;

    private static final int SESSION_TIMEOUT_MIN_MS = 2 * TICK_MS;
    private static final int SESSION_TIMEOUT_MAX_MS = 120_000;
    private static final int MAX_CONNECTIONS_PER_ADDRESS = 1_000;
    private static final int SNAPSHOTS_KEPT = 3;

    /** Of each log file; the server's own 64 MiB are for another size of cluster. */
    private static final long LOG_PREALLOCATION_BYTES = 1 << 20;

    private final Path folder;
    private int port;
    private ZooKeeperServer server;
    private NIOServerCnxnFactory connections;

    private EmbeddedZooKeeper(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts a server on a free port.
     *
     * @param folder for its state; made when missing
     * @throws UncheckedIOException when the folder cannot be used
     */
    public static EmbeddedZooKeeper start(Path folder) {
        return start(folder, 0);
    }

    /**
     * Starts a server.
     *
     * @param folder for its state; made when missing
     * @param port to listen on; 0 = a free one
     * @throws UncheckedIOException when the folder cannot be used; its cause is a {@link java.net.BindException} when
     *     the port is taken
     */
    public static EmbeddedZooKeeper start(Path folder, int port) {
        EmbeddedZooKeeper zooKeeper = new EmbeddedZooKeeper(folder, port);
        zooKeeper.restart();
        return zooKeeper;
    }

    /** Starts the server again after {@link #stop()}, on the same port and with what it knew; ends a running one. */
    public void restart() {
        stop();
        try {
            Files.createDirectories(folder);
            FileTxnLog.setPreallocSize(LOG_PREALLOCATION_BYTES);
            PurgeTxnLog.purge(folder.toFile(), folder.toFile(), SNAPSHOTS_KEPT);
            server = new ZooKeeperServer(folder.toFile(), folder.toFile(), TICK_MS);
            server.setMinSessionTimeout(SESSION_TIMEOUT_MIN_MS);
            server.setMaxSessionTimeout(SESSION_TIMEOUT_MAX_MS);
            connections = new NIOServerCnxnFactory();
            connections.configure(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_CONNECTIONS_PER_ADDRESS);
            connections.startup(server);
            port = connections.getLocalPort();
        } catch (IOException e) {
            stop();
            throw new UncheckedIOException("ZooKeeper did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ZooKeeper started", e);
        }
    }

    /** Stops the server: for those who use it, an outage. {@link #restart()} ends it. */
    public void stop() {
        if (connections != null) {
            connections.shutdown();
            connections = null;
        }
        if (server != null) {
            server.shutdown(true);
            server = null;
        }
    }

    /**
     * Ends a client's session, as its time-out would.
     *
     * @param sessionId as the client knows it
     * @throws IllegalStateException when the server is stopped
     */
    public void expire(long sessionId) {
        if (server == null) {
            throw new IllegalStateException("ZooKeeper is stopped");
        }
        server.closeSession(sessionId);
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** How clients reach it: {@code host:port}. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    /** The same as {@link #stop()}; what it knows stays in its folder. */
    @Override
    public void close() {
        stop();
    }
}
