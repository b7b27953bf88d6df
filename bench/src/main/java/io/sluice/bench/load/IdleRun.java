package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.MqttClient;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One run of connections that stay and do nothing. */
public final class IdleRun implements Gathering.Invitation {

    private static final double NANOS_PER_SECOND = 1e9;

    /** As many as the usual pairs of one-to-one traffic. */
    private static final int GROUPS = 100;

    private final IdlePlan plan;
    private final ClientLoops loops;
    private final String id =
            "i" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));

    private IdleRun(IdlePlan plan, ClientLoops loops) {
        this.plan = plan;
        this.loops = loops;
    }

    /**
     * Runs it.
     *
     * @param allUp is called when all connections are up and subscribed
     * @throws BenchException if one of them does not come up
     */
    public static IdleResult run(IdlePlan plan, Progress progress, Runnable allUp) {
        try (ClientLoops loops = new ClientLoops(plan.brokers().eventLoops())) {
            return new IdleRun(plan, loops).run(progress, allUp);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private IdleResult run(Progress progress, Runnable allUp) throws InterruptedException {
        long start = System.nanoTime();
        Gathering gathering = new Gathering(loops, plan.brokers(), plan.connections(), this);
        gathering.await(online -> progress.connecting(online, plan.connections()));
        double connectSeconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        double rate = plan.connections() / connectSeconds;
        gathering.keepAlive();
        allUp.run();
        long held = System.nanoTime();
        long end = held + plan.hold().toNanos();
        for (long left = end - held; left > 0; left = end - System.nanoTime()) {
            progress.connections(Progress.Phase.MEASURING, TimeUnit.NANOSECONDS.toSeconds(left), 0, gathering.lost());
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
        IdleResult result = new IdleResult(
                plan.connections(),
                connectSeconds,
                rate,
                (System.nanoTime() - held) / NANOS_PER_SECOND,
                gathering.lost(),
                gathering.firstLoss());
        gathering.end();
        return result;
    }

    @Override
    public MqttClient client(int number, Gathering gathering) {
        return new IdleClient(number, gathering);
    }

    @Override
    public EventLoop loop(int number) {
        return loops.loops().get(number % loops.loops().size());
    }

    @Override
    public int target(int number) {
        return number;
    }

    @Override
    public boolean isReady(MqttClient client) {
        int number = ((IdleClient) client).number;
        for (int i = 0; i < plan.subscriptions(); i++) {
            client.subscribe(filter(number, i), 1);
        }
        return plan.subscriptions() == 0;
    }

    /**
     * One that shares levels with topics of traffic ({@code bench/run/group/publisher/0000001}) and matches none, so that it is
     * in the way of whoever matches: an exact one the first level, one with wildcards all but the last.
     */
    private String filter(int number, int subscription) {
        return plan.wildcards()
                ? "bench/+/" + number % GROUPS + "/+/" + id + "-" + number + "-" + subscription
                : "bench/" + id + "-" + number + "/" + subscription;
    }

    private final class IdleClient extends MqttClient {
        private final int number;

        IdleClient(int number, Gathering gathering) {
            super(plan.brokers().options(), id + "n" + number, gathering);
            this.number = number;
        }
    }
}
