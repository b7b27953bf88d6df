package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.MAXIMUM_PACKET_SIZE;
import static io.sluice.it.probe.Property.REASON_STRING;
import static io.sluice.it.probe.Property.RECEIVE_MAXIMUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.ServerPacket.Disconnect;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Pubcomp;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Pubrec;
import io.sluice.it.probe.ServerPacket.Pubrel;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.ServerPacket.Unsuback;
import io.sluice.it.probe.Version;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Receive maximum, maximum packet size and slow clients, MQTT 5.0 sections 4.9, 3.1.2.11 and 3.3.4. */
class FlowControlIT extends MqttTest {

    @Test
    @Normative({"MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-4.3.2-3"})
    void noMoreThanTheReceiveMaximumIsUnacknowledged() {
        String topic = unique("t");
        MqttProbe subscriber = receiving(3, topic, 2);
        MqttProbe publisher = publisher(V5);
        for (int i = 1; i <= 8; i++) {
            publisher.publish(Pub.to(topic, "m" + i).qos(1 + i % 2, i), i);
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(subscriber.expect(Publish.class).text()).isEqualTo("m" + i);
        }
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.3.4-9", "MQTT-4.9.0-2", "MQTT-4.3.3-5"})
    void anAcknowledgementMakesRoomForOne() {
        String topic = unique("t");
        MqttProbe subscriber = receiving(1, topic, 2);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "one").qos1(1), 1);
        publisher.publish(Pub.to(topic, "two").qos2(2), 2);
        publisher.publish(Pub.to(topic, "three").qos2(3), 3);

        Publish one = subscriber.expect(Publish.class);
        subscriber.expectNothing();
        subscriber.send(Packets.puback(one.id()));
        Publish two = subscriber.expect(Publish.class);
        assertThat(two.text()).isEqualTo("two");
        subscriber.send(Packets.pubrec(two.id()));
        subscriber.expect(Pubrel.class);
        subscriber.expectNothing();
        subscriber.send(Packets.pubcomp(two.id()));
        assertThat(subscriber.expectMessage().text()).isEqualTo("three");
    }

    @Test
    @Normative({"MQTT-3.3.4-10", "MQTT-4.9.0-3"})
    void withoutRoomEverythingElseGoesOn() {
        String topic = unique("t");
        MqttProbe subscriber = receiving(1, topic, 1);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "one").qos1(1), 1);
        publisher.publish(Pub.to(topic, "two").qos1(2), 2);
        assertThat(subscriber.expect(Publish.class).text()).isEqualTo("one");

        subscriber.ping();
        subscriber.subscribe(topic + "/other", 0);
        publisher.send(Pub.to(topic + "/other", "QoS 0 has no quota"));
        assertThat(subscriber.expect(Publish.class).qos()).isZero();
        subscriber.publish(Pub.to(topic + "/elsewhere", "x").qos1(5), 5);
        subscriber.send(Packets.unsubscribe(V5, 6, topic + "/other"));
        subscriber.expect(Unsuback.class);
    }

    @Test
    @Normative({"MQTT-3.3.4-7", "MQTT-4.13.1-1"})
    void aClientThatSendsMoreThanTheServersReceiveMaximumIsStopped() {
        MqttProbe client = open(V5);
        int maximum = (int) client.connect(connect(V5)).properties().number(RECEIVE_MAXIMUM, 65_535);
        Assumptions.assumeTrue(maximum < 10_000, "the receive maximum " + maximum + " is too high to be exceeded");
        String topic = unique("t");
        Bytes all = new Bytes();
        for (int id = 1; id <= maximum + 1; id++) {
            all.raw(Pub.to(topic, "").qos2(id).bytes(V5));
        }
        client.send(all.toArray());
        ServerPacket packet = client.poll(MqttProbe.DEADLINE);
        while (packet instanceof Pubrec) {
            packet = client.poll(MqttProbe.DEADLINE);
        }
        assertThat(packet).isInstanceOf(Disconnect.class);
        assertThat(((Disconnect) packet).reason()).isEqualTo(Reason.RECEIVE_MAXIMUM_EXCEEDED);
        client.expectClosed();
    }

    @Test
    @Normative({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void whatIsTooLargeForTheClientIsTreatedAsIfItWereSent() {
        String topic = unique("t");
        int limit = 100;
        MqttProbe subscriber = connected(
                Cluster.second(),
                V5,
                connect(V5).with(MAXIMUM_PACKET_SIZE, limit).with(RECEIVE_MAXIMUM, 1));
        subscriber.subscribe(topic, 1);
        int overhead = 1 + 1 + 2 + topic.length() + 2 + 1;
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "L".repeat(limit - overhead + 1)).qos1(1), 1);
        publisher.publish(Pub.to(topic, "f".repeat(limit - overhead)).qos1(2), 2);
        publisher.publish(Pub.to(topic, "small").qos1(3), 3);
        Publish fitting = subscriber.expectMessage();
        assertThat(fitting.text()).startsWith("f");
        assertThat(fitting.size()).isEqualTo(limit);
        assertThat(subscriber.expectMessage().text()).isEqualTo("small");
    }

    @Test
    @Normative({
        "MQTT-3.1.2-24",
        "MQTT-3.4.2-2",
        "MQTT-3.4.2-3",
        "MQTT-3.5.2-2",
        "MQTT-3.5.2-3",
        "MQTT-3.6.2-2",
        "MQTT-3.6.2-3",
        "MQTT-3.7.2-2",
        "MQTT-3.7.2-3",
        "MQTT-3.9.2-1",
        "MQTT-3.9.2-2",
        "MQTT-3.11.2-1",
        "MQTT-3.11.2-2",
        "MQTT-3.14.2-3",
        "MQTT-3.14.2-4"
    })
    void reasonsInWordsAreLeftOutWhereTheyWouldNotFit() {
        int room = 24;
        MqttProbe client = connected(V5, connect(V5).with(MAXIMUM_PACKET_SIZE, room));
        client.send(Pub.to("$refused", "x").qos1(1));
        client.expect(Puback.class);
        client.send(Pub.to("$refused", "x").qos2(2));
        client.expect(Pubrec.class);
        client.send(Packets.pubrec(3));
        client.expect(Pubrel.class);
        client.send(Packets.pubrel(4));
        client.expect(Pubcomp.class);
        client.send(Packets.subscribe(V5, 5, "$share/g", 0));
        client.expect(Suback.class);
        client.send(Packets.unsubscribe(V5, 6, unique("never")));
        client.expect(Unsuback.class);
        client.send(connect(V5));
        client.expectDisconnect(Reason.PROTOCOL_ERROR);
        assertThat(client.largestPacket()).isLessThanOrEqualTo(room);
    }

    @Test
    @Normative({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.9.3-2", "MQTT-3.14.2-1"})
    void refusalsSayWhyInWords() {
        MqttProbe client = publisher(V5);
        client.send(Pub.to("$refused", "x").qos1(1));
        assertThat(client.expect(Puback.class).properties().text(REASON_STRING)).isNotBlank();
        client.send(Pub.to("$refused", "x").qos2(2));
        assertThat(client.expect(Pubrec.class).properties().text(REASON_STRING)).isNotBlank();
        client.send(Packets.subscribe(V5, 5, "$share/g", 0));
        assertThat(client.expect(Suback.class).properties().text(REASON_STRING)).isNotBlank();
        client.send(connect(V5));
        assertThat(client.expectDisconnect(Reason.PROTOCOL_ERROR).properties().text(REASON_STRING))
                .isNotBlank();
    }

    @AllVersions
    @Normative({"MQTT-3.2.2-15", "MQTT-4.13.1-1"})
    void aPacketThatIsTooLargeForTheServerIsRefusedBeforeItIsRead(Version version) {
        long limit = connack(connect(V5)).properties().number(MAXIMUM_PACKET_SIZE, 0);
        Assumptions.assumeTrue(limit > 0 && limit < 268_435_455, "the server has no limit of its own");
        MqttProbe client = publisher(version);
        client.send(new Bytes()
                .u8(0x30)
                .varint(limit)
                .u16(1)
                .u8('t')
                .raw(new byte[100])
                .toArray());
        client.expectDisconnect(Reason.PACKET_TOO_LARGE);
    }

    @Test
    @Normative({"MQTT-3.2.2-15"})
    void aPacketAsLargeAsTheServerAllowsIsTaken() {
        long limit = connack(connect(V5)).properties().number(MAXIMUM_PACKET_SIZE, 0);
        Assumptions.assumeTrue(limit > 0 && limit < 16_000_000, "the server has no limit of its own");
        String topic = unique("t");
        int header = 1 + 4 + 2 + topic.length() + 2 + 1;
        MqttProbe subscriber = subscriber(V5, topic, 1);
        MqttProbe publisher = publisher(V5);
        byte[] payload = new byte[(int) limit - header + (limit < 2_097_152 ? 1 : 0)];
        publisher.send(Pub.to(topic, payload).qos1(1));
        assertThat(publisher.expect(Puback.class).reason()).isLessThan(0x80);
        assertThat(subscriber.expectMessage().payload()).hasSize(payload.length);
    }

    @AllVersions
    @Normative("MQTT-4.1.0-1")
    void aSlowClientHoldsUpNobodyElse(Version version) {
        String topic = unique("t");
        MqttProbe slow = keep(MqttProbe.openUnread(Cluster.second(), version, 4_096));
        slow.send(new Bytes()
                .raw(connect(version).bytes())
                .raw(Packets.subscribe(version, 1, topic, 0))
                .toArray());
        MqttProbe other = subscriber(version, topic, 0);
        MqttProbe publisher = publisher(version);
        byte[] payload = new byte[32 * 1_024];
        int messages = 400;
        for (int i = 0; i < messages; i++) {
            publisher.send(Pub.to(topic, payload));
            assertThat(other.expect(Publish.class).payload()).hasSameSizeAs(payload);
        }
        publisher.publish(Pub.to(topic, "end").qos1(1), 1);
        assertThat(other.expect(Publish.class).text()).isEqualTo("end");
    }

    @Test
    @Normative({"MQTT-4.1.0-1", "MQTT-4.13.2-1"})
    void aClientThatAcknowledgesTooLittleIsDisconnectedRatherThanCheated() {
        Assumptions.assumeFalse(Cluster.isForeign(), "the limit is this server's own");
        String topic = unique("t");
        MqttProbe stuck = receiving(1, topic, 1);
        MqttProbe publisher = publisher(V5);
        byte[] payload = new byte[64 * 1_024];
        assertThat(stuck.poll(java.time.Duration.ofMillis(1))).isNull();
        for (int id = 1; id <= 2_000; id++) {
            publisher.publish(Pub.to(topic, payload).qos1(id), id);
            if (id == 1) {
                stuck.expect(Publish.class);
            } else if (stuck.poll(java.time.Duration.ofNanos(1)) instanceof Disconnect disconnect) {
                assertThat(disconnect.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
                stuck.expectClosed();
                return;
            }
        }
        stuck.expectDisconnect(Reason.QUOTA_EXCEEDED);
    }

    /** A subscriber with a receive maximum. */
    private MqttProbe receiving(int maximum, String filter, int options) {
        MqttProbe probe = open(Cluster.second(), V5);
        probe.connect(connect(V5).properties(Properties.NONE.with(RECEIVE_MAXIMUM, maximum)));
        probe.subscribe(filter, options);
        return probe;
    }
}
