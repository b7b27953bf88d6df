package io.sluice.gateway.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.gateway.metrics.GatewayMetrics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How busy an event loop is: the processor time of its thread for each second, as a share, since the last look. */
final class Utilisation {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final CompletableFuture<Long> threadId = new CompletableFuture<>();
    private long lastNanos = System.nanoTime();
    private long lastCpuNanos;
    private double share;

    private Utilisation(EventExecutor loop) {
        loop.execute(() -> threadId.complete(Thread.currentThread().getId()));
    }

    /** Shows each loop of a group among the metrics, and returns all of them. */
    static List<Utilisation> register(EventLoopGroup group, GatewayMetrics metrics) {
        List<Utilisation> loops = new ArrayList<>();
        int index = 0;
        for (EventExecutor loop : group) {
            Utilisation utilisation = new Utilisation(loop);
            loops.add(utilisation);
            metrics.gauge(
                    "sluice.event.loop.utilisation.ratio",
                    "Processor time of an event loop, 1 is all of one processor",
                    utilisation,
                    Utilisation::share,
                    "loop",
                    Integer.toString(index++));
        }
        return loops;
    }

    /** Two scrapers at the same time see the same share. */
    synchronized double share() {
        long now = System.nanoTime();
        if (now - lastNanos > 1_000_000_000L && threadId.isDone()) {
            long cpu = THREADS.getThreadCpuTime(threadId.join());
            share = (double) (cpu - lastCpuNanos) / (now - lastNanos);
            lastCpuNanos = cpu;
            lastNanos = now;
        }
        return share;
    }
}
