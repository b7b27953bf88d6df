package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Pubrel;
import io.sluice.it.probe.ServerPacket.Unsuback;
import io.sluice.it.probe.Version;
import java.util.List;

/** UNSUBSCRIBE and UNSUBACK, MQTT 5.0 sections 3.10 and 3.11. */
class UnsubscribeIT extends MqttTest {

    @AllVersions
    @Normative({
        "MQTT-3.10.4-1",
        "MQTT-3.10.4-2",
        "MQTT-3.10.4-4",
        "MQTT-3.10.4-5",
        "MQTT-3.10.4-6",
        "MQTT-3.11.3-1",
        "MQTT-3.11.3-2",
        "MQTT-2.2.1-6",
        "MQTT311-3.10.4-1",
        "MQTT311-3.10.4-2",
        "MQTT311-3.10.4-4",
        "MQTT311-3.10.4-6",
        "MQTT311-2.3.1-7"
    })
    void afterUnsubscribingNothingMoreComes(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic + "/a", 1);
        client.subscribe(topic + "/+", 1);
        client.subscribe(topic + "/b", 1);
        client.send(Packets.unsubscribe(version, 4711, topic + "/+", topic + "/never", topic + "/a"));
        Unsuback unsuback = client.expect(Unsuback.class);
        assertThat(unsuback.id()).isEqualTo(4711);
        assertThat(unsuback.reasons())
                .isEqualTo(version.is5() ? List.of(0, Reason.NO_SUBSCRIPTION_EXISTED, 0) : List.of());
        if (version.is5()) {
            assertThat(unsuback.properties().text(Property.REASON_STRING)).contains(topic + "/never");
        }

        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic + "/a", "gone").qos1(1), 1);
        publisher.publish(Pub.to(topic + "/b", "kept").qos1(1), 1);
        assertThat(client.expectMessage().text()).isEqualTo("kept");
        client.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.10.4-1", "MQTT-3.10.4-5", "MQTT311-3.10.4-1", "MQTT311-3.10.4-5"})
    void onlyTheSameFilterIsRemoved(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic + "/+", 0);
        client.send(Packets.unsubscribe(version, 1, topic + "/a", topic + "/#", topic + "/"));
        assertThat(client.expect(Unsuback.class).id()).isOne();
        publisher(version).send(Pub.to(topic + "/a", "still here"));
        assertThat(client.expectMessage().text()).isEqualTo("still here");
    }

    @AllVersions
    @Normative({"MQTT-3.10.4-3", "MQTT311-3.10.4-3"})
    void whatHasBegunIsFinished(Version version) {
        String topic = unique("t");
        MqttProbe client = subscriber(version, topic, 2);
        publisher(version).publish(Pub.to(topic, "x").qos2(1), 1);
        Publish message = client.expect(Publish.class);
        client.send(Packets.unsubscribe(version, 1, topic));
        client.expect(Unsuback.class);
        client.send(Packets.pubrec(message.id()));
        assertThat(client.expect(Pubrel.class).id()).isEqualTo(message.id());
        client.send(Packets.pubcomp(message.id()));
        client.ping();
    }

    @From311
    @Normative({"MQTT-3.10.1-1", "MQTT-2.1.3-1", "MQTT311-3.10.1-1", "MQTT311-2.2.2-2"})
    void theFlagsOfUnsubscribeAreReserved(Version version) {
        byte[] packet = Packets.unsubscribe(version, 1, unique("t"));
        for (int first : new int[] {0xA0, 0xA1, 0xA6}) {
            MqttProbe client = subscriber(version);
            packet[0] = (byte) first;
            client.send(packet);
            client.expectDisconnect(Reason.MALFORMED_PACKET);
        }
    }

    @From311
    @Normative({"MQTT-3.10.3-2", "MQTT311-3.10.3-2"})
    void anUnsubscribeWithoutAFilterIsAProtocolError(Version version) {
        MqttProbe client = subscriber(version);
        client.send(Packets.unsubscribe(version, 1));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-2.2.1-3", "MQTT311-2.3.1-1"})
    void anUnsubscribeWithoutAnIdentifierIsAProtocolError(Version version) {
        MqttProbe client = subscriber(version);
        client.send(Packets.unsubscribe(version, 0, unique("t")));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-3.10.3-1", "MQTT-1.5.4-1", "MQTT311-3.10.3-1", "MQTT311-1.5.3-1"})
    void aFilterIsWellFormedText(Version version) {
        Bytes body = new Bytes().u16(1);
        if (version.is5()) {
            body.u8(0);
        }
        body.binary(new byte[] {(byte) 0xFF, 'a'});
        MqttProbe client = subscriber(version);
        client.send(Bytes.packet(0xA2, body.toArray()));
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.TOPIC_FILTER_INVALID);
    }
}
