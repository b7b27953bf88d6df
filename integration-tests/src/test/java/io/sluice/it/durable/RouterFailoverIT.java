package io.sluice.it.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.OneAtATime;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of two routers ends. Clients that are connected exchange messages all the while; others with durable sessions come and
 * go, and what they wait for is measured.
 */
@Soaked
@ExtendWith(OneAtATime.class)
class RouterFailoverIT {

    private static final Logger log = LoggerFactory.getLogger(RouterFailoverIT.class);
    private static final int ROUNDS = Extent.of(1, 8);
    /** So many that their sessions are spread over all partitions. */
    private static final int VISITORS = Extent.of(8, 24);

    private static final int HOUR = 3_600;
    /** With a message every 10 ms; a busy machine takes a part of it. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

    private static final Duration SESSION_TIMEOUT = Duration.ofMillis(1_500);
    /** The time-out, what the transaction of a dead router takes until it is given up, and a busy machine. */
    private static final Duration LONGEST_AFTER_KILL = SESSION_TIMEOUT.multipliedBy(3);

    private static final String TOPIC = "live/x";
    private static final Topics TOPICS = new Topics("", Topics.DEFAULT_PARTITIONS);

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Visit> visits = new ConcurrentLinkedQueue<>();
    private ProcessCluster cluster;
    private Admin admin;

    /** A durable connect, by the monotonic clock. */
    private record Visit(String clientId, long began, long ended) {}

    /** What the client that stays connected has received. */
    private record Received(int messages, Duration longestSilence) {}

    /** The longest durable connect of each round, in milliseconds: of all, and of those whom the other router serves as before. */
    private static final class Gaps {
        private final List<Long> all = new ArrayList<>();
        private final List<Long> elsewhere = new ArrayList<>();
    }

    @BeforeEach
    void start() {
        cluster = new ProcessCluster("router-failover", folder, "leader-1", "router-1", "router-2", "gateway-1")
                .with("gateway", "SLUICE_SESSIONS_MAX_EXPIRY", "1h")
                .with("router", "SLUICE_PROCESSING_SESSION_TIMEOUT", SESSION_TIMEOUT.toMillis() + "ms")
                .startAll();
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterEach
    void stop() {
        over.set(true);
        threads.shutdownNow();
        admin.close();
        cluster.close();
    }

    @Test
    void clientsWithDurableSessionsConnectAgainAndThoseThatAreConnectedDoNotNotice() throws Exception {
        MqttProbe subscriber = durable("live", Duration.ofSeconds(60));
        subscriber.subscribe(TOPIC, 1);
        Future<Integer> published = threads.submit(this::publish);
        Future<Received> received = threads.submit(() -> receive(subscriber));
        List<Future<?>> visitors = new ArrayList<>();
        for (int i = 0; i < VISITORS; i++) {
            String name = "visitor-" + i;
            visitors.add(threads.submit(() -> visit(name)));
        }
        awaitVisits();

        Gaps afterStops = new Gaps();
        Gaps afterKills = new Gaps();
        for (int round = 0; round < ROUNDS; round++) {
            end("router-" + (1 + round % 2), OsProcess::stop, afterStops);
            end("router-" + (2 - round % 2), OsProcess::kill, afterKills);
        }

        over.set(true);
        Received all = received.get(60, TimeUnit.SECONDS);
        assertThat(all.messages()).isEqualTo(published.get(60, TimeUnit.SECONDS));
        assertThat(all.longestSilence()).isLessThan(LONGEST_SILENCE);
        // Sooner than anybody could have noticed that it is gone, had it not said so.
        assertThat(afterStops.all).allMatch(ms -> ms < SESSION_TIMEOUT.toMillis());
        assertThat(afterKills.all).allMatch(ms -> ms < LONGEST_AFTER_KILL.toMillis());
        for (Future<?> visitor : visitors) {
            visitor.get(60, TimeUnit.SECONDS);
        }
        log.atInfo()
                .addKeyValue("ms after a clean stop", afterStops.all)
                .addKeyValue("of those whom the other router served", afterStops.elsewhere)
                .addKeyValue("ms after kill -9", afterKills.all)
                .addKeyValue("of those whom the other router then served", afterKills.elsewhere)
                .addKeyValue("longest silence of those connected", all.longestSilence())
                .log("The longest durable connect");
    }

    /** Ends a router, and notes how long the longest durable connect has taken from then on. */
    private void end(String router, Consumer<OsProcess> end, Gaps gaps) throws Exception {
        Set<Integer> others = partitionsOfOthers(router);
        long ended = System.nanoTime();
        end.accept(cluster.get(router));
        awaitVisits();
        gaps.all.add(longest(ended, clientId -> true).orElseThrow());
        // A router that has just come back may serve nobody yet.
        longest(ended, clientId -> others.contains(partition(clientId))).ifPresent(gaps.elsewhere::add);
        cluster.start(router);
        cluster.awaitReady(router);
        // Until it has copies of what the other one has, its tasks are not given to it.
        awaitVisits();
    }

    /** How long the longest durable connect of some clients has taken from a moment on, in milliseconds. */
    private OptionalLong longest(long since, Predicate<String> clientIds) {
        return visits.stream()
                .filter(visit -> visit.ended() > since && clientIds.test(visit.clientId()))
                .mapToLong(visit -> TimeUnit.NANOSECONDS.toMillis(visit.ended() - Math.max(since, visit.began())))
                .max();
    }

    private static int partition(String clientId) {
        return ClientPartitions.of(clientId.getBytes(UTF_8), TOPICS.partitions());
    }

    /** The partitions of clients that routers other than this one serve now. */
    private Set<Integer> partitionsOfOthers(String router) throws Exception {
        String group = TOPICS.queueApplicationId();
        return admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members().stream()
                .filter(member -> !member.groupInstanceId().orElseThrow().startsWith(router))
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    /** Waits until each visitor has come twice. */
    private void awaitVisits() {
        long began = System.nanoTime();
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
            Map<String, Long> since = visits.stream()
                    .filter(visit -> visit.began() > began)
                    .collect(Collectors.groupingBy(Visit::clientId, Collectors.counting()));
            return since.size() == VISITORS && since.values().stream().allMatch(count -> count >= 2);
        });
    }

    private MqttProbe durable(String clientId, Duration patience) {
        MqttProbe probe = MqttProbe.open(cluster.mqtt("gateway-1"), Version.MQTT_5);
        probe.send(Connect.of(Version.MQTT_5)
                .clientId(clientId)
                .clean(false)
                .with(Property.SESSION_EXPIRY_INTERVAL, HOUR));
        assertThat(probe.expect(ServerPacket.Connack.class, patience).reason()).isZero();
        return probe;
    }

    private Void visit(String clientId) throws InterruptedException {
        while (!over.get()) {
            long began = System.nanoTime();
            durable(clientId, Duration.ofSeconds(60)).close();
            visits.add(new Visit(clientId, began, System.nanoTime()));
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return null;
    }

    private int publish() throws InterruptedException {
        MqttProbe publisher = MqttProbe.open(cluster.mqtt("gateway-1"), Version.MQTT_5);
        publisher.connect(Connect.of(Version.MQTT_5));
        int number = 0;
        while (!over.get()) {
            publisher.publish(Pub.to(TOPIC, Integer.toString(number)).qos1(1 + number % 1_000), 1 + number % 1_000);
            number++;
            TimeUnit.MILLISECONDS.sleep(10);
        }
        publisher.publish(Pub.to(TOPIC, "end").qos1(1), 1);
        return number;
    }

    private static Received receive(MqttProbe subscriber) {
        long longest = 0;
        long last = 0;
        for (int number = 0; ; number++) {
            ServerPacket.Publish message = subscriber.expectMessage();
            long now = System.nanoTime();
            longest = number == 0 ? 0 : Math.max(longest, now - last);
            last = now;
            if (message.text().equals("end")) {
                return new Received(number, Duration.ofNanos(longest));
            }
            assertThat(message.text()).isEqualTo(Integer.toString(number));
        }
    }
}
