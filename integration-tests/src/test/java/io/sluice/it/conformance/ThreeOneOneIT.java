package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket.Connack;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is peculiar to MQTT 3.1 and 3.1.1, and how clients of all versions get on with each other. */
class ThreeOneOneIT extends MqttTest {

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"MQTT_3_1", "MQTT_3_1_1"})
    @Normative({"MQTT311-3.2.2-3", "MQTT311-4.1.0-1", "MQTT311-4.1.0-2"})
    void aSessionThatAsksToBeKeptIsServedWhileItIsConnected(Version version) {
        String topic = unique("t");
        MqttProbe client = open(version);
        assertThat(client.connect(connect(version).clean(false)).sessionPresent())
                .isFalse();
        client.subscribe(topic, 1);
        client.expectNothing();
        publisher(version).publish(Pub.to(topic, "x").qos1(1), 1);
        assertThat(client.expectMessage().text()).isEqualTo("x");
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"MQTT_3_1", "MQTT_3_1_1"})
    @Normative({"MQTT311-3.1.2-4", "MQTT311-3.1.2-5", "MQTT311-3.2.2-2", "MQTT311-3.2.2-3"})
    void aSessionThatAsksToBeKeptIsThereTheNextTimeWithWhatCameMeanwhile(Version version) {
        String topic = unique("t");
        Connect connect = connect(version).clean(false);
        MqttProbe client = open(version);
        assertThat(client.connect(connect).sessionPresent()).isFalse();
        client.subscribe(topic, 1);
        client.send(Packets.disconnect());
        client.expectClosed();
        publisher(version).publish(Pub.to(topic, "meanwhile").qos1(1), 1);

        MqttProbe again = open(Cluster.second(), version);
        // MQTT 3.1 has no flag for it.
        assertThat(again.connect(connect).sessionPresent()).isEqualTo(version == V311);
        assertThat(again.expectMessage().text()).isEqualTo("meanwhile");
    }

    @Test
    @Normative({"MQTT311-3.8.4-5", "MQTT311-3.9.3-2"})
    void aRefusedFilterIsAFailureAndTheOthersAreGranted() {
        MqttProbe client = subscriber(V311);
        client.send(Packets.subscribe(
                V311, 1, Properties.NONE, Packets.filter("$share/g", 1), Packets.filter(unique("t"), 2)));
        assertThat(client.expect(Suback.class).reasons()).containsExactly(0x80, 2);
    }

    @Test
    @Normative({"MQTT311-3.3.2-1", "MQTT311-4.5.0-1"})
    void whatMqtt5AddsIsLeftOutForOlderClients() {
        String topic = unique("t");
        MqttProbe v31 = subscriber(Version.MQTT_3_1, topic, 1);
        MqttProbe v311 = subscriber(V311, topic, 2);
        Properties properties = Properties.NONE
                .with(Property.CONTENT_TYPE, "text/plain")
                .with(Property.TOPIC_ALIAS, 1)
                .withUser("a", "b");
        publisher(V5).publish(Pub.to(topic, "plain").qos2(1).properties(properties), 1);
        for (MqttProbe subscriber : new MqttProbe[] {v31, v311}) {
            Publish message = subscriber.expectMessage();
            assertThat(message.topic()).isEqualTo(topic);
            assertThat(message.text()).isEqualTo("plain");
        }
    }

    @Test
    @Normative({"MQTT311-3.1.2-19", "MQTT311-3.1.2-21", "MQTT311-3.1.3-1"})
    void mqtt31HasUserNamesPasswordsAndWills() {
        String topic = unique("t");
        MqttProbe witness = subscriber(Version.MQTT_3_1, topic, 2);
        Connect connect =
                connect(Version.MQTT_3_1).userName("user").password("secret").will(topic, "gone", 2, false);
        connected(Version.MQTT_3_1, connect).close();
        Publish will = witness.expectMessage();
        assertThat(will.text()).isEqualTo("gone");
        assertThat(will.qos()).isEqualTo(2);
    }

    @Test
    @Normative({"MQTT311-3.1.3-9", "MQTT311-3.2.2-5"})
    void mqtt31KnowsNoClientWithoutAnIdentifier() {
        MqttProbe client = open(Version.MQTT_3_1);
        client.send(Connect.of(Version.MQTT_3_1));
        assertThat(client.expect(Connack.class).reason()).isEqualTo(2);
        client.expectClosed();
    }
}
