package io.sluice.bench.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A generator process whose clients connect, subscribe and stay until it is closed. */
final class IdleClients implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(5);
    private static final String ALL_UP = "all up";

    private final ManagedProcess process;

    private IdleClients(ManagedProcess process) {
        this.process = process;
    }

    /**
     * Starts to connect them.
     *
     * @param number unlike that of others that stay at the same time
     * @param sources addresses to connect from, with commas between
     * @param arguments of the generator that tell how many there are, and with how many subscriptions
     */
    static IdleClients start(
            Generator generator,
            Cluster.Gateway gateway,
            Path folder,
            int number,
            String sources,
            List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(
                "idle",
                "--target",
                gateway.address(),
                "--source",
                sources,
                "--keep-alive",
                "600",
                "--hold",
                "10m",
                "--quiet"));
        all.addAll(arguments);
        return new IdleClients(generator.start(all, folder.resolve("idle-" + number + ".json")));
    }

    /** Returns when all of them are connected and subscribed. */
    IdleClients awaitUp() {
        process.await(ALL_UP, CONNECT_TIMEOUT, () -> process.output().contains(ALL_UP));
        return this;
    }

    @Override
    public void close() {
        process.close();
    }
}
