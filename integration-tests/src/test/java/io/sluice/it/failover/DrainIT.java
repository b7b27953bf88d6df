package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.Ports;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A gateway that is told to stop tells the load balancer, and sends its clients to the others a few at a time. */
class DrainIT {

    private static final int CLIENTS = 30;
    private static final int RATE = 20;
    private static final String REFERENCE = "mqtt.example.org:1883";
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    /** What HAProxy is told. */
    private static String agent(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whom the gateway that goes can send its clients to. */
    private static void awaitOthersReady() {
        String cluster =
                "http://127.0.0.1:" + Cluster.adminPorts().get("leader").get(0) + "/ha/cluster";
        Awaitility.await("the gateways say that they are ready")
                .atMost(Duration.ofSeconds(20))
                .until(() -> OsProcess.get(cluster).split("\"state\":\"ready\"", -1).length > 3);
    }

    private static Connect durable(boolean clean) {
        return Connect.of(Version.MQTT_5)
                .clientId("drained-" + RUN)
                .clean(clean)
                .with(Property.SESSION_EXPIRY_INTERVAL, 60);
    }

    @Test
    void clientsAreSentAwayAtTheConfiguredPaceAndResumeElsewhereAtOnce() {
        int port = Ports.free();
        Map<String, String> settings = Map.of(
                "SLUICE_AGENT_PORT",
                Integer.toString(port),
                "SLUICE_SYS_INTERVAL",
                "1s",
                "SLUICE_DRAIN_NOTICE",
                "500ms",
                "SLUICE_DRAIN_RATE",
                Integer.toString(RATE),
                "SLUICE_DRAIN_SERVER_REFERENCE",
                REFERENCE);
        List<MqttProbe> clients = new ArrayList<>();
        Cluster.first(); // The others are there before the one that is to go.
        try (GatewayProcess gateway = GatewayProcess.start("drained-gateway", "-Xmx96m", settings)) {
            awaitOthersReady();
            for (int i = 0; i < CLIENTS; i++) {
                Version version = i == 0 ? Version.MQTT_3_1_1 : Version.MQTT_5;
                MqttProbe client = MqttProbe.open(gateway.address(), version);
                client.connect(i == 1 ? durable(true) : Connect.of(version));
                clients.add(client);
            }
            clients.get(1).subscribe("drained/" + RUN, 1);
            assertThat(agent(port)).matches("ready up [1-9][0-9]?[0-9]?%\n");

            long told = System.nanoTime();
            gateway.drain();

            Awaitility.await("the agent check says so")
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> agent(port).equals("drain\n"));
            clients.get(0).expectClosed();
            for (MqttProbe client : clients.subList(1, CLIENTS)) {
                assertThat(client.expectDisconnect(Reason.USE_ANOTHER_SERVER)
                                .properties()
                                .text(Property.SERVER_REFERENCE))
                        .isEqualTo(REFERENCE);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - told))
                    .as("the time that the pace takes")
                    .isGreaterThan(Duration.ofMillis(500 + 1_000L * (CLIENTS - 2) / RATE - 100));
            try (MqttProbe resumed = MqttProbe.open(Cluster.first(), Version.MQTT_5)) {
                assertThat(resumed.connect(durable(false)).sessionPresent()).isTrue();
            }
        } finally {
            clients.forEach(MqttProbe::close);
        }
    }
}
