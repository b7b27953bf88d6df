package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttClient;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * Durable sessions subscribe and go away, messages are published to them, and they come back for what waits. Used by one
 * thread, which waits while it goes on.
 */
public final class DrainRun {

    private static final double MICROS_PER_SECOND = 1e6;

    private final DrainPlan plan;
    private final Load load;
    private final Progress progress;
    private final ClientLoops loops;
    private final RunClock clock = new RunClock();
    private final Lanes lanes;
    private final String id =
            "d" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));
    private final Traffic traffic;
    private final Publisher[] publishers;
    private final Subscriber[] subscribers;

    private DrainRun(DrainPlan plan, Progress progress, ClientLoops loops) {
        this.plan = plan;
        this.load = plan.load();
        this.progress = progress;
        this.loops = loops;
        this.lanes = new Lanes(loops, clock, progress);
        this.traffic = new Traffic(plan.sessions(), plan.sessions(), plan.sessions(), 1, false, "bench/" + id);
        this.publishers = new Publisher[plan.sessions()];
        this.subscribers = new Subscriber[plan.sessions()];
    }

    /**
     * Runs it.
     *
     * @throws BenchException if it cannot be run: a client does not come online
     */
    public static DrainResult run(DrainPlan plan, Progress progress) {
        try (ClientLoops loops = new ClientLoops(plan.brokers().eventLoops())) {
            return new DrainRun(plan, progress, loops).run();
        } catch (ExecutionException e) {
            throw new BenchException("the generator failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private DrainResult run() throws ExecutionException, InterruptedException {
        gather(this::visitor).leave();

        Gathering publishing = gather(this::publisher);
        long messages = (long) load.practiceOfEach(publishers.length) * publishers.length;
        long queueFrom = clock.micros();
        lanes.all().forEach(lane -> lane.practise(publishers));
        long queueTo = lanes.settle(
                Progress.Phase.WARM_UP, load.drain(), totals -> totals.acknowledged() + totals.refused() >= messages);
        publishing.end();

        progress.measuring();
        Cpu cpu = new Cpu();
        long drainFrom = clock.micros();
        Gathering fetching = gather(this::subscriber);
        long drainTo = lanes.settle(
                Progress.Phase.DRAINING,
                load.drain(),
                totals -> totals.delivered() - totals.duplicates() - totals.foreign() >= messages);
        double busy = cpu.busy();
        Totals totals = lanes.totals();
        long lost = lost(messages);
        fetching.end();
        double queueSeconds = (queueTo - queueFrom) / MICROS_PER_SECOND;
        double drainSeconds = (drainTo - drainFrom) / MICROS_PER_SECOND;
        return new DrainResult(
                queueSeconds,
                totals.acknowledged() / queueSeconds,
                drainSeconds,
                (messages - lost) / drainSeconds,
                totals,
                lost,
                messages - totals.acknowledged() - totals.refused(),
                fetching.lost(),
                fetching.firstLoss(),
                busy);
    }

    private long lost(long messages) throws ExecutionException, InterruptedException {
        long[] sent = new long[publishers.length];
        Arrays.fill(sent, messages / publishers.length);
        long lost = 0;
        for (int i = 0; i < subscribers.length; i++) {
            Subscriber subscriber = subscribers[i];
            lost += Lanes.on(lanes.of(i), () -> subscriber.lost(sent));
        }
        return lost;
    }

    /** Returns when as many clients as there are sessions are online. */
    private Gathering gather(BiFunction<Integer, Gathering, MqttClient> clients) {
        Gathering gathering = new Gathering(loops, plan.brokers(), plan.sessions(), new Guests(clients));
        gathering.await(online -> progress.connecting(online, plan.sessions()));
        gathering.keepAlive();
        return gathering;
    }

    /** Comes to subscribe, and leaves a session behind. */
    private MqttClient visitor(int number, Gathering gathering) {
        return new Visitor(plan.brokers().options(), id + "s" + number, gathering, traffic.filter(number));
    }

    private MqttClient publisher(int number, Gathering gathering) {
        ConnectOptions clean = plan.brokers().options().durable(false);
        publishers[number] =
                new Publisher(lanes.of(number), traffic, load, number, clean, id + "p" + number, gathering);
        return publishers[number];
    }

    private MqttClient subscriber(int number, Gathering gathering) {
        ConnectOptions durable = plan.brokers().options();
        subscribers[number] = new Subscriber(
                lanes.of(number),
                traffic,
                load,
                number,
                SequenceTracker.several(traffic.streamsOf(number)),
                publishers,
                durable,
                id + "s" + number,
                gathering);
        return subscribers[number];
    }

    private static final class Visitor extends MqttClient {
        private final String filter;

        Visitor(ConnectOptions options, String id, Observer observer, String filter) {
            super(options, id, observer);
            this.filter = filter;
        }
    }

    /** A client for each session, whatever it comes for. */
    private final class Guests implements Gathering.Invitation {
        private final BiFunction<Integer, Gathering, MqttClient> clients;

        Guests(BiFunction<Integer, Gathering, MqttClient> clients) {
            this.clients = clients;
        }

        @Override
        public MqttClient client(int number, Gathering gathering) {
            return clients.apply(number, gathering);
        }

        @Override
        public EventLoop loop(int number) {
            return lanes.of(number).loop;
        }

        @Override
        public int target(int number) {
            return number;
        }

        @Override
        public boolean isReady(MqttClient client) {
            if (client instanceof Visitor visitor) {
                visitor.subscribe(visitor.filter, plan.qos());
                return false;
            }
            return true;
        }
    }
}
