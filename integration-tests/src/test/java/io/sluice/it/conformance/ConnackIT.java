package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Connack;
import io.sluice.it.probe.Version;
import org.junit.jupiter.api.Test;

/** CONNACK, MQTT 5.0 section 3.2: what the server says that it can do. */
class ConnackIT extends MqttTest {

    @AllVersions
    @Normative({"MQTT-3.2.0-1", "MQTT-3.2.0-2", "MQTT-3.2.2-1", "MQTT311-3.2.0-1"})
    void thereIsOneConnackAndItComesFirst(Version version) {
        MqttProbe client = publisher(version);
        client.ping();
        client.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.2.2-8", "MQTT-4.9.0-1"})
    void theCapabilitiesAreThoseOfThisServer() {
        Properties properties = connack(connect(V5)).properties();
        assertThat(properties.has(Property.MAXIMUM_QOS))
                .as("QoS 2 is supported")
                .isFalse();
        assertThat(properties.number(Property.RETAIN_AVAILABLE, 1)).isOne();
        assertThat(properties.number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1))
                .isOne();
        assertThat(properties.number(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 1))
                .isOne();
        assertThat(properties.number(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1)).isOne();
        assertThat(properties.number(Property.RECEIVE_MAXIMUM, 65_535)).isPositive();
        assertThat(properties.number(Property.MAXIMUM_PACKET_SIZE, 268_435_460)).isPositive();
        assertThat(properties.number(Property.TOPIC_ALIAS_MAXIMUM, 0)).isPositive();
        assertThat(properties.has(Property.ASSIGNED_CLIENT_IDENTIFIER)).isFalse();
    }

    @Test
    @Normative("MQTT-4.12.0-6")
    void withoutAMethodInConnectThereIsNoneInConnack() {
        Properties properties = connack(connect(V5)).properties();
        assertThat(properties.has(Property.AUTHENTICATION_METHOD)).isFalse();
        assertThat(properties.has(Property.AUTHENTICATION_DATA)).isFalse();
    }

    @Test
    @Normative({"MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8", "MQTT-4.13.2-1"})
    void aRefusalSaysWhyInWords() {
        MqttProbe client = open(V5);
        client.send(connect(V5).properties(Properties.NONE.with(Property.RECEIVE_MAXIMUM, 0)));
        Connack connack = client.expect(Connack.class);
        assertThat(connack.sessionPresent()).isFalse();
        assertThat(connack.reason()).isGreaterThanOrEqualTo(0x80);
        assertThat(connack.properties().text(Property.REASON_STRING)).isNotBlank();
        client.expectClosed();
    }

    @Test
    @Normative({"MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24"})
    void aRefusalThatWouldBeTooLongForTheClientIsShort() {
        MqttProbe client = open(V5);
        int shortestConnack = 5;
        client.send(connect(V5)
                .properties(Properties.NONE
                        .with(Property.MAXIMUM_PACKET_SIZE, shortestConnack)
                        .with(Property.AUTHENTICATION_METHOD, "none that is known")));
        Connack connack = client.expect(Connack.class);
        assertThat(connack.reason()).isEqualTo(Reason.BAD_AUTHENTICATION_METHOD);
        assertThat(connack.properties()).hasToString("[]");
        client.expectClosed();
    }

    @Test
    @Normative({"MQTT311-3.2.2-6", "MQTT311-3.1.4-1"})
    void before5ThereIsNoConnackForWhatHasNoReturnCode() {
        MqttProbe client = open(V311);
        client.send(Connect.of(V311).clientId(unique("c")).flags(0x1E));
        client.expectClosed();
    }
}
