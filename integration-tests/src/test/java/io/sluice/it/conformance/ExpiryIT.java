package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.MESSAGE_EXPIRY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket.Publish;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Messages that grow old, MQTT 5.0 section 3.3.2.3.3. */
class ExpiryIT extends MqttTest {

    @Test
    @Normative("MQTT-3.3.2-6")
    void theIntervalIsCountedDown() {
        String topic = unique("t");
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "kept").qos1(1).retain().with(MESSAGE_EXPIRY_INTERVAL, 100), 1);
        publisher.expectNothing(Duration.ofMillis(2_200));
        Long left = subscriber(V5, topic, 1).expectMessage().properties().number(MESSAGE_EXPIRY_INTERVAL);
        assertThat(left).isBetween(90L, 98L);
    }

    @Test
    @Normative("MQTT-3.3.2-5")
    void aRetainedMessageExpires() {
        String topic = unique("t");
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "brief").qos1(1).retain().with(MESSAGE_EXPIRY_INTERVAL, 1), 1);
        publisher.expectNothing(Duration.ofMillis(1_300));
        subscriber(V5, topic, 1).expectNothing();
        subscriber(V311, topic, 1).expectNothing();
    }

    @Test
    @Normative("MQTT-3.3.2-5")
    void aMessageExpiresWhileItWaitsForTheClient() {
        String topic = unique("t");
        MqttProbe subscriber = connected(Cluster.second(), V5, connect(V5).with(Property.RECEIVE_MAXIMUM, 1));
        subscriber.subscribe(topic, 1);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "first").qos1(1), 1);
        publisher.publish(Pub.to(topic, "brief").qos1(2).with(MESSAGE_EXPIRY_INTERVAL, 1), 2);
        publisher.publish(Pub.to(topic, "lasting").qos1(3).with(MESSAGE_EXPIRY_INTERVAL, 60), 3);
        Publish first = subscriber.expect(Publish.class);
        subscriber.expectNothing(Duration.ofMillis(1_500));
        subscriber.acknowledge(first);
        Publish next = subscriber.expectMessage();
        assertThat(next.text()).isEqualTo("lasting");
        assertThat(next.properties().number(MESSAGE_EXPIRY_INTERVAL)).isBetween(50L, 59L);
    }

    @Test
    @Normative("MQTT-3.3.2-6")
    void aMessageInTimeKeepsItsInterval() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        publisher(V5).publish(Pub.to(topic, "x").qos1(1).with(MESSAGE_EXPIRY_INTERVAL, 30), 1);
        assertThat(subscriber.expectMessage().properties().number(MESSAGE_EXPIRY_INTERVAL))
                .isBetween(25L, 30L);
    }
}
