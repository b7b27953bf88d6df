package io.sluice.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Kafka's own broker and KRaft controller, one node, on the loopback interface. Topics stand in a folder and survive a
 * restart. Thread counts and internal topics are small, so that it starts fast and sleeps when nothing happens; what it
 * promises for a record (acks, order, transactions) is what Kafka promises.
 *
 * <p>Topics are never created by use. All methods may be called from any thread, one at a time.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private final Path folder;
    private final Map<String, String> overrides;
    private final List<Listener> listeners;
    private int port;
    private KafkaNode node;

    /**
     * A further address at which the broker serves, for clients that reach it by another way than the rest.
     *
     * @param name letters, digits and underscores
     * @param port to listen on
     * @param advertised {@code host:port} to which the broker sends the clients that come by this listener
     */
    public record Listener(String name, int port, String advertised) {}

    private EmbeddedKafka(Path folder, int port, Map<String, String> overrides, List<Listener> listeners) {
        this.folder = folder;
        this.port = port;
        this.overrides = Map.copyOf(overrides);
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Starts a broker on a free port and returns when it serves clients.
     *
     * @param folder for its data; made when missing
     * @throws UncheckedIOException when the folder cannot be used
     */
    public static EmbeddedKafka start(Path folder) {
        return start(folder, 0, Map.of(), List.of());
    }

    /** As {@link #start(Path, int, Map, List)}, with no other listener than the one on that port. */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> overrides) {
        return start(folder, port, overrides, List.of());
    }

    /**
     * Starts a broker and returns when it serves clients.
     *
     * @param folder for its data; made when missing
     * @param port to listen on; 0 = a free one
     * @param overrides of broker properties, by Kafka's own names
     * @param listeners besides the one on that port
     * @throws UncheckedIOException when the folder cannot be used; its cause is a {@link java.net.BindException} when
     *     the port is taken
     */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> overrides, List<Listener> listeners) {
        EmbeddedKafka kafka = new EmbeddedKafka(folder, port, overrides, listeners);
        kafka.restart();
        return kafka;
    }

    /** Starts the broker again after {@link #stop()}, on the same port and with its data; ends a running one. */
    public void restart() {
        stop();
        try {
            node = KafkaNode.start(folder, port, overrides, listeners);
            port = node.port();
        } catch (IOException e) {
            throw new UncheckedIOException("Kafka did not start: " + e.getMessage(), e);
        }
    }

    /** Stops the broker: for those who use it, an outage. {@link #restart()} ends it. */
    public void stop() {
        if (node != null) {
            node.close();
            node = null;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** How clients reach it: {@code host:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** The same as {@link #stop()}; the data stays in its folder. */
    @Override
    public void close() {
        stop();
    }
}
