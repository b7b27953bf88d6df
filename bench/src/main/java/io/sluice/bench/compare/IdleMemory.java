package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an idle connection costs a gateway in memory. The heap has a fixed size and is touched from the start, so resident
 * memory shows what grows outside of it; what grows inside is the live heap after a full collection.
 */
final class IdleMemory {

    private static final List<String> GATEWAY =
            List.of("-XX:+UseG1GC", "-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:MaxGCPauseMillis=20");
    private static final List<String> SOURCES =
            List.of("127.0.0.1,127.0.0.2,127.0.0.3", "127.0.0.4,127.0.0.5,127.0.0.6");
    private static final int REHEARSAL = 500;

    private final Path folder;
    private final Cluster cluster;
    private final Generator generator;

    IdleMemory(Path folder, Cluster cluster, Generator generator) {
        this.folder = folder;
        this.cluster = cluster;
        this.generator = generator;
    }

    private record Memory(long resident, long heap) {}

    /** Measures it on a gateway of its own and gives the table; half of the connections come from each of two processes. */
    List<String> table(int connections) {
        Cluster.Gateway gateway = cluster.startGateway(GATEWAY);
        try {
            hold(gateway, REHEARSAL, () -> null);
            Memory empty = measure(gateway);
            Memory full = hold(gateway, connections, () -> measure(gateway));
            double resident = (full.resident - empty.resident) / (double) connections;
            double heap = (full.heap - empty.heap) / (double) connections;
            List<String> lines = new ArrayList<>(RatioTables.heading(
                    "Memory of idle connections with one subscription each, bytes a connection",
                    List.of("connections", "resident", "live heap", "both", "target", "empty gateway, resident MB")));
            lines.add(RatioTables.line(List.of(
                    String.format(Locale.ROOT, "%,d", connections),
                    String.format(Locale.ROOT, "%,.0f", resident),
                    String.format(Locale.ROOT, "%,.0f", heap),
                    String.format(Locale.ROOT, "%,.0f", resident + heap),
                    "≤ 8,192 " + (resident + heap <= 8_192 ? "✓" : "✗"),
                    String.format(Locale.ROOT, "%,.0f", empty.resident / 1e6))));
            return lines;
        } finally {
            cluster.stop(gateway);
        }
    }

    private interface Action<T> {
        T run();
    }

    private <T> T hold(Cluster.Gateway gateway, int connections, Action<T> action) {
        int first = connections / 2;
        try (IdleClients one = start(gateway, 0, first);
                IdleClients two = start(gateway, 1, connections - first)) {
            one.awaitUp();
            two.awaitUp();
            T result = action.run();
            // What was measured is worth nothing when some of them had gone meanwhile.
            long connected = gateway.connections();
            if (connected != connections) {
                throw new BenchException(connected + " of " + connections + " idle connections are left");
            }
            return result;
        }
    }

    private IdleClients start(Cluster.Gateway gateway, int number, int connections) {
        List<String> arguments = List.of("--connections", Integer.toString(connections));
        return IdleClients.start(generator, gateway, folder, number, SOURCES.get(number), arguments);
    }

    private static Memory measure(Cluster.Gateway gateway) {
        long heap = gateway.process().liveHeapBytes();
        return new Memory(gateway.process().residentBytes(), heap);
    }
}
