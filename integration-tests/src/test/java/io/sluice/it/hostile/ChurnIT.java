package io.sluice.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that come and go in every way, and what they leave behind. */
@Soaked
class ChurnIT {

    private static final Logger log = LoggerFactory.getLogger(ChurnIT.class);

    private static final int CLIENTS = Extent.of(2_600, 200_000);
    private static final int WARM_UP = Extent.of(650, 10_000);
    private static final int SILENT = Extent.of(40, 1_000);
    private static final int AT_ONCE = 16;
    private static final int CONTENDERS = 30;
    private static final long MEGABYTE = 1 << 20;

    private static GatewayProcess gateway;

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.start("churned-gateway", "-Xmx128m", Map.of("SLUICE_MQTT_CONNECT_TIMEOUT", "2s"));
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @Test
    void connectionsThatEndInAnyWayLeaveNothingBehind() throws ExecutionException, InterruptedException {
        Lives lives = new Lives(gateway.address());
        churn(lives, WARM_UP);
        gateway.awaitDeserted();
        GatewayProcess.Footprint before = gateway.footprint();

        try (Witness witness = Witness.start(gateway.address(), "churn")) {
            churn(lives, CLIENTS);
            witness.assertUndisturbed();
        }
        gateway.awaitDeserted();
        Awaitility.await("everything is given back")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertGivenBack(before, gateway.footprint()));
        assertThat(gateway.metric("logback_events_total", "level=\"error\""))
                .as("errors that the gateway has logged")
                .isZero();
    }

    private static void assertGivenBack(GatewayProcess.Footprint before, GatewayProcess.Footprint after) {
        log.info("Before {}, after {} more connections {}", before, CLIENTS, after);
        assertThat(after.files()).as("open files").isLessThanOrEqualTo(before.files());
        // Kafka's clients hold a few buffers more or less; 200,000 connections that leave 20 bytes each would show.
        assertThat(after.heapBytes()).as("heap").isLessThan(before.heapBytes() + 4 * MEGABYTE);
        assertThat(after.bufferBytes()).as("buffers").isLessThan(before.bufferBytes() + 4 * MEGABYTE);
    }

    /** Some of the clients stay silent all the while, the others come and go. */
    private static void churn(Lives lives, int clients) throws ExecutionException, InterruptedException {
        ExecutorService silent = Executors.newFixedThreadPool(SILENT);
        ExecutorService loud = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(0, SILENT).forEach(i -> all.add(silent.submit(() -> lives.liveSilently(i))));
            AtomicInteger next = new AtomicInteger();
            for (int thread = 0; thread < AT_ONCE; thread++) {
                all.add(loud.submit(() -> {
                    for (int i = next.getAndIncrement(); i < clients - SILENT; i = next.getAndIncrement()) {
                        lives.live(i);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            silent.shutdownNow();
            loud.shutdownNow();
        }
    }

    @Test
    void ofManyConnectionsOfOneClientTheLastOneStays() {
        List<MqttProbe> probes = new ArrayList<>();
        try {
            IntStream.range(0, CONTENDERS).parallel().forEach(i -> {
                MqttProbe probe = MqttProbe.open(gateway.address(), Version.MQTT_5);
                synchronized (probes) {
                    probes.add(probe);
                }
                probe.send(Connect.of(Version.MQTT_5).clientId("contended"));
            });
            MqttProbe last = MqttProbe.open(gateway.address(), Version.MQTT_5);
            last.connect(Connect.of(Version.MQTT_5).clientId("contended"));
            Awaitility.await("all others are closed")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> probes.stream().noneMatch(ChurnIT::isOpen));
            probes.add(last);
            assertThat(isOpen(last)).as("the last one is open").isTrue();
        } finally {
            probes.forEach(MqttProbe::close);
        }
    }

    /** Takes what came, and then asks for a sign of life. */
    private static boolean isOpen(MqttProbe probe) {
        probe.trySend(Packets.pingreq());
        ServerPacket packet = probe.poll(Duration.ofMillis(500));
        while (packet instanceof ServerPacket.Connack) {
            packet = probe.poll(Duration.ofMillis(500));
        }
        return packet instanceof ServerPacket.Pingresp;
    }
}
