package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.MqttClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** One run of clients that connect, are accepted, leave, and are followed by the next. */
public final class ConnectRun {

    private static final double MICROS_PER_SECOND = 1e6;
    /** After a failure, so that a server that is down is not asked without end. */
    private static final long PAUSE_MS = 20;

    private final ConnectPlan plan;
    private final Progress progress;
    private final ClientLoops loops;
    private final RunClock clock = new RunClock();
    private final String id =
            "c" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private final List<Door> doors = new ArrayList<>();
    private volatile boolean open = true;

    private ConnectRun(ConnectPlan plan, Progress progress, ClientLoops loops) {
        this.plan = plan;
        this.progress = progress;
        this.loops = loops;
    }

    /** Runs it. */
    public static ConnectResult run(ConnectPlan plan, Progress progress) {
        try (ClientLoops loops = new ClientLoops(plan.brokers().eventLoops())) {
            return new ConnectRun(plan, progress, loops).run();
        } catch (ExecutionException e) {
            throw new BenchException("the generator failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private ConnectResult run() throws ExecutionException, InterruptedException {
        for (EventLoop loop : loops.loops()) {
            doors.add(new Door(loop));
        }
        for (int i = 0; i < plan.brokers().connecting(); i++) {
            doors.get(i % doors.size()).next();
        }
        follow(Progress.Phase.WARM_UP, plan.warmUp().toNanos());
        progress.measuring();
        Cpu cpu = new Cpu();
        Count from = count(true);
        follow(Progress.Phase.MEASURING, plan.duration().toNanos());
        Count to = count(false);
        double busy = cpu.busy();
        open = false;
        double seconds = (to.micros - from.micros) / MICROS_PER_SECOND;
        Histogram times = Latency.histogram();
        for (Door door : doors) {
            door.loop.submit(() -> times.add(door.times)).get();
        }
        return new ConnectResult(
                seconds,
                (to.connected - from.connected) / seconds,
                to.connected,
                to.failed,
                firstFailure.get(),
                Latency.of(times),
                busy);
    }

    private void follow(Progress.Phase phase, long nanos) throws ExecutionException, InterruptedException {
        long end = System.nanoTime() + nanos;
        Count last = count(false);
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
            Count now = count(false);
            double rate = (now.connected - last.connected) * MICROS_PER_SECOND / (now.micros - last.micros);
            long secondsLeft = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, end - System.nanoTime()));
            progress.connections(phase, secondsLeft, rate, now.failed);
            last = now;
        }
    }

    private record Count(long micros, long connected, long failed) {}

    private Count count(boolean reset) throws ExecutionException, InterruptedException {
        long connected = 0;
        long failed = 0;
        for (Door door : doors) {
            Count count = door.loop.submit(() -> door.count(reset)).get();
            connected += count.connected;
            failed += count.failed;
        }
        return new Count(clock.micros(), connected, failed);
    }

    /** Those who come and go on one event loop. Lives on its thread, but for {@link #next}. */
    private final class Door {

        private final EventLoop loop;
        private final Histogram times = Latency.histogram();
        private long connected;
        private long failed;

        Door(EventLoop loop) {
            this.loop = loop;
        }

        Count count(boolean reset) {
            if (reset) {
                times.reset();
            }
            return new Count(0, connected, failed);
        }

        void next() {
            if (open) {
                int number = numbers.getAndIncrement();
                Brokers brokers = plan.brokers();
                MqttClient client = new MqttClient(brokers.options(), id + "n" + number, new Visit(this)) {};
                loops.connect(client, loop, brokers.target(number), brokers.source(number));
            }
        }
    }

    /** One client from its connect to its end. */
    private final class Visit implements MqttClient.Observer {

        private final Door door;
        private final long start = clock.micros();

        Visit(Door door) {
            this.door = door;
        }

        @Override
        public void connected(MqttClient client) {
            door.connected++;
            door.times.recordValue(clock.micros() - start);
            client.leave();
        }

        @Override
        public void subscribed(MqttClient client) {}

        @Override
        public void closed(MqttClient client, String reason) {
            if (reason == null) {
                door.next();
            } else if (open) {
                door.failed++;
                firstFailure.compareAndSet(null, reason);
                door.loop.schedule(door::next, PAUSE_MS, TimeUnit.MILLISECONDS);
            }
        }
    }
}
