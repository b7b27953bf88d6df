package io.sluice.it.harness;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedKafka.Listener;
import io.sluice.embedded.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Kafka or ZooKeeper as a process of its own: {@code kafka|zookeeper FOLDER PORT}, for Kafka followed by more listeners as
 * {@code NAME=PORT=ADVERTISED}. Runs until it is killed.
 */
public final class ServerMain {

    /** What is printed when the server serves. */
    static final String READY = "The server is ready";

    private ServerMain() {}

    /** Starts the server and stays. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[1]);
        int port = Integer.parseInt(args[2]);
        AutoCloseable server = args[0].equals("kafka")
                ? EmbeddedKafka.start(folder, port, Map.of(), listeners(args))
                : EmbeddedZooKeeper.start(folder, port);
        System.out.println(READY + ": " + server);
        new CountDownLatch(1).await();
    }

    /** The argument for a listener of Kafka's that is for one process. */
    static String listener(String process, int port, String advertised) {
        return process.toUpperCase(Locale.ROOT).replace('-', '_') + "=" + port + "=" + advertised;
    }

    private static List<Listener> listeners(String[] args) {
        return Stream.of(args)
                .skip(3)
                .map(argument -> argument.split("=", -1))
                .map(parts -> new Listener(parts[0], Integer.parseInt(parts[1]), parts[2]))
                .toList();
    }
}
