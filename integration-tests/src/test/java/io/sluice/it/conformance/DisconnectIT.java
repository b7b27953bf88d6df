package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.REASON_STRING;
import static io.sluice.it.probe.Property.SESSION_EXPIRY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Disconnect;
import io.sluice.it.probe.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DISCONNECT from either side, MQTT 5.0 section 3.14. */
class DisconnectIT extends MqttTest {

    @AllVersions
    @Normative({"MQTT-3.14.4-3", "MQTT-3.1.2-10", "MQTT311-3.14.4-3", "MQTT311-3.1.2-10"})
    void aClientThatTakesLeaveHasNoWill(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        MqttProbe client = connected(version, connect(version).will(topic, "gone", 1, false));
        client.send(Packets.disconnect());
        client.expectClosed();
        witness.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.14.4-3", "MQTT-3.1.2-8"})
    void aClientMayTakeLeaveAndHaveItsWillPublished() {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        MqttProbe client = connected(V5, connect(V5).will(topic, "gone", 1, false));
        client.send(Packets.disconnect(Reason.DISCONNECT_WITH_WILL, Properties.NONE));
        client.expectClosed();
        assertThat(witness.expectMessage().text()).isEqualTo("gone");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x93, 0x97})
    @Normative({"MQTT-3.14.4-3", "MQTT-3.1.2-8"})
    void aClientThatLeavesInAnErrorHasAWill(int reason) {
        String topic = unique("t");
        MqttProbe witness = subscriber(V5, topic, 1);
        MqttProbe client = connected(V5, connect(V5).will(topic, "gone", 1, false));
        client.send(Packets.disconnect(reason, Properties.NONE.with(REASON_STRING, "unwell")));
        client.expectClosed();
        assertThat(witness.expectMessage().text()).isEqualTo("gone");
    }

    @From311
    @Normative({"MQTT-3.14.1-1", "MQTT-2.1.3-1", "MQTT311-3.14.1-1"})
    void theFlagsOfDisconnectAreReserved(Version version) {
        MqttProbe client = publisher(version);
        client.send(Bytes.packet(0xE1, new byte[0]));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x10, 0xFF})
    @Normative("MQTT-3.14.2-1")
    void onlyTheReasonsOfTheSpecificationAreReasons(int reason) {
        MqttProbe client = publisher(V5);
        client.send(Packets.disconnect(reason, Properties.NONE));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
    }

    @Test
    @Normative("MQTT-4.13.1-1")
    void aSessionThatEndsWithItsConnectionCannotBeProlonged() {
        MqttProbe client = publisher(V5);
        client.send(Packets.disconnect(Reason.SUCCESS, Properties.NONE.with(SESSION_EXPIRY_INTERVAL, 5)));
        client.expectDisconnect(Reason.PROTOCOL_ERROR);
    }

    @AllVersions
    @Normative({"MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT311-3.14.4-2"})
    void whatFollowsADisconnectIsNotProcessed(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 0);
        MqttProbe client = publisher(version);
        client.send(new Bytes()
                .raw(Packets.disconnect())
                .raw(Pub.to(topic, "afterwards").bytes(version))
                .toArray());
        client.expectClosed();
        witness.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.2-1", "MQTT-3.14.2-1", "MQTT-3.14.2-2"})
    void theServerSaysWhyAndNothingAfterwards() {
        MqttProbe client = publisher(V5);
        client.subscribe(unique("t"), 0);
        client.send(new Bytes()
                .raw(Bytes.packet(0xC1, new byte[0]))
                .raw(Packets.pingreq())
                .toArray());
        Disconnect disconnect = client.expectDisconnect(Reason.MALFORMED_PACKET);
        assertThat(disconnect.properties().text(REASON_STRING)).isNotBlank();
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-8", "MQTT311-3.1.2-8"})
    void aConnectionThatBreaksHasAWill(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        connected(version, connect(version).will(topic, "gone", 1, false)).close();
        assertThat(witness.expectMessage().text()).isEqualTo("gone");
    }
}
