package io.sluice.it.conformance;

import static io.sluice.it.probe.Packets.NO_LOCAL;
import static io.sluice.it.probe.Packets.filter;
import static io.sluice.it.probe.Property.SUBSCRIPTION_IDENTIFIER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.ServerPacket.Disconnect;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE and SUBACK, MQTT 5.0 sections 3.8 and 3.9. */
class SubscribeIT extends MqttTest {

    @AllVersions
    @Normative({
        "MQTT-3.8.4-1",
        "MQTT-3.8.4-2",
        "MQTT-3.8.4-5",
        "MQTT-3.8.4-6",
        "MQTT-3.8.4-7",
        "MQTT-3.9.3-1",
        "MQTT-3.9.3-2",
        "MQTT-2.2.1-6",
        "MQTT311-3.8.4-1",
        "MQTT311-3.8.4-2",
        "MQTT311-3.8.4-4",
        "MQTT311-3.8.4-5",
        "MQTT311-3.9.3-1",
        "MQTT311-3.9.3-2",
        "MQTT311-2.3.1-7"
    })
    void theSubackAnswersEachFilterInOrder(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(
                version,
                65_535,
                Properties.NONE,
                filter(topic + "/two", 2),
                filter("$share/group", 1),
                filter(topic + "/zero", 0),
                filter(topic + "/one", 1)));
        Suback suback = client.expect(Suback.class);
        int refused = version.is5() ? Reason.TOPIC_FILTER_INVALID : Reason.V3_FAILURE;
        assertThat(suback.id()).isEqualTo(65_535);
        assertThat(suback.reasons()).containsExactly(2, refused, 0, 1);

        MqttProbe publisher = publisher(version);
        for (String level : new String[] {"zero", "one", "two"}) {
            publisher.publish(Pub.to(topic + "/" + level, level).qos2(1), 1);
            assertThat(client.expectMessage().text()).isEqualTo(level);
        }
    }

    @AllVersions
    @Normative({"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT311-3.8.4-4", "MQTT311-3.8.4-5"})
    void onePacketMayHaveManyFilters(Version version) {
        String topic = unique("t");
        byte[][] filters = IntStream.range(0, 50)
                .mapToObj(i -> filter(topic + "/" + i, i % 3))
                .toArray(byte[][]::new);
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(version, 1, Properties.NONE, filters));
        List<Integer> expected = IntStream.range(0, 50).mapToObj(i -> i % 3).toList();
        assertThat(client.expect(Suback.class).reasons()).isEqualTo(expected);
        publisher(version).publish(Pub.to(topic + "/49", "last").qos1(1), 1);
        assertThat(client.expectMessage().text()).isEqualTo("last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share/group", "a/b#"})
    @Normative({"MQTT-3.9.3-2", "MQTT-3.8.4-7"})
    void aFilterIsRefusedInWords(String filter) {
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 3, filter, 1));
        Suback suback = client.expect(Suback.class);
        assertThat(suback.reasons()).containsExactly(Reason.TOPIC_FILTER_INVALID);
        assertThat(suback.properties().text(Property.REASON_STRING)).isNotBlank();
        client.ping();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share//a", "$share/group", "$share/group/", "$share/a+/b", "$share/a#/b", "$share/"})
    @Normative({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
    void aSharedSubscriptionThatIsNoneIsRefused(String filter) {
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 3, filter, 1));
        expectFilterRefused(client);
    }

    @Test
    @Normative("MQTT-3.8.3-4")
    void noLocalOnASharedSubscriptionIsAProtocolError() {
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 3, "$share/group/" + unique("t"), NO_LOCAL));
        client.expectDisconnect(Reason.PROTOCOL_ERROR);
    }

    @From311
    @Normative({"MQTT-3.8.1-1", "MQTT-2.1.3-1", "MQTT311-3.8.1-1", "MQTT311-2.2.2-2"})
    void theFlagsOfSubscribeAreReserved(Version version) {
        byte[] packet = Packets.subscribe(version, 1, unique("t"), 0);
        for (int first : new int[] {0x80, 0x81, 0x86}) {
            MqttProbe client = subscriber(version);
            packet[0] = (byte) first;
            client.send(packet);
            client.expectDisconnect(Reason.MALFORMED_PACKET);
        }
    }

    @From311
    @Normative({"MQTT-3.8.3-2", "MQTT311-3.8.3-3"})
    void aSubscribeWithoutAFilterIsAProtocolError(Version version) {
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(version, 1, Properties.NONE));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-2.2.1-3", "MQTT311-2.3.1-1"})
    void aSubscribeWithoutAnIdentifierIsAProtocolError(Version version) {
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(version, 0, unique("t"), 0));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-3.8.3-1", "MQTT-1.5.4-1", "MQTT311-3.8.3-1", "MQTT311-1.5.3-1"})
    void aFilterIsWellFormedText(Version version) {
        byte[] illFormed =
                new Bytes().binary(new byte[] {(byte) 0xC0, (byte) 0xAF}).u8(0).toArray();
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(version, 1, Properties.NONE, illFormed));
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.TOPIC_FILTER_INVALID);
    }

    @Test
    @Normative({"MQTT-3.8.3-5"})
    void reservedOptionsAreRefused() {
        int qos3 = 0x03;
        int retainHandling3 = 0x30;
        for (int options : new int[] {0x40, 0x80, qos3, retainHandling3}) {
            MqttProbe client = subscriber(V5);
            client.send(Packets.subscribe(V5, 1, unique("t"), options));
            client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x04, 0x80})
    @Normative("MQTT311-3.8.3-4")
    void before5TheOptionsAreTheQosAlone(int options) {
        MqttProbe client = subscriber(V311);
        client.send(Packets.subscribe(V311, 1, unique("t"), options));
        client.expectClosed();
    }

    @Test
    @Normative("MQTT-3.8.3-3")
    void noLocalKeepsOnesOwnMessagesAway() {
        String topic = unique("t");
        MqttProbe client = publisher(V5);
        client.subscribe(topic, 1 | NO_LOCAL);
        client.subscribe(topic + "/local", 1);
        client.publish(Pub.to(topic, "mine").qos1(1), 1);
        publisher(V5).publish(Pub.to(topic, "yours").qos1(1), 1);
        assertThat(client.expectMessage().text()).isEqualTo("yours");
        client.send(Pub.to(topic + "/local", "mine too"));
        assertThat(client.expectMessage().text()).isEqualTo("mine too");
        client.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.8.4-3", "MQTT311-3.8.4-3"})
    void subscribingAgainReplaces(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic, 2);
        client.subscribe(topic, 0);
        publisher(version).publish(Pub.to(topic, "x").qos2(1), 1);
        assertThat(client.expectMessage().qos()).isZero();
        client.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.8.4-4", "MQTT311-3.8.4-3"})
    void subscribingAgainLosesNothing(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic, 1);
        MqttProbe publisher = publisher(version);
        int count = 20;
        Bytes all = new Bytes();
        for (int i = 0; i < count; i++) {
            all.raw(Pub.to(topic, String.valueOf(i)).qos1(i + 1).bytes(version));
        }
        publisher.send(all.toArray());
        List<String> received = new ArrayList<>();
        int subacks = 0;
        client.send(Packets.subscribe(version, 1, topic, 1));
        while (received.size() < count || subacks == 0) {
            ServerPacket packet = client.poll(MqttProbe.DEADLINE);
            if (packet instanceof Publish message) {
                received.add(message.text());
                client.send(Packets.puback(message.id()));
            } else {
                assertThat(packet).isInstanceOf(Suback.class);
                subacks++;
            }
        }
        assertThat(received)
                .containsExactlyElementsOf(
                        IntStream.range(0, count).mapToObj(String::valueOf).toList());
        client.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.3.4-2", "MQTT311-3.3.5-1"})
    void overlappingSubscriptionsGiveOneDeliveryAtTheHighestQos(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic + "/#", 0);
        client.subscribe(topic + "/+", 2);
        client.subscribe(topic + "/x", 1);
        publisher(version).publish(Pub.to(topic + "/x", "m").qos2(1), 1);
        assertThat(client.expectMessage().qos()).isEqualTo(2);
        client.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.3.4-3", "MQTT-3.3.4-4"})
    void aDeliveryNamesAllSubscriptionsThatItMatches() {
        String topic = unique("t");
        MqttProbe client = subscriber(V5);
        long largest = 268_435_455;
        subscribe(client, topic + "/#", 1, 7);
        subscribe(client, topic + "/x", 1, largest);
        client.subscribe(topic + "/+", 1);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic + "/x", "both").qos1(1), 1);
        Publish both = client.expectMessage();
        assertThat(both.properties().subscriptionIdentifiers()).containsExactlyInAnyOrder(7L, largest);
        publisher.publish(Pub.to(topic + "/y", "one").qos1(1), 1);
        assertThat(client.expectMessage().properties().subscriptionIdentifiers())
                .containsExactly(7L);
        client.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.3.4-3", "MQTT-3.8.4-3"})
    void anIdentifierGoesWithItsSubscription() {
        String topic = unique("t");
        MqttProbe client = subscriber(V5);
        MqttProbe publisher = publisher(V5);
        subscribe(client, topic, 1, 1);
        subscribe(client, topic, 1, 128);
        publisher.publish(Pub.to(topic, "new identifier").qos1(1), 1);
        assertThat(client.expectMessage().properties().subscriptionIdentifiers())
                .containsExactly(128L);
        client.subscribe(topic, 1);
        publisher.publish(Pub.to(topic, "no identifier").qos1(1), 1);
        assertThat(client.expectMessage().properties().subscriptionIdentifiers())
                .isEmpty();
    }

    @Test
    @Normative("MQTT-4.13.1-1")
    void aSubscriptionHasNoIdentifierZeroAndNoTwo() {
        Properties none = Properties.NONE;
        Properties[] wrong = {
            none.with(SUBSCRIPTION_IDENTIFIER, 0),
            none.with(SUBSCRIPTION_IDENTIFIER, 1).with(SUBSCRIPTION_IDENTIFIER, 2)
        };
        for (Properties properties : wrong) {
            MqttProbe client = subscriber(V5);
            client.send(Packets.subscribe(V5, 1, properties, filter(unique("t"), 0)));
            client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @Test
    @Normative({"MQTT-3.8.4-7", "MQTT-3.9.3-2"})
    void aClientHasNoMoreSubscriptionsThanTheServerAllows() {
        Assumptions.assumeFalse(Cluster.isForeign(), "the limit is this server's own");
        String topic = unique("t");
        int limit = 1_000;
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 1, Properties.NONE, numbered(topic, 0, limit)));
        assertThat(client.expect(Suback.class).reasons()).hasSize(limit).containsOnly(0);
        client.send(Packets.subscribe(V5, 2, Properties.NONE, numbered(topic, limit - 1, limit + 1)));
        assertThat(client.expect(Suback.class).reasons()).containsExactly(0, Reason.QUOTA_EXCEEDED);
        client.subscribe(topic + "/0", 1);
    }

    @Test
    @Normative("MQTT-4.13.1-1")
    void onePacketHasNoMoreFiltersThanTheServerAllows() {
        Assumptions.assumeFalse(Cluster.isForeign(), "the limit is this server's own");
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 1, Properties.NONE, numbered(unique("t"), 0, 1_001)));
        client.expectDisconnect(Reason.QUOTA_EXCEEDED);
    }

    private static byte[][] numbered(String topic, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> filter(topic + "/" + i, 0))
                .toArray(byte[][]::new);
    }

    private static void subscribe(MqttProbe client, String filter, int options, long identifier) {
        Properties properties = Properties.NONE.with(SUBSCRIPTION_IDENTIFIER, identifier);
        client.send(Packets.subscribe(V5, 1, properties, filter(filter, options)));
        assertThat(client.expect(Suback.class).reasons()).containsExactly(options & 3);
    }

    /** A bad filter is refused alone, or with the whole packet. */
    static void expectFilterRefused(MqttProbe client, Integer... more) {
        ServerPacket answer = client.poll(MqttProbe.DEADLINE);
        List<Integer> allowed = new ArrayList<>(List.of(more));
        allowed.add(Reason.TOPIC_FILTER_INVALID);
        if (answer instanceof Suback suback) {
            int reason = suback.reasons().get(0);
            assertThat(reason).isIn(client.version().is5() ? allowed : List.of(Reason.V3_FAILURE));
        } else if (client.version().is5()) {
            allowed.addAll(List.of(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR));
            assertThat(answer).isInstanceOf(Disconnect.class);
            assertThat(((Disconnect) answer).reason()).isIn(allowed);
            client.expectClosed();
        } else {
            assertThat(answer).isInstanceOf(ServerPacket.Closed.class);
        }
    }
}
