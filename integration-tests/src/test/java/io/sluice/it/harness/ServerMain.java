package io.sluice.it.harness;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Kafka or ZooKeeper as a process of its own: {@code kafka|zookeeper FOLDER PORT}. Runs until it is killed. */
public final class ServerMain {

    /** What is printed when the server serves. */
    static final String READY = "The server is ready";

    private ServerMain() {}

    /** Starts the server and stays. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[1]);
        int port = Integer.parseInt(args[2]);
        AutoCloseable server = args[0].equals("kafka")
                ? EmbeddedKafka.start(folder, port, Map.of())
                : EmbeddedZooKeeper.start(folder, port);
        System.out.println(READY + ": " + server);
        new CountDownLatch(1).await();
    }
}
