package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** User properties, MQTT 5.0 section 3.3.2.3.7. */
class UserPropertiesIT extends MqttTest {

    @Test
    @Normative({"MQTT-3.3.2-17", "MQTT-3.3.2-18"})
    void theyArriveInOrderAndAsOftenAsTheyWereSent() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        Properties sent = Properties.NONE
                .withUser("b", "1")
                .withUser("a", "2")
                .withUser("b", "1")
                .withUser("", "no name")
                .withUser("no value", "")
                .withUser("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .withUser("mqtt.qos", "2")
                .withUser("mqtt.user.x", "y")
                .withUser("mqtt.", "z")
                .withUser("Grüße", "😀");
        publisher(V5).publish(Pub.to(topic, "x").qos1(1).properties(sent), 1);
        assertThat(subscriber.expectMessage().properties().userProperties())
                .containsExactly(
                        "b=1",
                        "a=2",
                        "b=1",
                        "=no name",
                        "no value=",
                        "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "mqtt.qos=2",
                        "mqtt.user.x=y",
                        "mqtt.=z",
                        "Grüße=😀");
    }

    @Test
    @Normative({"MQTT-3.3.2-17", "MQTT-3.3.2-18"})
    void theyMayBeManyAndLong() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        Properties sent = Properties.NONE;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent = sent.withUser("name" + i, "v".repeat(i));
            expected.add("name" + i + "=" + "v".repeat(i));
        }
        sent = sent.withUser("long", "l".repeat(65_535));
        expected.add("long=" + "l".repeat(65_535));
        publisher(V5).publish(Pub.to(topic, "x").qos1(1).properties(sent), 1);
        assertThat(subscriber.expectMessage().properties().userProperties()).isEqualTo(expected);
    }

    @Test
    @Normative({"MQTT-1.5.7-1", "MQTT-1.5.4-1"})
    void theyAreWellFormedText() {
        byte[] illFormed = {(byte) 0xC3, (byte) 0x28};
        byte[][] pairs = {
            new Bytes().binary(illFormed).string("v").toArray(),
            new Bytes().string("n").binary(illFormed).toArray()
        };
        for (byte[] pair : pairs) {
            byte[] property =
                    new Bytes().u8(Property.USER_PROPERTY.id()).raw(pair).toArray();
            byte[] body = new Bytes()
                    .string(unique("t"))
                    .varint(property.length)
                    .raw(property)
                    .toArray();
            MqttProbe client = publisher(V5);
            client.send(Bytes.packet(0x30, body));
            client.expectDisconnect(Reason.MALFORMED_PACKET);
        }
    }

    @Test
    @Normative("MQTT-3.14.4-3")
    void everyPacketThatMayHaveThemIsTakenWithThem() {
        String topic = unique("t");
        Properties user = Properties.NONE.withUser("a", "1").withUser("a", "2");
        MqttProbe client = connected(V5, connect(V5).properties(user));
        client.send(Packets.subscribe(V5, 1, user, Packets.filter(topic, 1)));
        client.expect(io.sluice.it.probe.ServerPacket.Suback.class);
        client.send(Pub.to(topic, "x").qos1(1).properties(user));
        client.expect(io.sluice.it.probe.ServerPacket.class);
        client.expect(io.sluice.it.probe.ServerPacket.class);
        client.send(Packets.disconnect(Reason.SUCCESS, user));
        client.expectClosed();
    }
}
