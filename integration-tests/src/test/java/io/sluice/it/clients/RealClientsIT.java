package io.sluice.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.clients.RealClient.Message;
import io.sluice.it.clients.RealClient.Received;
import io.sluice.it.clients.RealClient.Subscription;
import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.Relay;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is published on one gateway arrives on the other, whoever sends and whoever receives. */
class RealClientsIT {

    static final List<RealClient> CLIENTS = List.of(
            new MosquittoClient(), new HiveMqClient(), new PahoV3Client(), new PahoV5Client(), new MqttJsClient());

    static Stream<Arguments> clients() {
        return CLIENTS.stream()
                .flatMap(client -> client.versions().stream()
                        .sorted()
                        .map(version -> Arguments.argumentSet(client.name() + " " + version, client, version)));
    }

    private final String topic = "it/" + UUID.randomUUID();

    @ParameterizedTest
    @MethodSource("clients")
    @Normative("MQTT311-7.0.0-2")
    void messagesOfEachQosArrive(RealClient client, Version version) throws Exception {
        try (Subscription subscription = client.subscribe(Cluster.second(), version, topic + "/#", 2)) {
            for (int qos = 0; qos <= 2; qos++) {
                client.publish(Cluster.first(), version, new Message(topic + "/x", "qos " + qos, qos, false));
                assertThat(next(subscription)).isEqualTo(new Received(topic + "/x", "qos " + qos, qos, false));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void retainedMessagesAwaitTheSubscriber(RealClient client, Version version) throws Exception {
        client.publish(Cluster.first(), version, new Message(topic, "kept", 1, true));
        try (Subscription subscription = client.subscribe(Cluster.second(), version, topic, 1)) {
            assertThat(next(subscription)).isEqualTo(new Received(topic, "kept", 1, true));
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void willsArrive(RealClient client, Version version) throws Exception {
        Message will = new Message(topic, "gone", 1, false);
        try (Subscription subscription = client.subscribe(Cluster.second(), version, topic, 1);
                Relay wire = Relay.to(Cluster.first());
                AutoCloseable dying = client.connectWithWill(wire.address(), version, will)) {
            assertThat(dying).isNotNull();
            wire.reset();
            assertThat(next(subscription)).isEqualTo(new Received(topic, "gone", 1, false));
        }
    }

    @Test
    @Normative("MQTT311-7.0.0-2")
    void everyKindUnderstandsEveryOther() throws Exception {
        List<Subscription> subscriptions = new ArrayList<>();
        try {
            for (RealClient client : CLIENTS) {
                Version version =
                        client.versions().stream().max(Version::compareTo).orElseThrow();
                subscriptions.add(client.subscribe(Cluster.second(), version, topic, 1));
            }
            List<String> sent = new ArrayList<>();
            for (RealClient client : CLIENTS) {
                Version version =
                        client.versions().stream().min(Version::compareTo).orElseThrow();
                client.publish(Cluster.first(), version, new Message(topic, "from " + client.name(), 1, false));
                sent.add("from " + client.name());
            }
            for (Subscription subscription : subscriptions) {
                List<String> received = new ArrayList<>();
                for (int i = 0; i < sent.size(); i++) {
                    received.add(next(subscription).payload());
                }
                assertThat(received).isEqualTo(sent);
            }
        } finally {
            subscriptions.forEach(Subscription::close);
        }
    }

    @Test
    void clientsOfAllKindsShareAGroup() throws Exception {
        List<Subscription> members = new ArrayList<>();
        try {
            for (RealClient client : CLIENTS) {
                Version version =
                        client.versions().stream().max(Version::compareTo).orElseThrow();
                String shared = "$share/all-kinds/" + topic + "/#";
                members.add(client.subscribe(
                        members.size() % 2 == 0 ? Cluster.first() : Cluster.second(), version, shared, 2));
            }
            Set<String> sent = new HashSet<>();
            RealClient publisher = CLIENTS.get(1);
            Version version = publisher.versions().iterator().next();
            for (int i = 0; i < 20; i++) {
                Message message = new Message(topic + "/" + i, Integer.toString(i), i % 3, false);
                publisher.publish(Cluster.first(), version, message);
                sent.add(message.payload());
            }
            List<String> received = new ArrayList<>();
            long deadline = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
            while (received.size() < sent.size() && System.nanoTime() < deadline) {
                for (Subscription member : members) {
                    Received message = member.received().poll(10, TimeUnit.MILLISECONDS);
                    if (message != null) {
                        received.add(message.payload());
                    }
                }
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
        } finally {
            members.forEach(Subscription::close);
        }
    }

    private static Received next(Subscription subscription) throws InterruptedException {
        return subscription.received().poll(MqttProbe.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
}
