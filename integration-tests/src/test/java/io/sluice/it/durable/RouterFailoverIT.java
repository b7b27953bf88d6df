package io.sluice.it.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of two routers ends. Clients that are connected exchange messages all the while; others with durable sessions come and
 * go, and what they wait for is measured.
 */
@Soaked
class RouterFailoverIT {

    private static final Logger log = LoggerFactory.getLogger(RouterFailoverIT.class);
    private static final int ROUNDS = Extent.of(1, 8);
    /** So many that their sessions are spread over all partitions. */
    private static final int VISITORS = Extent.of(8, 24);

    private static final int HOUR = 3_600;
    /** With a message every 10 ms; a busy machine takes a part of it. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

    private static final String TOPIC = "live/x";

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Visit> visits = new ConcurrentLinkedQueue<>();
    private ProcessCluster cluster;

    /** A durable connect, by the monotonic clock. */
    private record Visit(String clientId, long began, long ended) {}

    /** What the client that stays connected has received. */
    private record Received(int messages, Duration longestSilence) {}

    @BeforeEach
    void start() {
        cluster = new ProcessCluster("router-failover", folder, "leader-1", "router-1", "router-2", "gateway-1")
                .with("gateway", "SLUICE_SESSIONS_MAX_EXPIRY", "1h")
                .with("router", "SLUICE_PROCESSING_SESSION_TIMEOUT", "1500ms")
                .startAll();
    }

    @AfterEach
    void stop() {
        over.set(true);
        threads.shutdownNow();
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

        List<Long> afterStops = new ArrayList<>();
        List<Long> afterKills = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            afterStops.add(gap("router-" + (1 + round % 2), OsProcess::stop));
            // The other one, which has all tasks by then.
            afterKills.add(gap("router-" + (2 - round % 2), OsProcess::kill));
        }

        over.set(true);
        Received all = received.get(60, TimeUnit.SECONDS);
        assertThat(all.messages()).isEqualTo(published.get(60, TimeUnit.SECONDS));
        assertThat(all.longestSilence()).isLessThan(LONGEST_SILENCE);
        for (Future<?> visitor : visitors) {
            visitor.get(60, TimeUnit.SECONDS);
        }
        log.atInfo()
                .addKeyValue("ms after a clean stop", afterStops)
                .addKeyValue("ms after kill -9", afterKills)
                .addKeyValue("longest silence of those connected", all.longestSilence())
                .log("The longest durable connect");
    }

    /** Ends a router, and tells how long the longest durable connect has taken from then on, in milliseconds. */
    private long gap(String router, Consumer<OsProcess> end) {
        long ended = System.nanoTime();
        end.accept(cluster.get(router));
        awaitVisits();
        long longest = visits.stream()
                .filter(visit -> visit.ended() > ended)
                .mapToLong(visit -> visit.ended() - Math.max(ended, visit.began()))
                .max()
                .orElseThrow();
        cluster.start(router);
        cluster.awaitReady(router);
        // Until it has copies of what the other one has, its tasks are not given to it.
        awaitVisits();
        return TimeUnit.NANOSECONDS.toMillis(longest);
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
