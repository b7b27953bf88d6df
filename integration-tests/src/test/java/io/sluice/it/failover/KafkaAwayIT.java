package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.KafkaLog;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.Version;
import io.sluice.local.LocalCluster;
import io.sluice.local.LocalConfig;
import io.sluice.wire.Topics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka stays away for longer than clients are kept. */
class KafkaAwayIT {

    private static final int CLIENTS = 100;

    /** Together more than may wait for Kafka. */
    private static final String LARGE = "x".repeat(60_000);

    @Test
    void clientsAreSentAwayAndEachOfTheirWillsIsPublishedOnceKafkaIsBack(@TempDir Path folder) {
        LocalConfig config = new LocalConfig(
                folder,
                true,
                "127.0.0.1",
                List.of(0),
                List.of(0),
                0,
                0,
                0,
                Map.of(
                        "SLUICE_SHED_AFTER", "1s",
                        "SLUICE_LOG_STALE_AFTER", "2s",
                        "SLUICE_LOG_BATCH_BYTES", "1024",
                        "SLUICE_LIMITS_APPEND_BYTES", "1048576"));
        List<MqttProbe> clients = new ArrayList<>();
        try (LocalCluster cluster = LocalCluster.start(config)) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(connect(
                        cluster, Connect.of(Version.MQTT_5).will("away/" + i, "will of " + i + LARGE, 1, false)));
            }
            cluster.kafka().stop();
            clients.forEach(client -> client.expectDisconnect(Reason.USE_ANOTHER_SERVER));

            cluster.kafka().restart();
            Awaitility.await("the gateway lets clients in again")
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(AssertionError.class)
                    .until(() -> {
                        connect(cluster, Connect.of(Version.MQTT_5)).close();
                        return true;
                    });
            Awaitility.await("all wills are in the log")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(published(cluster)).hasSize(CLIENTS));
            assertThat(published(cluster).values()).containsOnly(1);
        } finally {
            clients.forEach(MqttProbe::close);
        }
    }

    /** How often each topic is in the log. */
    private static Map<String, Integer> published(LocalCluster cluster) {
        Map<String, Integer> topics = new TreeMap<>();
        String log = new Topics("", Topics.DEFAULT_PARTITIONS).publish();
        KafkaLog.read(
                cluster.bootstrapServers(),
                log,
                record -> topics.merge(new String(record.key(), StandardCharsets.UTF_8), 1, Integer::sum));
        return topics;
    }

    private static MqttProbe connect(LocalCluster cluster, Connect connect) {
        int port = cluster.gateways().get(0).mqttPort();
        MqttProbe probe = MqttProbe.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Version.MQTT_5);
        try {
            probe.connect(connect);
            return probe;
        } catch (AssertionError e) {
            probe.close();
            throw e;
        }
    }
}
