package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.MAXIMUM_PACKET_SIZE;
import static io.sluice.it.probe.Property.TOPIC_ALIAS;
import static io.sluice.it.probe.Property.TOPIC_ALIAS_MAXIMUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Publish;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic aliases in both directions, MQTT 5.0 section 3.3.2.3.4. */
class TopicAliasIT extends MqttTest {

    @Test
    @Normative("MQTT-3.3.2-12")
    void anAliasStandsForItsTopicUntilItIsGivenToAnother() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic + "/+", 1);
        MqttProbe publisher = publisher(V5);
        publisher.publish(aliased(topic + "/a", 1).qos1(1), 1);
        publisher.publish(aliased("", 1).qos1(2), 2);
        publisher.publish(aliased(topic + "/b", 1).qos2(3), 3);
        publisher.publish(aliased("", 1).qos2(4), 4);
        for (String expected : new String[] {"/a", "/a", "/b", "/b"}) {
            assertThat(subscriber.expectMessage().topic()).isEqualTo(topic + expected);
        }
    }

    @Test
    @Normative("MQTT-3.3.2-12")
    void everyAliasUpToTheMaximumIsTaken() {
        MqttProbe publisher = open(V5);
        int maximum = (int) publisher.connect(connect(V5)).properties().number(TOPIC_ALIAS_MAXIMUM, 0);
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic + "/#", 0);
        for (int alias = 1; alias <= maximum; alias++) {
            publisher.send(aliased(topic + "/" + alias, alias));
        }
        for (int alias = 1; alias <= maximum; alias++) {
            publisher.send(aliased("", alias));
        }
        Map<String, Integer> received = new HashMap<>();
        for (int i = 0; i < 2 * maximum; i++) {
            received.merge(subscriber.expectMessage().topic(), 1, Integer::sum);
        }
        assertThat(received)
                .hasSize(maximum)
                .allSatisfy((name, count) -> assertThat(count).isEqualTo(2));
    }

    @Test
    @Normative({"MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17", "MQTT-4.13.1-1"})
    void aliasesOutOfRangeAreRefused() {
        MqttProbe zero = open(V5);
        int maximum = (int) zero.connect(connect(V5)).properties().number(TOPIC_ALIAS_MAXIMUM, 0);
        zero.send(aliased(unique("t"), 0));
        zero.expectDisconnect(Reason.TOPIC_ALIAS_INVALID);

        MqttProbe beyond = publisher(V5);
        beyond.send(aliased(unique("t"), maximum + 1));
        beyond.expectDisconnect(Reason.TOPIC_ALIAS_INVALID);
    }

    @Test
    @Normative({"MQTT-3.3.2-7", "MQTT-4.13.1-1"})
    void anAliasIsKnownOnItsOwnConnectionOnly() {
        String topic = unique("t");
        var connect = connect(V5);
        MqttProbe before = connected(V5, connect);
        before.publish(aliased(topic, 1).qos1(1), 1);
        before.send(Packets.disconnect());
        before.expectClosed();

        MqttProbe after = connected(V5, connect);
        after.send(aliased("", 1));
        after.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.TOPIC_ALIAS_INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    @Normative({"MQTT-3.1.2-26", "MQTT-3.3.2-11", "MQTT-3.3.2-8", "MQTT-3.3.2-7"})
    void theServerUsesAliasesWithinTheClientsMaximum(int maximum) {
        String topic = unique("a/rather/long/topic/name/for/which/an/alias/pays");
        MqttProbe subscriber = connected(Cluster.second(), V5, connect(V5).with(TOPIC_ALIAS_MAXIMUM, maximum));
        subscriber.subscribe(topic + "/+", 1);
        MqttProbe publisher = publisher(V5);
        Map<Long, String> aliases = new HashMap<>();
        int saved = 0;
        for (int i = 0; i < 30; i++) {
            String name = topic + "/" + i % 3;
            publisher.publish(Pub.to(name, name).qos1(i + 1), i + 1);
            Publish message = subscriber.expectMessage();
            Long alias = message.properties().number(TOPIC_ALIAS);
            if (alias != null) {
                assertThat(alias).isBetween(1L, (long) maximum);
            }
            if (message.topic().isEmpty()) {
                saved++;
                assertThat(aliases.get(alias)).as("topic of alias %s", alias).isEqualTo(name);
            } else {
                assertThat(message.topic()).isEqualTo(name);
                if (alias != null) {
                    aliases.put(alias, name);
                }
            }
        }
        assertThat(saved).as("deliveries without a topic name").isPositive();
    }

    @Test
    @Normative({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void anAliasDoesNotMakeAMessageTooLarge() {
        String topic = unique("t");
        String payload = "x".repeat(60);
        // Fixed header, topic, no properties, payload.
        int size = 2 + 2 + topic.length() + 1 + payload.length();
        assertThat(size - 2).as("remaining length").isLessThan(128);
        MqttProbe subscriber = connected(
                Cluster.second(), V5, connect(V5).with(TOPIC_ALIAS_MAXIMUM, 10).with(MAXIMUM_PACKET_SIZE, size));
        subscriber.subscribe(topic, 0);
        publisher(V5).publish(Pub.to(topic, payload).qos1(1), 1);
        Publish message = subscriber.expectMessage();
        assertThat(message.text()).isEqualTo(payload);
        assertThat(message.properties().has(TOPIC_ALIAS)).isFalse();
    }

    @Test
    @Normative({"MQTT-3.1.2-27", "MQTT-3.1.2-26"})
    void withoutAMaximumTheServerUsesNone() {
        String topic = unique("t");
        MqttProbe silent = subscriber(V5, topic, 1);
        MqttProbe zero = connected(Cluster.second(), V5, connect(V5).with(TOPIC_ALIAS_MAXIMUM, 0));
        zero.subscribe(topic, 1);
        MqttProbe publisher = publisher(V5);
        for (int i = 1; i <= 5; i++) {
            publisher.publish(aliased(topic, 1).qos1(i), i);
            assertThat(silent.expectMessage().properties().has(TOPIC_ALIAS)).isFalse();
            assertThat(zero.expectMessage().properties().has(TOPIC_ALIAS)).isFalse();
        }
    }

    private static Pub aliased(String topic, int alias) {
        return Pub.to(topic, "x").with(TOPIC_ALIAS, alias);
    }
}
