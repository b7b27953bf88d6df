package io.sluice.it.conformance;

import static io.sluice.it.probe.Packets.RETAIN_AS_PUBLISHED;
import static io.sluice.it.probe.Packets.RETAIN_IF_NEW;
import static io.sluice.it.probe.Packets.RETAIN_NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.ServerPacket.Unsuback;
import io.sluice.it.probe.Version;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Retained messages, MQTT 5.0 section 3.3.1.3. */
class RetainIT extends MqttTest {

    @AllVersions
    @Normative({
        "MQTT-3.3.1-5",
        "MQTT-3.3.1-9",
        "MQTT-3.3.1-12",
        "MQTT311-3.3.1-5",
        "MQTT311-3.3.1-6",
        "MQTT311-3.3.1-8",
        "MQTT311-3.1.2-7"
    })
    void theLastRetainedMessageAwaitsTheNextSubscriber(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "old").qos1(1).retain(), 1);
        publisher.publish(Pub.to(topic, "last").qos2(2).retain(), 2);
        publisher.send(Packets.disconnect());
        publisher.expectClosed();

        MqttProbe subscriber = subscriber(version, topic, 1);
        Publish message = subscriber.expectMessage();
        assertThat(message.text()).isEqualTo("last");
        assertThat(message.retain()).isTrue();
        assertThat(message.qos()).isEqualTo(1);
        subscriber.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-5", "MQTT311-3.3.1-7"})
    void aRetainedMessageOfQos0ReplacesToo(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "old").qos1(1).retain(), 1);
        publisher.send(Pub.to(topic, "new").retain());
        publisher.publish(Pub.to(topic, "fence").qos1(2), 2);
        assertThat(subscriber(version, topic, 1).expectMessage().text()).isEqualTo("new");
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-12", "MQTT311-3.3.1-9"})
    void aLiveDeliveryIsNotMarkedRetained(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 1);
        publisher(version).publish(Pub.to(topic, "live").qos1(1).retain(), 1);
        assertThat(subscriber.expectMessage().retain()).isFalse();
    }

    @Test
    @Normative({"MQTT-3.3.1-13", "MQTT-3.3.1-12"})
    void aSubscriberMayAskForTheFlagAsItWasPublished() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1 | RETAIN_AS_PUBLISHED);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "retained").qos1(1).retain(), 1);
        assertThat(subscriber.expectMessage().retain()).isTrue();
        publisher.publish(Pub.to(topic, "not").qos1(2), 2);
        assertThat(subscriber.expectMessage().retain()).isFalse();
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT311-3.3.1-10", "MQTT311-3.3.1-11"})
    void anEmptyRetainedMessageIsDeliveredAndClears(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "something").qos1(1).retain(), 1);
        MqttProbe live = subscriber(version, topic, 1);
        assertThat(live.expectMessage().text()).isEqualTo("something");
        publisher.publish(Pub.to(topic, "").qos1(2).retain(), 2);
        Publish empty = live.expectMessage();
        assertThat(empty.payload()).isEmpty();
        assertThat(empty.retain()).isFalse();

        subscriber(version, topic, 1).expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-8", "MQTT311-3.3.1-12"})
    void aMessageThatIsNotRetainedChangesNothing(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "kept").qos1(1).retain(), 1);
        publisher.publish(Pub.to(topic, "passing").qos1(2), 2);
        publisher.publish(Pub.to(topic, "").qos1(3), 3);
        MqttProbe subscriber = subscriber(version, topic, 1);
        assertThat(subscriber.expectMessage().text()).isEqualTo("kept");
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.8.4-4"})
    void retainHandlingDecidesWhenTheyAreSent() {
        String topic = unique("t");
        publisher(V5).publish(Pub.to(topic, "kept").qos1(1).retain(), 1);

        MqttProbe always = subscriber(V5, topic, 1);
        always.expectMessage();
        always.subscribe(topic, 1);
        assertThat(always.expectMessage().text()).isEqualTo("kept");

        MqttProbe ifNew = subscriber(V5, topic, 1 | RETAIN_IF_NEW);
        ifNew.expectMessage();
        ifNew.subscribe(topic, 1 | RETAIN_IF_NEW);
        ifNew.expectNothing();
        ifNew.send(Packets.unsubscribe(V5, 1, topic));
        ifNew.expect(Unsuback.class);
        ifNew.subscribe(topic, 1 | RETAIN_IF_NEW);
        assertThat(ifNew.expectMessage().text()).isEqualTo("kept");

        subscriber(V5, topic, 1 | RETAIN_NEVER).expectNothing();
    }

    @Test
    @Normative({"MQTT311-3.8.4-3", "MQTT311-3.3.1-6"})
    void before5SubscribingAgainSendsThemAgain() {
        String topic = unique("t");
        publisher(V311).publish(Pub.to(topic, "kept").qos1(1).retain(), 1);
        MqttProbe subscriber = subscriber(V311, topic, 0);
        subscriber.expectMessage();
        subscriber.subscribe(topic, 1);
        Publish again = subscriber.expectMessage();
        assertThat(again.retain()).isTrue();
        assertThat(again.qos()).isEqualTo(1);
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-9", "MQTT311-3.3.1-6"})
    void aWildcardFindsAllOfThemOnce(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        Set<String> sent = new TreeSet<>();
        for (int i = 1; i <= 20; i++) {
            String name = topic + "/" + i % 4 + "/" + i;
            publisher.publish(Pub.to(name, name).qos1(i).retain(), i);
            sent.add(name);
        }
        MqttProbe subscriber = subscriber(version, topic + "/#", 1);
        Set<String> received = new TreeSet<>();
        for (int i = 0; i < sent.size(); i++) {
            Publish message = subscriber.expectMessage();
            assertThat(message.text()).isEqualTo(message.topic());
            assertThat(message.retain()).isTrue();
            received.add(message.topic());
        }
        assertThat(received).isEqualTo(sent);
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-9"})
    void whatIsAcknowledgedHereIsSeenByEveryLaterSubscribeThere() {
        String topic = unique("t");
        MqttProbe publisher = publisher(V5);
        MqttProbe subscriber = subscriber(V5);
        for (int i = 1; i <= 40; i++) {
            boolean clear = i % 4 == 0;
            publisher.publish(Pub.to(topic, clear ? "" : "v" + i).qos1(i).retain(), i);
            subscriber.subscribe(topic, 1);
            if (clear) {
                subscriber.expectNothing(java.time.Duration.ofMillis(30));
            } else {
                assertThat(subscriber.expectMessage().text()).isEqualTo("v" + i);
            }
            subscriber.send(Packets.unsubscribe(V5, 1, topic));
            subscriber.expect(Unsuback.class);
        }
    }

    @Test
    @Normative({"MQTT-3.3.1-9", "MQTT-3.3.4-9", "MQTT-4.9.0-2"})
    void moreOfThemThanTheClientTakesAtOnceComeOneAfterTheOther() {
        String topic = unique("t");
        MqttProbe publisher = publisher(V5);
        for (int i = 1; i <= 50; i++) {
            publisher.publish(Pub.to(topic + "/" + i, "kept").qos1(i).retain(), i);
        }
        MqttProbe subscriber = connected(Cluster.second(), V5, connect(V5).with(Property.RECEIVE_MAXIMUM, 2));
        subscriber.subscribe(topic + "/#", 1);
        Set<String> received = new TreeSet<>();
        for (int i = 1; i <= 50; i++) {
            received.add(subscriber.expectMessage().topic());
        }
        assertThat(received).hasSize(50);
    }

    /** What overlapping filters of one SUBSCRIBE match would otherwise take their product on the heap. */
    @Test
    @Normative("MQTT-4.13.2-1")
    void oneSubscribeMayNotAskForThemOverAndOver() {
        String topic = unique("t");
        MqttProbe publisher = publisher(V5);
        for (int i = 1; i <= 200; i++) {
            publisher.publish(
                    Pub.to(topic + "/l/l/l/l/l/l/" + i, "kept").qos1(i).retain(), i);
        }
        byte[][] filters = new byte[64][];
        for (int i = 0; i < filters.length; i++) {
            StringBuilder filter = new StringBuilder(topic);
            for (int level = 0; level < 6; level++) {
                filter.append((i >> level & 1) == 0 ? "/+" : "/l");
            }
            filters[i] = Packets.filter(filter.append("/#").toString(), 1);
        }
        MqttProbe greedy = subscriber(V5);
        greedy.send(Packets.subscribe(V5, 1, Properties.NONE, filters));
        greedy.expectDisconnect(Reason.QUOTA_EXCEEDED);

        MqttProbe modest = subscriber(V5);
        modest.send(Packets.subscribe(V5, 1, Properties.NONE, filters[0], filters[1]));
        modest.expect(Suback.class);
        for (int i = 1; i <= 400; i++) {
            assertThat(modest.expectMessage().text()).isEqualTo("kept");
        }
        for (int i = 1; i <= 200; i++) {
            publisher.publish(Pub.to(topic + "/l/l/l/l/l/l/" + i, "").qos1(i).retain(), i);
        }
    }

    @Test
    @Normative({"MQTT-3.3.4-3", "MQTT-3.3.1-9"})
    void theyNameTheSubscriptionForWhichTheyAreSent() {
        String topic = unique("t");
        publisher(V5).publish(Pub.to(topic + "/a", "kept").qos1(1).retain(), 1);
        MqttProbe subscriber = subscriber(V5);
        for (long identifier : new long[] {5, 6}) {
            String filter = identifier == 5 ? topic + "/+" : topic + "/#";
            Properties properties = Properties.NONE.with(Property.SUBSCRIPTION_IDENTIFIER, identifier);
            subscriber.send(Packets.subscribe(V5, 1, properties, Packets.filter(filter, 1)));
            subscriber.expect(Suback.class);
            assertThat(subscriber.expectMessage().properties().subscriptionIdentifiers())
                    .containsExactly(identifier);
        }
    }

    @Test
    @Normative({"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-20"})
    void propertiesAreRetainedWithTheMessage() {
        String topic = unique("t");
        Properties properties = Properties.NONE
                .with(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .with(Property.CONTENT_TYPE, "text/plain")
                .with(Property.RESPONSE_TOPIC, "reply")
                .with(Property.CORRELATION_DATA, new byte[] {9})
                .withUser("a", "1")
                .withUser("a", "2");
        publisher(V5).publish(Pub.to(topic, "kept").qos1(1).retain().properties(properties), 1);
        Properties received = subscriber(V5, topic, 1).expectMessage().properties();
        assertThat(received.number(Property.PAYLOAD_FORMAT_INDICATOR)).isOne();
        assertThat(received.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(received.text(Property.RESPONSE_TOPIC)).isEqualTo("reply");
        assertThat(received.bytes(Property.CORRELATION_DATA)).isEqualTo(new byte[] {9});
        assertThat(received.userProperties()).containsExactly("a=1", "a=2");
    }
}
