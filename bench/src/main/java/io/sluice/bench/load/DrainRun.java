package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.load.DrainPlan.Step;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final String id;
    private final Traffic traffic;
    private final Publisher[] publishers;
    /** Of the present wave. */
    private final Subscriber[] subscribers;

    private final List<DrainResult.Wave> waves = new ArrayList<>();
    private int connectionsLost;
    private String firstConnectionLoss;

    private DrainRun(DrainPlan plan, Progress progress, ClientLoops loops) {
        this.plan = plan;
        this.load = plan.load();
        this.progress = progress;
        this.loops = loops;
        this.lanes = new Lanes(loops, clock, progress);
        this.id = plan.id() != null
                ? plan.id()
                : "d" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));
        this.traffic = Traffic.topicEach(plan.publishers(), plan.sessions(), "bench/" + id);
        this.publishers = new Publisher[plan.publishers()];
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
        double createSeconds = plan.steps().contains(Step.CREATE) ? create() : 0;
        long messages = plan.steps().contains(Step.QUEUE) ? (long) plan.messagesEach() * plan.sessions() : 0;
        double queueSeconds = messages > 0 ? queue(messages) : 0;
        Cpu cpu = new Cpu();
        if (plan.steps().contains(Step.FETCH)) {
            progress.measuring();
            fetch();
        }
        Totals totals = lanes.totals();
        double drainSeconds =
                waves.stream().mapToDouble(DrainResult.Wave::drainSeconds).sum();
        return new DrainResult(
                createSeconds,
                queueSeconds,
                rate(totals.acknowledged(), queueSeconds),
                drainSeconds,
                rate(totals.delivered() - totals.duplicates() - totals.foreign(), drainSeconds),
                List.copyOf(waves),
                totals,
                waves.stream().mapToLong(DrainResult.Wave::lost).sum(),
                messages - totals.acknowledged() - totals.refused(),
                connectionsLost,
                firstConnectionLoss,
                cpu.busy());
    }

    private static double rate(long messages, double seconds) {
        return seconds == 0 ? 0 : messages / seconds;
    }

    private double seconds(long fromMicros) {
        return (clock.micros() - fromMicros) / MICROS_PER_SECOND;
    }

    /** Wave by wave. */
    private double create() {
        long begin = clock.micros();
        for (int first = 0; first < plan.sessions(); first += plan.wave()) {
            gather(first, waveFrom(first), this::visitor).leave();
        }
        return seconds(begin);
    }

    private int waveFrom(int first) {
        return Math.min(plan.wave(), plan.sessions() - first);
    }

    private double queue(long messages) throws ExecutionException, InterruptedException {
        Gathering publishing = gather(0, publishers.length, this::publisher);
        long begin = clock.micros();
        lanes.all().forEach(lane -> lane.practise(publishers));
        long end = lanes.settle(
                Progress.Phase.WARM_UP, load.drain(), totals -> totals.acknowledged() + totals.refused() >= messages);
        publishing.end();
        return (end - begin) / MICROS_PER_SECOND;
    }

    private void fetch() throws ExecutionException, InterruptedException {
        for (int first = 0; first < plan.sessions(); first += plan.wave()) {
            fetch(first, waveFrom(first));
        }
    }

    private void fetch(int first, int size) throws ExecutionException, InterruptedException {
        long before = arrived(lanes.totals());
        long messages = (long) plan.messagesEach() * size;
        long begin = clock.micros();
        Gathering fetching = gather(first, size, this::subscriber);
        double connectSeconds = seconds(begin);
        long end = lanes.settle(Progress.Phase.DRAINING, load.drain(), totals -> arrived(totals) - before >= messages);
        double drainSeconds = (end - begin) / MICROS_PER_SECOND;
        waves.add(new DrainResult.Wave(size, connectSeconds, drainSeconds, fetching.refused(), lost(first, size)));
        connectionsLost += fetching.lost();
        firstConnectionLoss = firstConnectionLoss == null ? fetching.firstLoss() : firstConnectionLoss;
        if (plan.id() == null) {
            fetching.end();
        } else {
            fetching.leave();
        }
        Arrays.fill(subscribers, first, first + size, null);
    }

    private static long arrived(Totals totals) {
        return totals.delivered() - totals.duplicates() - totals.foreign();
    }

    private long lost(int first, int size) throws ExecutionException, InterruptedException {
        long[] sent = new long[publishers.length];
        Arrays.fill(sent, (long) plan.messagesEach() * traffic.topicsPerPublisher());
        long lost = 0;
        for (int i = first; i < first + size; i++) {
            Subscriber subscriber = subscribers[i];
            lost += Lanes.on(lanes.of(i), () -> subscriber.lost(sent));
        }
        return lost;
    }

    /** Returns when clients with these numbers are online. */
    private Gathering gather(int first, int count, BiFunction<Integer, Gathering, MqttClient> clients) {
        Gathering gathering = new Gathering(loops, plan.brokers(), count, new Guests(first, clients));
        gathering.await(online -> progress.connecting(first + online, plan.sessions()));
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

    /** A client for each number, whatever it comes for. */
    private final class Guests implements Gathering.Invitation {
        private final int first;
        private final BiFunction<Integer, Gathering, MqttClient> clients;

        Guests(int first, BiFunction<Integer, Gathering, MqttClient> clients) {
            this.first = first;
            this.clients = clients;
        }

        @Override
        public MqttClient client(int number, Gathering gathering) {
            return clients.apply(first + number, gathering);
        }

        @Override
        public EventLoop loop(int number) {
            return lanes.of(first + number).loop;
        }

        @Override
        public int target(int number) {
            return first + number;
        }

        @Override
        public boolean triesAgain() {
            return true;
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
