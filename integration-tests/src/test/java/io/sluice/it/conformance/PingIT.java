package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Disconnect;
import io.sluice.it.probe.ServerPacket.Pingresp;
import io.sluice.it.probe.Version;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** PINGREQ and the keep alive, MQTT 5.0 sections 3.12 and 3.1.2.10. */
class PingIT extends MqttTest {

    @AllVersions
    @Normative({"MQTT-3.12.4-1", "MQTT311-3.12.4-1"})
    void everyPingIsAnswered(Version version) {
        MqttProbe client = publisher(version);
        client.send(new Bytes()
                .raw(Packets.pingreq())
                .raw(Packets.pingreq())
                .raw(Packets.pingreq())
                .toArray());
        for (int i = 0; i < 3; i++) {
            client.expect(Pingresp.class);
        }
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-22", "MQTT-3.2.2-22", "MQTT311-3.1.2-24"})
    void aSilentClientIsCutOffAfterOneAndAHalfKeepAlives(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 0);
        MqttProbe client = open(version);
        Connect connect = connect(version).keepAlive(1).will(topic, "silent", 0, false);
        long keepAlive = client.connect(connect).properties().number(Property.SERVER_KEEP_ALIVE, 1);
        long start = System.nanoTime();
        Disconnect disconnect = client.expectDisconnect(Reason.KEEP_ALIVE_TIMEOUT);
        Duration silent = Duration.ofNanos(System.nanoTime() - start);
        Duration patience = Duration.ofMillis(1_500 * keepAlive);
        assertThat(silent).isBetween(patience.minusMillis(50), patience.plusMillis(1_500));
        if (version.is5()) {
            assertThat(disconnect.properties().text(Property.REASON_STRING)).contains(keepAlive + " s");
        }
        assertThat(witness.expectMessage().text()).isEqualTo("silent");
    }

    @Test
    @Normative("MQTT-3.1.2-22")
    void anyPacketKeepsTheConnectionAlive() {
        MqttProbe client = connected(V5, connect(V5).keepAlive(1));
        String topic = unique("t");
        for (int i = 0; i < 5; i++) {
            client.expectNothing(Duration.ofMillis(700));
            client.send(Pub.to(topic, "still here"));
        }
        client.ping();
    }

    @Test
    @Normative("MQTT-3.1.2-22")
    void whatTheServerSendsDoesNotKeepTheConnectionAlive() {
        String topic = unique("t");
        MqttProbe client = connected(V5, connect(V5).keepAlive(1));
        client.subscribe(topic, 0);
        MqttProbe publisher = publisher(V5);
        for (int i = 0; i < 4; i++) {
            publisher.send(Pub.to(topic, "talk"));
            publisher.expectNothing(Duration.ofMillis(600));
        }
        while (client.poll(MqttProbe.DEADLINE) instanceof io.sluice.it.probe.ServerPacket.Publish message) {
            assertThat(message.text()).isEqualTo("talk");
        }
        client.expectClosed();
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-22", "MQTT311-3.1.2-24"})
    void aKeepAliveOfZeroMeansNone(Version version) {
        MqttProbe client = connected(version, connect(version).keepAlive(0));
        client.expectNothing(Duration.ofMillis(2_200));
        client.ping();
    }

    @From311
    @Normative({"MQTT-2.1.3-1", "MQTT311-2.2.2-1", "MQTT311-2.2.2-2"})
    void aPingWithFlagsOrWithABodyIsMalformed(Version version) {
        MqttProbe flagged = publisher(version);
        flagged.send(Bytes.packet(0xC1, new byte[0]));
        flagged.expectDisconnect(Reason.MALFORMED_PACKET);

        MqttProbe stuffed = publisher(version);
        stuffed.send(Bytes.packet(0xC0, new byte[] {1}));
        stuffed.expectDisconnect(Reason.MALFORMED_PACKET);
    }
}
