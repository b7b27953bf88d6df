package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.it.failover.Checker.Logged;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Event;
import io.sluice.it.failover.History.Kind;
import io.sluice.it.failover.Plan.Lane;
import io.sluice.it.harness.KafkaLog;
import io.sluice.it.probe.Version;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Topics;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many clients at once, in groups in which everybody hears everybody, with one history. Besides these members there may be
 * visitors, one after the other: each subscribes to what is retained, and says good-bye or breaks off.
 */
final class Crowd implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Crowd.class);
    private static final String LOG = new Topics("", Topics.DEFAULT_PARTITIONS).publish();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int GROUP = 5;
    private static final int EXPIRY_SECONDS = 3_600;
    private static final int VISITOR_EXPIRY_SECONDS = 30;
    private static final Duration ARRIVAL = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(250);
    /** What happened just before a server was killed may be lost with it. */
    private static final Duration SHORTLY_BEFORE = Duration.ofSeconds(2);

    private final String name;
    private final History history;
    private final String bootstrapServers;
    private final Map<TopicPartition, Long> logBegin;
    private final List<InetSocketAddress> servers;
    private final List<RecordingClient> members;
    /** The subscribers of each member's group. */
    private final Map<String, Set<String>> audiences = new HashMap<>();

    private final List<Trouble> troubles = new ArrayList<>();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean publishes = true;
    private volatile boolean hasVisitors;
    private volatile boolean visitorsAreDurable;

    // The ticker's.
    private RecordingClient visitor;
    private int visits;
    /** Now and then, so that visitors do not keep in step with the clients, of whose retained messages every third one clears. */
    private boolean pauses;

    private Crowd(String name, String bootstrapServers, List<Plan> plans, long seed, List<InetSocketAddress> servers) {
        this.name = name;
        this.history = new History(name);
        this.bootstrapServers = bootstrapServers;
        this.logBegin = KafkaLog.end(bootstrapServers, LOG);
        this.servers = servers;
        for (Plan plan : plans) {
            audiences.put(
                    plan.name(),
                    plans.stream()
                            .filter(other ->
                                    other.group().equals(plan.group()) && other.subscribes() && !other.shares())
                            .map(Plan::name)
                            .collect(Collectors.toSet()));
        }
        this.members = IntStream.range(0, plans.size())
                .mapToObj(i -> {
                    List<InetSocketAddress> fromHere = new ArrayList<>(servers);
                    Collections.rotate(fromHere, -i);
                    return RecordingClient.start(plans.get(i), history, fromHere, new Habits(seed + i));
                })
                .toList();
    }

    /** So many clients in groups, of QoS 1 alone. */
    static List<Plan> groups(String name, int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> Plan.clean(
                        name + i, name + "/" + i / GROUP, Version.MQTT_3_1_1, 1, List.of(Lane.AT_LEAST_ONCE), false))
                .toList();
    }

    /** Three clients for each of two servers, one for each QoS, which publish in every way and have wills. */
    static List<Plan> everyKind(String name) {
        return everyKind(name, name);
    }

    /** The same in a group of their own, with which visitors are when they stand first. */
    static List<Plan> everyKind(String name, String group) {
        return IntStream.range(0, 6)
                .mapToObj(i -> Plan.clean(
                        name + i,
                        group,
                        i % 4 < 2 ? Version.MQTT_5 : Version.MQTT_3_1_1,
                        i / 2,
                        List.of(Lane.values()),
                        true))
                .toList();
    }

    /**
     * Clients with durable sessions in groups of two publishers and four subscribers, at QoS 1 and 2. Every other one has a will;
     * those of MQTT 5 have it delayed, and take few messages at a time.
     */
    static List<Plan> durable(String name, int groups) {
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < 6 * groups; i++) {
            int place = i % 6;
            plans.add(Plan.clean(
                            name + i,
                            name + "/" + i / 6,
                            (i / 2) % 2 == 0 ? Version.MQTT_5 : Version.MQTT_3_1_1,
                            place < 2 ? Plan.NONE : 1 + place % 2,
                            place < 2 ? List.of(Lane.AT_LEAST_ONCE, Lane.EXACTLY_ONCE) : List.of(),
                            i % 2 == 0)
                    .durable(EXPIRY_SECONDS, 10 * (i / 4 % 2), 4));
        }
        return plans;
    }

    /**
     * Clients with durable sessions, in fives that share the subscription to one group of {@link #durable}. All of a five have
     * one QoS, 1 or 2.
     */
    static List<Plan> sharing(String name, int fives) {
        return IntStream.range(0, GROUP * fives)
                .mapToObj(i -> Plan.clean(
                                name + "-member" + i,
                                name + "/" + i / GROUP,
                                i % 2 == 0 ? Version.MQTT_5 : Version.MQTT_3_1_1,
                                1 + i / GROUP % 2,
                                List.of(),
                                false)
                        .sharing("five")
                        .durable(EXPIRY_SECONDS, 0, 4))
                .toList();
    }

    /** Connects clients, which publish one message on each lane and interval, and returns when all have subscribed. */
    static Crowd start(
            String name, String bootstrapServers, List<Plan> plans, Duration interval, InetSocketAddress... servers) {
        return start(name, bootstrapServers, plans, 0, interval, servers);
    }

    /** @param seed of what the clients do of their own accord */
    static Crowd start(
            String name,
            String bootstrapServers,
            List<Plan> plans,
            long seed,
            Duration interval,
            InetSocketAddress... servers) {
        Crowd crowd = new Crowd(name, bootstrapServers, plans, seed, List.of(servers));
        try {
            Awaitility.await("all clients are connected")
                    .atMost(PATIENCE)
                    .until(() -> crowd.connected() == plans.size());
        } catch (ConditionTimeoutException e) {
            crowd.keepHistory();
            crowd.close();
            throw e;
        }
        crowd.history.calm();
        crowd.ticker.scheduleAtFixedRate(crowd::tick, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return crowd;
    }

    /** Tests something with these clients, and ends them; if the test fails, what happened to them is kept. */
    void during(Consumer<Crowd> test) {
        try (this) {
            test.accept(this);
        } catch (Throwable e) {
            keepHistory();
            throw e;
        }
    }

    private void keepHistory() {
        log.atError().addKeyValue("history", history.save()).log("What happened is kept");
    }

    /** From now on there are visitors. */
    Crowd withVisitors() {
        hasVisitors = true;
        return this;
    }

    /** From now on some of the visitors have durable sessions, and delayed wills. */
    Crowd withDurableVisitors() {
        visitorsAreDurable = true;
        return withVisitors();
    }

    /**
     * From now on those that have durable sessions break off, come back, fall behind and take themselves over.
     *
     * @param mean from one such deed of a client to its next
     */
    Crowd restless(Duration mean) {
        members.forEach(member -> member.habits().restless(mean));
        return this;
    }

    private void tick() {
        members.forEach(member -> member.tick(publishes));
        if (visitor != null) {
            visitor.tick(true);
            if (visitor.hasHeardItself() || !visitor.isRunning()) {
                part(visitor);
                visitor = null;
                pauses = visits % 3 == 0;
            }
        } else if (pauses) {
            pauses = false;
        } else if (hasVisitors && publishes) {
            visits++;
            visitor = RecordingClient.visit(visitor(), history, servers.get(visits % servers.size()));
        }
    }

    private Plan visitor() {
        String group = members.get(0).plan().group();
        Plan plan = Plan.clean(name + "-visitor" + visits, group, Version.MQTT_5, 1, List.of(Lane.AT_LEAST_ONCE), true);
        return visitorsAreDurable && visits / 4 % 2 == 0 ? plan.durable(VISITOR_EXPIRY_SECONDS, visits % 4, 4) : plan;
    }

    /** In turn with and without a word, at each of two servers. */
    private void part(RecordingClient leaving) {
        if (visits % 4 < 2) {
            leaving.die();
        } else {
            leaving.close();
        }
    }

    /** What happened so far. */
    History history() {
        return history;
    }

    /** How many messages were acknowledged so far. */
    long acknowledged() {
        return history.events().stream()
                .filter(event -> event.kind() == Kind.ACKNOWLEDGED)
                .count();
    }

    /** Waits until so many more messages are acknowledged. */
    void awaitMore(int messages) {
        long goal = acknowledged() + messages;
        Awaitility.await(messages + " more messages are acknowledged")
                .atMost(PATIENCE)
                .until(() -> acknowledged() >= goal);
    }

    /** Waits until so many more visitors at each of two servers have seen what is retained. */
    void awaitVisits(int more) {
        int from = history.events().size();
        Awaitility.await(more + " visitors are let in")
                .atMost(PATIENCE)
                .until(() -> history.from(from).stream()
                                .filter(event -> event.kind() == Kind.DIED || event.kind() == Kind.LEFT)
                                .count()
                        >= 2L * more);
    }

    /** How many are connected right now. */
    long connected() {
        return members.stream().filter(RecordingClient::isReady).count();
    }

    /** Those that lost their connection at least once. */
    Set<String> disturbed() {
        Set<String> disturbed = new HashSet<>();
        history.events().stream()
                .filter(event -> event.kind() == Kind.LOST)
                .forEach(event -> disturbed.add(event.client()));
        return disturbed;
    }

    /** How long each took from its first attempt until it had subscribed for the first time, in order. */
    List<Duration> arrivals() {
        return untilSubscribed(connection -> connection == 1);
    }

    /** How long each that lost its connection took from its first attempt until it had subscribed again, in order. */
    List<Duration> comebacks() {
        return untilSubscribed(connection -> connection > 1);
    }

    private List<Duration> untilSubscribed(IntPredicate connections) {
        Map<String, Long> since = new HashMap<>();
        List<Duration> times = new ArrayList<>();
        for (Event event : history.events()) {
            if (!connections.test(event.connection())) {
                continue;
            }
            if (event.kind() == Kind.CONNECTING) {
                since.putIfAbsent(event.client(), event.nanos());
            } else if (event.kind() == Kind.SUBSCRIBED) {
                times.add(Duration.ofNanos(event.nanos() - since.remove(event.client())));
            }
        }
        return times.stream().sorted().toList();
    }

    /** Something happens to the gateway behind this address: connections to it may be lost. */
    synchronized void mayLose(InetSocketAddress server) {
        troubles.add(Trouble.since(name(server), System.nanoTime() - SHORTLY_BEFORE.toNanos()));
    }

    /** From now on no connection may be lost. */
    synchronized void mayLoseNoMore() {
        long now = System.nanoTime();
        troubles.replaceAll(trouble -> trouble.until(now));
    }

    private static String name(InetSocketAddress server) {
        return server.getHostString() + ":" + server.getPort();
    }

    /**
     * Waits until traffic flows: each member has got a message of each QoS at which it publishes to all of its group, which it
     * sent after a place in the history.
     *
     * @return how long after that place this was so
     */
    Duration awaitFlow(int place) {
        return Awaitility.await("traffic flows")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> flow(place), Optional::isPresent)
                .orElseThrow();
    }

    /** The longest time since a place in the history in which a member got no message of QoS 1 from another one. */
    Duration longestSilence(int place) {
        List<Event> events = history.from(place);
        Set<String> topics = members.stream()
                .map(RecordingClient::plan)
                .map(plan -> plan.topic(Lane.AT_LEAST_ONCE.level()))
                .collect(Collectors.toSet());
        Map<String, Long> last = new HashMap<>();
        long begin = events.get(0).nanos();
        long longest = 0;
        for (Event event : events) {
            if (event.kind() == Kind.RECEIVED
                    && audiences.containsKey(event.client())
                    && topics.contains(event.topic())) {
                String way = event.topic() + " to " + event.client();
                Long before = last.put(way, event.nanos());
                longest = Math.max(longest, event.nanos() - (before == null ? begin : before));
            }
        }
        long end = events.get(events.size() - 1).nanos();
        for (long before : last.values()) {
            longest = Math.max(longest, end - before);
        }
        return Duration.ofNanos(longest);
    }

    private Optional<Duration> flow(int place) {
        List<Event> events = history.from(place);
        Set<String> sent = new HashSet<>();
        Map<String, Set<String>> receivers = new HashMap<>();
        Map<String, Long> reachedAll = new HashMap<>();
        for (Event event : events) {
            String message = event.topic() + " " + event.number();
            if (event.kind() == Kind.SENT && audiences.containsKey(event.client()) && isLive(event)) {
                sent.add(message);
            } else if (event.kind() == Kind.RECEIVED
                    && sent.contains(message)
                    && audiences.get(sender(event)).contains(event.client())) {
                Set<String> to = receivers.computeIfAbsent(message, unused -> new HashSet<>());
                to.add(event.client());
                if (to.equals(audiences.get(sender(event)))) {
                    reachedAll.putIfAbsent(event.topic(), event.nanos());
                }
            }
        }
        long flows =
                members.stream().mapToLong(member -> liveLanes(member.plan())).sum();
        return reachedAll.size() < flows
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(
                        Collections.max(reachedAll.values()) - events.get(0).nanos()));
    }

    private static String sender(Event received) {
        return Account.publisher(received.topic());
    }

    private static long liveLanes(Plan plan) {
        return plan.lanes().stream().filter(Lane::isLive).count();
    }

    private static boolean isLive(Event event) {
        return Stream.of(Lane.values())
                .anyMatch(lane -> lane.isLive() && event.topic().endsWith("/" + lane.level()));
    }

    /** Stops publishing, waits until everything has arrived, and fails unless all promises were kept. */
    void settle() {
        Checker.assertKept(judgeWhenSettled(ARRIVAL));
    }

    /** Stops publishing, waits until everything has arrived or does not come any more, and judges. */
    List<Violation> judgeWhenSettled(Duration arrival) {
        publishes = false;
        restless(null);
        Awaitility.await("everything is acknowledged")
                .atMost(PATIENCE)
                .until(() -> members.stream().allMatch(RecordingClient::isSettled));
        long deadline = System.nanoTime() + arrival.toNanos();
        List<Violation> violations = judge();
        while (System.nanoTime() < deadline && violations.stream().anyMatch(Crowd::mayHeal)) {
            LockSupport.parkNanos(PAUSE.toNanos());
            violations = judge();
        }
        return violations;
    }

    /** Whether what is missing may be on its way still. */
    private static boolean mayHeal(Violation violation) {
        return violation.promise() == Promise.SUBSCRIBED_GETS_ALL || violation.promise() == Promise.WILL_ONCE;
    }

    /** All promises that were not kept so far; what is under way is missing still. */
    List<Violation> judge() {
        // Before the log is read, which may have more than this then, but not less.
        List<Event> events = history.events();
        List<Logged> logged = new ArrayList<>();
        Set<String> uniqueIds = new HashSet<>();
        KafkaLog.read(bootstrapServers, LOG, logBegin, record -> {
            String topic = new String(record.key(), UTF_8);
            if (topic.startsWith(name + "/") && isFirstCopy(record, uniqueIds)) {
                Stamp stamp = Stamp.of(topic, record.value());
                logged.add(new Logged(topic, stamp.number(), stamp.attempt()));
            }
        });
        synchronized (this) {
            return Checker.judge(events, history.events(), logged, troubles);
        }
    }

    /** Of the messages with one unique id the first one counts. */
    private static boolean isFirstCopy(ConsumerRecord<byte[], byte[]> record, Set<String> seen) {
        try {
            String uniqueId = PublishRecord.decode(record).uniqueId();
            return uniqueId == null || seen.add(uniqueId);
        } catch (DamagedRecordException e) {
            throw new AssertionError("The log has a record that nobody understands", e);
        }
    }

    @Override
    public void close() {
        ticker.execute(() -> {
            if (visitor != null) {
                visitor.close();
            }
        });
        ticker.shutdown();
        members.forEach(RecordingClient::close);
    }
}
