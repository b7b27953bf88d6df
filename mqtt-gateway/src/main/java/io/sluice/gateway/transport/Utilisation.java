package io.sluice.gateway.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.gateway.metrics.GatewayMetrics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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

    static void register(EventLoopGroup group, GatewayMetrics metrics) {
        int index = 0;
        for (EventExecutor loop : group) {
            metrics.gauge(
                    "sluice.event.loop.utilisation.ratio",
                    "Processor time of an event loop, 1 is all of one processor",
                    new Utilisation(loop),
                    Utilisation::share,
                    "loop",
                    Integer.toString(index++));
        }
    }

    /** Two scrapers at the same time see the same share. */
    private synchronized double share() {
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
