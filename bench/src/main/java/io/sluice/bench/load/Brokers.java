package io.sluice.bench.load;

import io.sluice.bench.mqtt.ConnectOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What is loaded, and from where.
 *
 * @param targets one or more; clients are spread over them in turn
 * @param sources addresses to connect from, in turn; empty for the system's choice
 * @param options what clients say in CONNECT
 * @param eventLoops threads, 1 to 64
 * @param connecting connections that may be on their way at the same time, 1 or more
 */
public record Brokers(
        List<InetSocketAddress> targets,
        List<InetAddress> sources,
        ConnectOptions options,
        int eventLoops,
        int connecting) {

    private static final int MAX_EVENT_LOOPS = 64;

    /** Checks the ranges. */
    public Brokers {
        targets = List.copyOf(targets);
        sources = List.copyOf(sources);
        Require.that(!targets.isEmpty(), "at least one target is needed");
        Require.range("event loops", eventLoops, 1, MAX_EVENT_LOOPS);
        Require.range("connections on their way", connecting, 1, Integer.MAX_VALUE);
    }

    InetSocketAddress target(int number) {
        return targets.get(number % targets.size());
    }

    InetAddress source(int number) {
        // Sources change slower than targets, so that each pair comes up.
        return sources.isEmpty() ? null : sources.get(number / targets.size() % sources.size());
    }
}
