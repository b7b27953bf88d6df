package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.CONTENT_TYPE;
import static io.sluice.it.probe.Property.CORRELATION_DATA;
import static io.sluice.it.probe.Property.MESSAGE_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.PAYLOAD_FORMAT_INDICATOR;
import static io.sluice.it.probe.Property.RESPONSE_TOPIC;
import static io.sluice.it.probe.Property.SESSION_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.WILL_DELAY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Connack;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.Version;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Wills, MQTT 5.0 sections 3.1.2.5 and 3.1.3.2. */
class WillIT extends MqttTest {

    @AllVersions
    @Normative({
        "MQTT-3.1.2-7",
        "MQTT-3.1.2-8",
        "MQTT-3.1.2-10",
        "MQTT-3.1.2-12",
        "MQTT-3.1.2-14",
        "MQTT311-3.1.2-8",
        "MQTT311-3.1.2-10",
        "MQTT311-3.1.2-16"
    })
    void aWillIsPublishedOnceWithItsQos(Version version) {
        for (int qos = 0; qos <= 2; qos++) {
            String topic = unique("t");
            MqttProbe witness = subscriber(version, topic, 2);
            connected(version, connect(version).will(topic, "gone", qos, false)).close();
            Publish will = witness.expectMessage();
            assertThat(will.text()).isEqualTo("gone");
            assertThat(will.qos()).isEqualTo(qos);
            assertThat(will.retain()).isFalse();
            witness.expectNothing();
            subscriber(version, topic, 2).expectNothing();
        }
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-15", "MQTT311-3.1.2-17"})
    void aWillMayBeRetained(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        connected(version, connect(version).will(topic, "gone", 1, true)).close();
        assertThat(witness.expectMessage().retain()).isFalse();
        Publish retained = subscriber(version, topic, 1).expectMessage();
        assertThat(retained.text()).isEqualTo("gone");
        assertThat(retained.retain()).isTrue();
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-8", "MQTT311-3.1.2-12"})
    void withoutAWillNothingIsPublished(Version version) {
        MqttProbe witness = subscriber(version, unique("t") + "/#", 0);
        connected(version, connect(version)).close();
        witness.expectNothing();
    }

    @From311
    @Normative({"MQTT-3.1.2-8", "MQTT-4.13.1-1", "MQTT311-3.1.2-8"})
    void aConnectionThatTheServerClosesHasAWill(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        MqttProbe client = connected(version, connect(version).will(topic, "misbehaved", 1, false));
        client.send(Bytes.packet(0xC1, new byte[0]));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
        assertThat(witness.expectMessage().text()).isEqualTo("misbehaved");
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-8", "MQTT-3.1.4-3", "MQTT311-3.1.2-8"})
    void aConnectionThatIsTakenOverHasAWill(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        String id = unique("c");
        MqttProbe earlier = connected(version, Connect.of(version).clientId(id).will(topic, "taken over", 1, false));
        connected(version, Connect.of(version).clientId(id));
        earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
        assertThat(witness.expectMessage().text()).isEqualTo("taken over");
    }

    @Test
    @Normative({"MQTT-3.1.3-10", "MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-18", "MQTT-3.3.2-20"})
    void aWillHasItsOwnProperties() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        Properties sent = Properties.NONE
                .with(PAYLOAD_FORMAT_INDICATOR, 1)
                .with(MESSAGE_EXPIRY_INTERVAL, 100)
                .with(CONTENT_TYPE, "text/plain")
                .with(RESPONSE_TOPIC, "why")
                .with(CORRELATION_DATA, new byte[] {1, 2})
                .withUser("z", "1")
                .withUser("a", "2")
                .withUser("z", "3");
        connected(V5, connect(V5).will(topic, "gone", 1, false, sent)).close();
        Properties received = witness.expectMessage().properties();
        assertThat(received.number(PAYLOAD_FORMAT_INDICATOR)).isOne();
        assertThat(received.number(MESSAGE_EXPIRY_INTERVAL)).isBetween(85L, 100L);
        assertThat(received.text(CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(received.text(RESPONSE_TOPIC)).isEqualTo("why");
        assertThat(received.bytes(CORRELATION_DATA)).isEqualTo(new byte[] {1, 2});
        assertThat(received.userProperties()).containsExactly("z=1", "a=2", "z=3");
        assertThat(received.has(WILL_DELAY_INTERVAL)).isFalse();
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void aWillMayBeDelayed() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        connected(V5, connect(V5).with(SESSION_EXPIRY_INTERVAL, 30).will(topic, "gone", 1, false, delay(2)))
                .close();
        witness.expectNothing(Duration.ofMillis(1_700));
        assertThat(witness.expect(Publish.class, Duration.ofSeconds(4)).text()).isEqualTo("gone");
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void aWillIsDelayedNoLongerThanItsSession() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        connected(V5, connect(V5).with(SESSION_EXPIRY_INTERVAL, 1).will(topic, "short", 1, false, delay(600)))
                .close();
        Publish atItsEnd = witness.expect(Publish.class, Duration.ofSeconds(4));
        assertThat(atItsEnd.text()).isEqualTo("short");
        witness.acknowledge(atItsEnd);

        connected(V5, connect(V5).will(topic, "none", 1, false, delay(600))).close();
        assertThat(witness.expect(Publish.class, Duration.ofSeconds(4)).text()).isEqualTo("none");
    }

    @Test
    @Normative({"MQTT-3.1.2-8", "MQTT-3.14.4-3"})
    void aWillIsDelayedNoLongerThanTheSessionThatDisconnectAsksFor() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        MqttProbe client = connected(
                V5, connect(V5).with(SESSION_EXPIRY_INTERVAL, 600).will(topic, "ended", 1, false, delay(600)));
        client.send(Packets.disconnect(Reason.DISCONNECT_WITH_WILL, Properties.NONE.with(SESSION_EXPIRY_INTERVAL, 0)));
        client.expectClosed();
        assertThat(witness.expectMessage().text()).isEqualTo("ended");
    }

    @Test
    @Normative("MQTT-3.1.3-9")
    void aClientThatComesBackInTimeHasNoWill() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        Connect connect = connect(V5).with(SESSION_EXPIRY_INTERVAL, 30).clean(false);
        connected(V5, connect.will(topic, "gone", 1, false, delay(1))).close();
        MqttProbe back = connected(
                V5, Connect.of(V5).clientId(connect.clientId()).clean(false).with(SESSION_EXPIRY_INTERVAL, 30));
        witness.expectNothing(Duration.ofMillis(1_800));
        back.ping();
    }

    @Test
    @Normative({"MQTT-3.1.2-8", "MQTT-3.1.2-4"})
    void aCleanStartEndsTheSessionThatADelayedWillWaitsFor() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        Connect connect = connect(V5).with(SESSION_EXPIRY_INTERVAL, 600);
        connected(V5, connect.will(topic, "gone", 1, false, delay(600))).close();
        connected(V5, Connect.of(V5).clientId(connect.clientId()));
        assertThat(witness.expect(Publish.class, Duration.ofSeconds(4)).text()).isEqualTo("gone");
    }

    @Test
    @Normative({"MQTT-3.14.4-3", "MQTT-3.1.2-10"})
    void aClientThatTakesLeaveHasNoDelayedWillEither() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        MqttProbe client =
                connected(V5, connect(V5).with(SESSION_EXPIRY_INTERVAL, 30).will(topic, "gone", 1, false, delay(1)));
        client.send(Packets.disconnect());
        client.expectClosed();
        witness.expectNothing(Duration.ofMillis(1_500));
    }

    @From311
    @Normative({"MQTT-3.1.3-11", "MQTT-3.3.2-2", "MQTT311-3.1.3-10"})
    void aWillThatCouldNotBePublishedIsRefused(Version version) {
        for (String topic : new String[] {"a/#", "+", "$SYS/mine", ""}) {
            MqttProbe client = open(version);
            client.send(connect(version).will(topic, "gone", 0, false));
            if (version.is5()) {
                Connack connack = client.expect(Connack.class);
                assertThat(connack.reason())
                        .isIn(
                                Reason.TOPIC_NAME_INVALID,
                                Reason.MALFORMED_PACKET,
                                Reason.PROTOCOL_ERROR,
                                Reason.NOT_AUTHORIZED);
                client.expectClosed();
            } else if (client.poll(MqttProbe.DEADLINE) instanceof Connack connack) {
                assertThat(connack.reason()).isNotZero();
                client.expectClosed();
            }
        }
    }

    private static Properties delay(long seconds) {
        return Properties.NONE.with(WILL_DELAY_INTERVAL, seconds);
    }
}
