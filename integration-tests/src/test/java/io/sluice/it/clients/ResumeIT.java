package io.sluice.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.clients.RealClient.Received;
import io.sluice.it.clients.RealClient.Subscription;
import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.harness.Relay;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Other people's clients with durable sessions, whose gateway is killed, go on at another one. */
class ResumeIT {

    private static final int MESSAGES = 100;

    private final String topic = "resume/" + UUID.randomUUID();
    private int published;

    /** All subscriptions, by the names of their clients; they end while there is a server that hears of it. */
    private record Subscriptions(Map<String, Subscription> byName) implements AutoCloseable {
        @Override
        public void close() {
            byName.values().forEach(Subscription::close);
        }
    }

    @Test
    void nothingIsLostAndAtQos2NothingComesTwice() {
        try (GatewayProcess dying = GatewayProcess.start("dying", "-Xmx128m", Map.of());
                Relay wire = Relay.to(dying.address());
                MqttProbe publisher = MqttProbe.open(Cluster.first(), Version.MQTT_5);
                Subscriptions all = new Subscriptions(new LinkedHashMap<>())) {
            publisher.connect(Connect.of(Version.MQTT_5));
            subscribeAll(wire, all.byName());
            publish(publisher);
            wire.redirect(Cluster.second());
            dying.kill();
            publish(publisher);
            all.byName().forEach(this::expectAll);
            publish(publisher);
            all.byName().forEach(this::expectAll);
        }
    }

    /** It has to look for the first copy in what was written before it began to read. */
    @Test
    void aQos2MessageThatIsSentAgainToAGatewayThatStartedSinceArrivesOnce() {
        Connect durable = Connect.of(Version.MQTT_5)
                .clientId(topic)
                .clean(false)
                .with(Property.SESSION_EXPIRY_INTERVAL, RealClient.EXPIRY_SECONDS);
        try (MqttProbe publisher = MqttProbe.open(Cluster.first(), Version.MQTT_5)) {
            publisher.connect(durable);
            publisher.send(Pub.to(topic, "once").qos2(7));
            publisher.expect(ServerPacket.Pubrec.class);
        }
        try (GatewayProcess late = GatewayProcess.start("late", "-Xmx128m", Map.of());
                MqttProbe subscriber = MqttProbe.open(late.address(), Version.MQTT_5);
                MqttProbe publisher = MqttProbe.open(late.address(), Version.MQTT_5)) {
            subscriber.connect(Connect.of(Version.MQTT_5));
            subscriber.subscribe(topic, 2);
            assertThat(publisher.connect(durable).sessionPresent()).isTrue();
            publisher.publish(Pub.to(topic, "once").qos2(7).dup(), 7);
            publisher.publish(Pub.to(topic, "next").qos1(8), 8);
            assertThat(subscriber.expectMessage().text()).isEqualTo("next");
        }
    }

    private void subscribeAll(Relay wire, Map<String, Subscription> subscriptions) {
        for (RealClient client : RealClientsIT.CLIENTS) {
            for (Version version : client.versions()) {
                subscriptions.put(
                        client.name() + " " + version,
                        client.subscribeDurably(wire.address(), version, topic + "/#", 2));
            }
        }
    }

    private void publish(MqttProbe publisher) {
        for (int i = 0; i < MESSAGES; i++) {
            String number = Integer.toString(++published);
            publisher.publish(Pub.to(topic + "/1", number).qos1(1), 1);
            publisher.publish(Pub.to(topic + "/2", number).qos2(2), 2);
        }
    }

    /** Everything that was published has come, in order; what comes again at QoS 1 has come before. */
    private void expectAll(String name, Subscription subscription) {
        List<String> all =
                IntStream.rangeClosed(1, published).mapToObj(Integer::toString).toList();
        Awaitility.await("everything has come to " + name)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    List<Received> came = List.copyOf(subscription.received());
                    assertThat(payloads(came, 2)).isEqualTo(all);
                    assertThat(payloads(came, 1).stream().distinct()).isEqualTo(all);
                });
    }

    private static List<String> payloads(List<Received> came, int qos) {
        List<String> payloads = new ArrayList<>();
        came.stream().filter(message -> message.qos() == qos).forEach(message -> payloads.add(message.payload()));
        return payloads;
    }
}
