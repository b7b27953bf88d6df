package io.sluice.it.failover;

import static io.sluice.it.harness.ProcessCluster.KAFKA;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.OnlySoaked;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.SmallDisk;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk is full, under clients that write down what happens to them, and a durable session that is away. Nothing that was
 * acknowledged is lost, the processes say what is wrong, and go on when there is room again: a router by itself, a broker of
 * Kafka when it is started again, since it halts when it can no longer write.
 */
@OnlySoaked
class DiskFullIT {

    private static final Logger log = LoggerFactory.getLogger(DiskFullIT.class);
    private static final String FULL = "No space left on device";
    private static final String TOPIC = "queued/x";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final int HOUR = 3_600;
    private static final int MAX_PACKET_ID = 0xFFFF;
    private static final int MEGABYTES = 512;
    private static final long PAUSE_MS = 10;
    /** So many bytes a message that the router has to write its state to the disk soon, and yet has room for it later. */
    private static final int LARGE = 10_000;

    private static final int SMALL = 100;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private SmallDisk disk;
    private ProcessCluster cluster;

    private void startWithSmallDisk(String process) {
        disk = SmallDisk.on(folder.resolve(process), MEGABYTES);
        cluster = new ProcessCluster("disk-full", folder, "leader-1", "router-1", "gateway-1", "gateway-2");
        cluster.with("gateway", "SLUICE_SESSIONS_MAX_EXPIRY", "1h").startAll();
    }

    @AfterEach
    void stop() {
        over.set(true);
        threads.shutdownNow();
        if (cluster != null) {
            cluster.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void kafkasDiskIsFull() throws Exception {
        startWithSmallDisk(KAFKA);
        try (Crowd crowd = crowd()) {
            Future<?> publishing = beginToQueue(SMALL);
            disk.fill();
            long full = System.nanoTime();
            assertThat(cluster.get(KAFKA).awaitEnd(PATIENCE))
                    .as("exit code of a broker that can no longer write")
                    .isNotZero();
            awaitStatus("gateway-1", 503);
            awaitStatus("gateway-2", 503);
            awaitStatus("router-1", 503);
            tell("Kafka has halted, and nobody is ready", full);
            assertThat(cluster.get(KAFKA).printed()).contains(FULL);
            for (String gateway : new String[] {"gateway-1", "gateway-2"}) {
                assertThat(cluster.get(gateway).printed()).contains("Kafka does not take writes");
            }
            int before = acknowledged.get();

            disk.makeRoom();
            long room = System.nanoTime();
            cluster.start(KAFKA);
            cluster.awaitReady(KAFKA);
            awaitServing();
            tell("Everything serves again", room);
            awaitMoreThan(before);
            crowd.settle();
            finish(publishing);
        }
    }

    @Test
    void theRoutersDiskIsFull() throws Exception {
        startWithSmallDisk("router-1");
        try (Crowd crowd = crowd()) {
            Future<?> publishing = beginToQueue(LARGE);
            disk.fill();
            long full = System.nanoTime();
            awaitStatus("router-1", 503);
            tell("The router is not ready", full);
            OsProcess router = cluster.get("router-1");
            Awaitility.await("the router says what is wrong")
                    .atMost(PATIENCE)
                    .until(() -> router.printed()
                            .lines()
                            .anyMatch(line -> line.contains("Not running") && line.contains(FULL)));
            assertThat(OsProcess.get(cluster.url("router-1", "/ready"))).contains(FULL);
            // Who is connected does not notice.
            crowd.awaitFlow(crowd.history().note("the router's disk is full"));
            awaitMoreThan(acknowledged.get());
            assertThat(OsProcess.status(cluster.url("gateway-1", "/ready"))).isEqualTo(200);

            disk.makeRoom();
            long room = System.nanoTime();
            cluster.awaitReady("router-1");
            tell("The router serves again", room);
            crowd.settle();
            finish(publishing);
        }
    }

    private Crowd crowd() {
        Crowd crowd = Crowd.start(
                "crowd",
                cluster.bootstrapServers(),
                Crowd.everyKind("crowd"),
                INTERVAL,
                cluster.mqtt("gateway-1"),
                cluster.mqtt("gateway-2"));
        crowd.awaitMore(200);
        return crowd;
    }

    private static void tell(String what, long since) {
        log.atInfo()
                .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since))
                .log(what);
    }

    private void awaitServing() {
        cluster.awaitReady("gateway-1");
        cluster.awaitReady("gateway-2");
        cluster.awaitReady("router-1");
    }

    private void awaitStatus(String member, int status) {
        Awaitility.await(member + " answers /ready with " + status)
                .atMost(PATIENCE)
                .until(() -> OsProcess.status(cluster.url(member, "/ready")) == status);
    }

    private void awaitMoreThan(int before) {
        Awaitility.await("more is acknowledged").atMost(PATIENCE).until(() -> acknowledged.get() > before + 10);
    }

    /** A durable session subscribes and leaves; from then on messages are published to it. */
    private Future<?> beginToQueue(int size) {
        try (MqttProbe away = durable()) {
            away.subscribe(TOPIC, 1);
        }
        Future<?> publishing = threads.submit(() -> publish("x".repeat(size)));
        awaitMoreThan(0);
        return publishing;
    }

    private MqttProbe durable() {
        MqttProbe probe = MqttProbe.open(cluster.mqtt("gateway-2"), Version.MQTT_5);
        probe.send(
                Connect.of(Version.MQTT_5).clientId("away").clean(false).with(Property.SESSION_EXPIRY_INTERVAL, HOUR));
        assertThat(probe.expect(ServerPacket.Connack.class, PATIENCE).reason()).isZero();
        return probe;
    }

    /** One after the other, each when the one before it is acknowledged. */
    private Void publish(String padding) throws InterruptedException {
        try (MqttProbe publisher = MqttProbe.open(cluster.mqtt("gateway-1"), Version.MQTT_5)) {
            publisher.connect(Connect.of(Version.MQTT_5));
            while (!over.get()) {
                int number = acknowledged.get();
                publisher.send(Pub.to(TOPIC, number + " " + padding).qos1(1 + number % MAX_PACKET_ID));
                publisher.expect(ServerPacket.Puback.class, PATIENCE);
                acknowledged.set(number + 1);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
        return null;
    }

    /** The session comes back, and has all that was acknowledged, in its order. */
    private void finish(Future<?> publishing) throws Exception {
        over.set(true);
        publishing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try (MqttProbe back = durable()) {
            for (int number = 0; number < acknowledged.get(); number++) {
                ServerPacket.Publish message = back.expect(ServerPacket.Publish.class, PATIENCE);
                assertThat(message.text()).startsWith(number + " ");
                back.acknowledge(message);
            }
        }
        log.atInfo().addKeyValue("messages", acknowledged.get()).log("All that was acknowledged has arrived");
    }
}
