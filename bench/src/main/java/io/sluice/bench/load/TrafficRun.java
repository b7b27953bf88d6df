package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.MqttClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/** One run of messages from the first connection to the last. Used by one thread, which waits while it goes on. */
public final class TrafficRun implements Gathering.Invitation {

    private static final long START_DELAY_MICROS = 20_000;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    private final Traffic traffic;
    private final Load load;
    private final Brokers brokers;
    private final Progress progress;
    private final String id =
            "b" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28, 1 << 30));
    private final RunClock clock = new RunClock();
    private final Lanes lanes;
    private final Publisher[] publishers;
    private final Subscriber[] subscribers;
    /** Of each subscriber; those who share a subscription have them in common. */
    private final SequenceTracker[][] streams;
    /** Come behind all others. */
    private final int stopped;

    private TrafficRun(TrafficPlan plan, Progress progress, ClientLoops loops) {
        this.load = plan.load();
        this.brokers = plan.brokers();
        this.progress = progress;
        this.lanes = new Lanes(loops, clock, progress);
        this.traffic = new Traffic(
                plan.publishers(),
                plan.subscribers(),
                plan.groups(),
                plan.topicsPerPublisher(),
                plan.shared(),
                "bench/" + id);
        this.publishers = new Publisher[traffic.publishers()];
        this.subscribers = new Subscriber[traffic.subscribers()];
        this.streams = new SequenceTracker[subscribers.length][];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = i < receivers() ? SequenceTracker.several(traffic.streamsOf(i)) : streams[traffic.groupOf(i)];
        }
        this.stopped = plan.stopped();
    }

    /**
     * Runs it.
     *
     * @throws BenchException if it cannot be run: a client does not come online
     */
    public static TrafficResult run(TrafficPlan plan, Progress progress) {
        try (ClientLoops loops = new ClientLoops(plan.brokers().eventLoops())) {
            return new TrafficRun(plan, progress, loops).run(loops);
        } catch (ExecutionException e) {
            throw new BenchException("the generator failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private TrafficResult run(ClientLoops loops) throws ExecutionException, InterruptedException {
        int clients = publishers.length + subscribers.length + stopped;
        Gathering gathering = new Gathering(loops, brokers, clients, this);
        gathering.await(online -> progress.connecting(online, clients));

        gathering.keepAlive();
        long practice = practise();
        Timetable timetable =
                Timetable.of(clock.micros() + START_DELAY_MICROS, load.warmUp(), load.duration(), load.rate());
        lanes.all().forEach(lane -> lane.run(timetable, publishers));
        follow(Progress.Phase.WARM_UP, Lane::begun);
        progress.measuring();
        Cpu cpu = new Cpu();
        follow(Progress.Phase.MEASURING, Lane::ended);
        double busy = cpu.busy();
        long due = practice + (load.isClosedLoop() ? 0 : timetable.messages());
        settle(Progress.Phase.DRAINING, due);
        TrafficResult result = result(sent(), due, gathering, busy);
        gathering.end();
        return result;
    }

    /** Returns when all that is practised with has arrived, or nothing arrives any more; tells how many messages that are. */
    private long practise() throws ExecutionException, InterruptedException {
        if (load.practice() == 0) {
            return 0;
        }
        long messages = (long) load.practiceOfEach(publishers.length) * publishers.length;
        lanes.all().forEach(lane -> lane.practise(publishers));
        settle(Progress.Phase.WARM_UP, messages);
        return messages;
    }

    // Who comes: subscribers first, so that nothing is sent before all clients are there.

    @Override
    public MqttClient client(int number, Gathering gathering) {
        if (number < subscribers.length) {
            String client = id + "s" + number;
            subscribers[number] = new Subscriber(
                    lanes.of(number),
                    traffic,
                    load,
                    number,
                    streams[number],
                    publishers,
                    brokers.options(),
                    client,
                    gathering);
            return subscribers[number];
        }
        int publisher = number - subscribers.length;
        if (publisher >= publishers.length) {
            int other = (publisher - publishers.length) % subscribers.length;
            return new StoppedSubscriber(traffic.filter(other), brokers.options(), id + "t" + number, gathering);
        }
        publishers[publisher] = new Publisher(
                lanes.of(publisher), traffic, load, publisher, brokers.options(), id + "p" + publisher, gathering);
        return publishers[publisher];
    }

    @Override
    public EventLoop loop(int number) {
        return lanes.of(number < subscribers.length ? number : number - subscribers.length).loop;
    }

    /** A pair's clients are on different targets when there are several. */
    @Override
    public int target(int number) {
        return number < subscribers.length ? number + 1 : number - subscribers.length;
    }

    @Override
    public boolean isReady(MqttClient client) {
        if (client instanceof Subscriber subscriber) {
            subscriber.subscribe(subscriber.filter(), load.subscriptionQos());
            return false;
        }
        if (client instanceof StoppedSubscriber one) {
            one.subscribe();
            return false;
        }
        return true;
    }

    @Override
    public void subscribed(MqttClient client) {
        if (client instanceof StoppedSubscriber one) {
            one.stopReading();
        }
    }

    // Following it.

    private interface Milestone {
        CompletableFuture<Lane.Snapshot> of(Lane lane);
    }

    private void follow(Progress.Phase phase, Milestone milestone) throws ExecutionException, InterruptedException {
        CompletableFuture<?> reached =
                CompletableFuture.allOf(lanes.all().stream().map(milestone::of).toArray(CompletableFuture<?>[]::new));
        long phaseEnd = clock.micros() + micros(phase);
        long before = clock.micros();
        Totals last = lanes.totals();
        while (!isDone(reached)) {
            Totals totals = lanes.totals();
            long now = clock.micros();
            double seconds = (now - before) / MICROS_PER_SECOND;
            progress.traffic(
                    phase,
                    Math.max(0, TimeUnit.MICROSECONDS.toSeconds(phaseEnd - now)),
                    (totals.published(load.qos()) - last.published(load.qos())) / seconds,
                    (totals.delivered() - last.delivered()) / seconds,
                    totals);
            last = totals;
            before = now;
        }
    }

    private long micros(Progress.Phase phase) {
        return TimeUnit.NANOSECONDS.toMicros(
                (phase == Progress.Phase.WARM_UP ? load.warmUp() : load.duration()).toNanos());
    }

    private static boolean isDone(CompletableFuture<?> future) throws ExecutionException, InterruptedException {
        try {
            future.get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void settle(Progress.Phase phase, long due) throws ExecutionException, InterruptedException {
        lanes.settle(phase, load.drain(), totals -> isComplete(totals, due));
    }

    private boolean isComplete(Totals totals, long due) throws ExecutionException, InterruptedException {
        boolean acknowledged = load.qos() == 0 || totals.acknowledged() + totals.refused() == totals.sent();
        return acknowledged
                && totals.sent() >= due
                && totals.delivered() - totals.duplicates() - totals.foreign() >= expected(sent());
    }

    // Summing it up. What belongs to a lane is read on that lane's thread.

    private long[] sent() throws ExecutionException, InterruptedException {
        long[] sent = new long[publishers.length];
        for (int i = 0; i < sent.length; i++) {
            Publisher publisher = publishers[i];
            sent[i] = Lanes.on(publisher.lane, publisher::sent);
        }
        return sent;
    }

    /** The first so many subscribers have sequences of their own. */
    private int receivers() {
        return traffic.shared() ? traffic.groups() : subscribers.length;
    }

    private long expected(long[] sent) {
        long expected = 0;
        for (int i = 0; i < sent.length; i++) {
            expected += sent[i] * traffic.receiversOf(i);
        }
        return expected;
    }

    private TrafficResult result(long[] sent, long due, Gathering gathering, double cpu)
            throws ExecutionException, InterruptedException {
        double publishRate = 0;
        double deliveryRate = 0;
        double seconds = 0;
        Histogram deliveries = Latency.histogram();
        Histogram acknowledgements = Latency.histogram();
        long lost = 0;
        for (Lane lane : lanes.all()) {
            Lane.Snapshot from = lane.begun().get();
            Lane.Snapshot to = lane.ended().get();
            seconds = (to.micros() - from.micros()) / MICROS_PER_SECOND;
            publishRate += (to.totals().published(load.qos()) - from.totals().published(load.qos())) / seconds;
            deliveryRate += (to.totals().delivered() - from.totals().delivered()) / seconds;
            Lanes.on(lane, () -> {
                deliveries.add(lane.deliveries);
                acknowledgements.add(lane.acknowledgements);
                return null;
            });
        }
        for (int i = 0; i < receivers(); i++) {
            Subscriber subscriber = subscribers[i];
            lost += Lanes.on(lanes.of(i), () -> subscriber.lost(sent));
        }
        Totals totals = lanes.totals();
        return new TrafficResult(
                seconds,
                publishRate,
                deliveryRate,
                deliveryRate * load.payloadBytes() / BYTES_PER_MEGABYTE,
                totals,
                expected(sent),
                Math.max(0, due - totals.sent()),
                lost,
                load.qos() == 0 ? 0 : totals.sent() - totals.acknowledged() - totals.refused(),
                gathering.lost(),
                gathering.firstLoss(),
                Latency.of(deliveries),
                Latency.of(acknowledgements),
                cpu);
    }
}
