package io.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.sluice.gateway.Gateway;
import io.sluice.kit.StartException;
import io.sluice.leader.Leader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterIT {

    @TempDir
    Path folder;

    @Test
    void allPartsAreReadyAndOneLeaderIsPrimary() throws Exception {
        List<String> steps = new ArrayList<>();

        try (LocalCluster cluster = LocalCluster.start(LocalConfig.onFreePorts(folder, 2, 2), steps::add)) {
            assertThat(cluster.gateways()).hasSize(2);
            for (Gateway gateway : cluster.gateways()) {
                assertThat(status(gateway.adminPort(), "/ready")).isEqualTo(200);
            }
            assertThat(status(cluster.router().adminPort(), "/ready")).isEqualTo(200);
            assertThat(cluster.leaders())
                    .hasSize(2)
                    .filteredOn(Leader::isPrimary)
                    .hasSize(1);
        }

        assertThat(steps).hasSize(2);
    }

    @Test
    void aStandbyFollowsAPrimaryThatIsClosed() {
        try (LocalCluster cluster = LocalCluster.start(LocalConfig.onFreePorts(folder, 1, 2))) {
            Leader primary = cluster.leaders().stream()
                    .filter(Leader::isPrimary)
                    .findFirst()
                    .orElseThrow();
            Leader standby = cluster.leaders().get(1 - cluster.leaders().indexOf(primary));

            primary.close();

            await().atMost(Duration.ofSeconds(10)).until(standby::isPrimary);
        }
    }

    @Test
    void aFolderServesOneClusterAfterTheOther() {
        LocalConfig config = LocalConfig.onFreePorts(folder, 1, 1);
        try (LocalCluster first = LocalCluster.start(config)) {
            assertThatThrownBy(() -> LocalCluster.start(config))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use by process");
            assertThat(first.gateways()).hasSize(1);
        }
        try (LocalCluster second = LocalCluster.start(config)) {
            assertThat(second.gateways()).hasSize(1);
        }
    }

    @Test
    void freshLeavesWhatIsNotTheClusters() throws Exception {
        Path note = Files.writeString(folder.resolve("note.txt"), "mine");
        Path old = Files.createDirectories(folder.resolve("kafka/old")).resolve("file");
        Files.writeString(old, "the cluster's");
        LocalConfig config = LocalConfig.onFreePorts(folder, 1, 1);

        try (LocalCluster cluster = LocalCluster.start(new LocalConfig(
                folder, true, config.host(), config.mqttPorts(), config.haPorts(), 0, 0, 0, config.settings()))) {
            assertThat(cluster.gateways()).hasSize(1);
            assertThat(note).exists();
            assertThat(old).doesNotExist();
        }
    }

    @Test
    void retainedMessagesOutliveARestart() throws Exception {
        LocalConfig config = LocalConfig.onFreePorts(folder, 2, 1);
        try (LocalCluster first = LocalCluster.start(config)) {
            Mqtt5BlockingClient publisher = connect(first.gateways().get(0));
            publisher
                    .publishWith()
                    .topic("kept/one")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(true)
                    .payload("1".getBytes(UTF_8))
                    .send();
            publisher
                    .publishWith()
                    .topic("kept/two")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(true)
                    .payload("2".getBytes(UTF_8))
                    .send();
            publisher
                    .publishWith()
                    .topic("kept/one")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(true)
                    .send();
            publisher.disconnect();
        }
        try (LocalCluster second = LocalCluster.start(config)) {
            Mqtt5BlockingClient subscriber = connect(second.gateways().get(1));
            try (Mqtt5BlockingClient.Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
                subscriber.subscribeWith().topicFilter("kept/#").send();

                Optional<Mqtt5Publish> kept = publishes.receive(10, TimeUnit.SECONDS);

                assertThat(kept).hasValueSatisfying(publish -> {
                    assertThat(publish.getTopic()).hasToString("kept/two");
                    assertThat(publish.getPayloadAsBytes()).asString(UTF_8).isEqualTo("2");
                    assertThat(publish.isRetain()).isTrue();
                });
            }
            subscriber.disconnect();
        }
    }

    private static Mqtt5BlockingClient connect(Gateway gateway) {
        Mqtt5BlockingClient client = MqttClient.builder()
                .useMqttVersion5()
                .serverHost("127.0.0.1")
                .serverPort(gateway.mqttPort())
                .buildBlocking();
        client.connect();
        return client;
    }

    private static int status(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
