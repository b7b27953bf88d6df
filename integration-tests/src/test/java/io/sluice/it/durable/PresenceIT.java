package io.sluice.it.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.kafka.PlainKafka;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the cluster knows of clients, whatever their sessions are: one connection for each, and a will that outlives its gateway. */
class PresenceIT {

    private static final Version V5 = Version.MQTT_5;
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Duration LOSS = Duration.ofSeconds(40);

    private final List<MqttProbe> probes = new ArrayList<>();
    private final String id = "present-" + RUN + NAMES.incrementAndGet();
    private final String topic = "presence/" + id;
    private final ObjectMapper json = new ObjectMapper();

    @AfterEach
    void closeProbes() {
        probes.forEach(MqttProbe::close);
    }

    private static int partition(String clientId) {
        return ClientPartitions.of(clientId.getBytes(UTF_8), Topics.DEFAULT_PARTITIONS);
    }

    private MqttProbe open(InetSocketAddress gateway) {
        MqttProbe probe = MqttProbe.open(gateway, V5);
        probes.add(probe);
        return probe;
    }

    private MqttProbe connected(InetSocketAddress gateway, Connect connect) {
        MqttProbe probe = open(gateway);
        probe.connect(connect);
        return probe;
    }

    private MqttProbe witness() {
        MqttProbe witness = connected(Cluster.second(), Connect.of(V5));
        witness.subscribe(topic, 1);
        return witness;
    }

    private Connect clean() {
        return Connect.of(V5).clientId(id);
    }

    private Connect durable() {
        return clean().clean(false).with(Property.SESSION_EXPIRY_INTERVAL, 60);
    }

    private Connect withWill() {
        return clean().will(topic, "gone", 1, false);
    }

    @Test
    @Normative({"MQTT-3.1.4-3", "MQTT311-3.1.4-2"})
    void theLaterConnectWinsAtAnyGatewayWhateverTheSessionsAre() {
        InetSocketAddress[] gateways = {Cluster.first(), Cluster.second()};
        Connect[] connects = {clean(), clean(), durable(), clean(), durable(), durable()};
        MqttProbe earlier = connected(gateways[1], clean());
        for (int i = 0; i < connects.length; i++) {
            MqttProbe later = open(gateways[i % 2]);
            // Clean connections end with themselves, and a clean start ends what there was.
            assertThat(later.connect(connects[i]).sessionPresent()).isEqualTo(i == connects.length - 1);
            earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
            later.ping();
            earlier = later;
        }
        earlier.expectNothing();
    }

    @Test
    void oneOfTwoConnectionsAtTheSameTimeRemains() {
        MqttProbe one = open(Cluster.first());
        MqttProbe other = open(Cluster.second());
        one.send(clean());
        other.send(clean());
        one.expect(ServerPacket.Connack.class);
        other.expect(ServerPacket.Connack.class);
        AtomicInteger ended = new AtomicInteger();
        Awaitility.await("one of them is disconnected").until(() -> {
            for (MqttProbe probe : List.of(one, other)) {
                if (probe.poll(Duration.ofMillis(50)) instanceof ServerPacket.Disconnect disconnect) {
                    assertThat(disconnect.reason()).isEqualTo(Reason.SESSION_TAKEN_OVER);
                    ended.incrementAndGet();
                    (probe == one ? other : one).ping();
                }
            }
            return ended.get() > 0;
        });
        assertThat(ended).hasValue(1);
    }

    @Test
    void aClientThatComesBackAgainAndAgainIsNotTakenForItsOwnPredecessor() {
        MqttProbe last = null;
        for (int i = 0; i < 20; i++) {
            MqttProbe next = connected(Cluster.first(), i % 2 == 0 ? clean() : withWill());
            if (last != null) {
                last.expectDisconnect(Reason.SESSION_TAKEN_OVER);
            }
            last = next;
        }
        try (PlainKafka kafka = new PlainKafka()) {
            // The queue stage has seen all of them when it tells of one of the same partition that came last, from
            // elsewhere.
            String marker = Stream.iterate(0, i -> i + 1)
                    .map(i -> id + "-marker" + i)
                    .filter(other -> partition(other) == partition(id))
                    .findFirst()
                    .orElseThrow();
            connected(Cluster.second(), Connect.of(V5).clientId(marker));
            kafka.find("mqtt.sessions", record -> PlainKafka.hasKey(record, marker));
        }
        last.expectNothing();
        last.ping();
    }

    @Test
    @Normative({"MQTT-3.1.2-8", "MQTT-3.1.4-3"})
    void aConnectionThatIsTakenOverAtAnotherGatewayHasItsWillOnce() {
        MqttProbe witness = witness();
        MqttProbe earlier = connected(Cluster.first(), withWill());
        MqttProbe later = connected(Cluster.second(), clean());
        earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
        assertThat(witness.expectMessage().text()).isEqualTo("gone");
        witness.expectNothing(Duration.ofMillis(1_500));
        later.ping();
    }

    @Test
    @Normative({"MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void aClientThatTookLeaveHasNoWillWhenItComesBackElsewhere() {
        MqttProbe witness = witness();
        MqttProbe client = connected(Cluster.first(), withWill());
        client.send(Packets.disconnect());
        client.expectClosed();
        connected(Cluster.second(), clean()).ping();
        witness.expectNothing(Duration.ofMillis(1_500));
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void aWillOutlivesItsGatewayAndNothingIsLeftOfItsClients() {
        MqttProbe witness = witness();
        GatewayProcess gateway =
                GatewayProcess.start("killed-gateway", "-Xmx96m", Map.of("SLUICE_ZOOKEEPER_SESSION_TIMEOUT", "4s"));
        connected(gateway.address(), withWill());
        String other = id + "-without-will";
        connected(gateway.address(), Connect.of(V5).clientId(other));
        try (PlainKafka kafka = new PlainKafka()) {
            kafka.find("mqtt.sessions", record -> PlainKafka.hasKey(record, other));
            gateway.kill();
            assertThat(witness.expect(ServerPacket.Publish.class, LOSS).text()).isEqualTo("gone");
            kafka.find("mqtt.sessions", record -> PlainKafka.hasKey(record, id) && record.value() == null);
            kafka.find("mqtt.sessions", record -> PlainKafka.hasKey(record, other) && record.value() == null);
        }
    }

    @Test
    void everyClientStandsInTheTopicsOfSessionsAndEvents() {
        MqttProbe client = connected(Cluster.first(), withWill().keepAlive(50));
        try (PlainKafka kafka = new PlainKafka()) {
            JsonNode session = read(kafka.find("mqtt.sessions", isMine(any -> true)));
            assertThat(session.get("version").asInt()).isOne();
            assertThat(session.get("connected").asBoolean()).isTrue();
            assertThat(session.get("gateway").asText()).isNotBlank();
            assertThat(session.get("address").asText()).matches("127\\.0\\.0\\.1:[0-9]+");
            assertThat(session.get("protocolVersion").asInt()).isEqualTo(5);
            assertThat(session.get("keepAliveSeconds").asInt()).isEqualTo(50);
            assertThat(session.get("clean").asBoolean()).isTrue();
            assertThat(session.get("expirySeconds").asInt()).isZero();
            assertThat(session.get("willTopic").asText()).isEqualTo(topic);
            kafka.find(
                    "mqtt.events", isMine(event -> event.get("event").asText().equals("connected")));

            client.send(Packets.disconnect());

            kafka.find("mqtt.sessions", record -> PlainKafka.hasKey(record, id) && record.value() == null);
            JsonNode left = read(kafka.find(
                    "mqtt.events", isMine(event -> event.get("event").asText().equals("disconnected"))));
            assertThat(left.get("reason").asText()).isEqualTo("client-disconnect");
            assertThat(left.get("connected").asBoolean()).isFalse();
        }
    }

    private Predicate<ConsumerRecord<byte[], byte[]>> isMine(Predicate<JsonNode> wanted) {
        return record -> PlainKafka.hasKey(record, id) && record.value() != null && wanted.test(read(record));
    }

    private JsonNode read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return json.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
