package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic names and filters, MQTT 5.0 section 4.7. */
class TopicsIT extends MqttTest {

    @ParameterizedTest
    @CsvSource({
        "T/#, T, true",
        "T/#, T/a, true",
        "T/#, T/a/b/c, true",
        "T/#, Tx, false",
        "T/+, T/a, true",
        "T/+, T/, true",
        "T/+, T, false",
        "T/+, T/a/b, false",
        "T/+/b, T/a/b, true",
        "T/+/b, T//b, true",
        "T/+/b, T/a/c, false",
        "T/+/+/#, T/a/b, true",
        "T/+/+/#, T/a, false",
        "+/T, /T, true",
        "+/T, x/T, true",
        "/+/T, /x/T, true",
        "+/+/T, /x/T, true",
        "/T, /T, true",
        "/T, T, false",
        "T, /T, false",
        "T/a b, T/a b, true",
    })
    @Normative({"MQTT-3.3.2-3", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT311-3.3.2-3", "MQTT311-4.7.1-2", "MQTT311-4.7.1-3"
    })
    void filtersMatchLevelByLevel(String filter, String name, boolean matches) {
        String topic = unique("t");
        expectDelivery(filter.replace("T", topic), name.replace("T", topic), matches);
    }

    @ParameterizedTest
    @CsvSource({
        "T/a, T/A, false",
        "T/a, T/a/, false",
        "T/a/, T/a/, true",
        "T//a, T/a, false",
        "T/a/../b, T/b, false",
        "T/é, T/e\u0301, false",
        "T/\uFEFFa, T/\uFEFFa, true",
        "T/\uFEFFa, T/a, false",
        "T/%41, T/A, false",
    })
    @Normative({"MQTT-4.7.3-4", "MQTT-1.5.4-3", "MQTT311-4.7.3-4", "MQTT311-1.5.3-3"})
    void namesAreComparedAsTheyAre(String filter, String name, boolean matches) {
        String topic = unique("t");
        expectDelivery(filter.replace("T", topic), name.replace("T", topic), matches);
    }

    private void expectDelivery(String filter, String name, boolean matches) {
        MqttProbe subscriber = subscriber(V5, filter, 0);
        MqttProbe older = subscriber(V311, filter, 0);
        MqttProbe witness = subscriber(V5, name, 1);
        publisher(V311).publish(Pub.to(name, "x").qos1(1), 1);
        assertThat(witness.expectMessage().topic()).isEqualTo(name);
        if (matches) {
            assertThat(subscriber.expectMessage().topic()).isEqualTo(name);
            assertThat(older.expectMessage().topic()).isEqualTo(name);
        } else {
            subscriber.expectNothing();
            older.expectNothing(Duration.ofMillis(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"T#", "T/#/b", "#T", "#/T", "T/a#", "##"})
    @Normative({"MQTT-4.7.1-1", "MQTT311-4.7.1-2"})
    void theMultiLevelWildcardStandsAloneAndLast(String filter) {
        for (Version version : Version.values()) {
            MqttProbe client = subscriber(version);
            client.send(Packets.subscribe(version, 1, filter.replace("T", unique("t")), 0));
            SubscribeIT.expectFilterRefused(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"T+", "+T", "T/a+/b", "T/+a", "++", "T/+#"})
    @Normative({"MQTT-4.7.1-2", "MQTT311-4.7.1-3"})
    void theSingleLevelWildcardStandsAlone(String filter) {
        for (Version version : Version.values()) {
            MqttProbe client = subscriber(version);
            client.send(Packets.subscribe(version, 1, filter.replace("T", unique("t")), 0));
            SubscribeIT.expectFilterRefused(client);
        }
    }

    @AllVersions
    @Normative({"MQTT-4.7.3-1", "MQTT311-4.7.3-1"})
    void aFilterIsNotEmpty(Version version) {
        MqttProbe client = subscriber(version);
        client.send(Packets.subscribe(version, 1, "", 0));
        SubscribeIT.expectFilterRefused(client);
    }

    @AllVersions
    @Normative({"MQTT-4.7.3-2", "MQTT-1.5.4-2", "MQTT311-4.7.3-2", "MQTT311-1.5.3-2"})
    void theNullCharacterIsInNoTopic(Version version) {
        MqttProbe subscriber = subscriber(version);
        subscriber.send(Packets.subscribe(version, 1, unique("t") + "\0", 0));
        SubscribeIT.expectFilterRefused(subscriber);

        MqttProbe publisher = publisher(version);
        publisher.send(Pub.to(unique("t") + "\0", "x"));
        publisher.expectDisconnect(Reason.MALFORMED_PACKET, Reason.TOPIC_NAME_INVALID);
    }

    @AllVersions
    @Normative({"MQTT-4.7.2-1", "MQTT311-4.7.2-1"})
    void wildcardsAtTheStartDoNotFindTheServersTopics(Version version) {
        MqttProbe everything = subscriber(version);
        byte[][] filters = {Packets.filter("#", 0), Packets.filter("+/broker/#", 0)};
        everything.send(Packets.subscribe(version, 1, Properties.NONE, filters));
        assertThat(everything.expect(Suback.class).reasons()).containsExactly(0, 0);
        MqttProbe system = subscriber(version, "$SYS/#", 0);
        assertThat(system.expectMessage().topic()).startsWith("$SYS/");
        MqttProbe plus = subscriber(version, "$SYS/+/version", 0);
        assertThat(plus.expectMessage().topic()).isEqualTo("$SYS/broker/version");
        long end = System.nanoTime() + MqttProbe.QUIET.toNanos();
        while (System.nanoTime() < end) {
            ServerPacket packet = everything.poll(MqttProbe.QUIET);
            if (packet instanceof Publish message) {
                assertThat(message.topic()).doesNotStartWith("$");
            }
        }
    }

    @AllVersions
    @Normative({"MQTT-4.7.3-3", "MQTT311-4.7.3-3"})
    void longTopicNamesArriveOrAreRefusedInOrder(Version version) {
        String longName = unique("t") + "/" + "x".repeat(900);
        MqttProbe subscriber = subscriber(version, longName, 0);
        MqttProbe publisher = publisher(version);
        publisher.send(Pub.to(longName, "far"));
        assertThat(subscriber.expectMessage().topic()).isEqualTo(longName);

        String longest = (unique("t") + "/" + "x".repeat(65_535)).substring(0, 65_535);
        publisher.trySend(Pub.to(longest, "farther").qos1(1).bytes(version));
        ServerPacket answer = publisher.poll(MqttProbe.DEADLINE);
        if (answer instanceof Puback puback) {
            assertThat(puback.reason()).isIn(0x00, 0x10, Reason.TOPIC_NAME_INVALID);
        } else if (version.is5()) {
            assertThat(answer).isInstanceOf(ServerPacket.Disconnect.class);
        } else {
            assertThat(answer).isInstanceOf(ServerPacket.Closed.class);
        }
    }

    @Test
    @Normative("MQTT-4.7.3-3")
    void manyLevelsAreFine() {
        String deep = unique("t") + "/1/2/3/4/5/6/7/8/9";
        MqttProbe subscriber = subscriber(V5, deep.replace("/5/", "/+/"), 0);
        publisher(V5).send(Pub.to(deep, "deep"));
        assertThat(subscriber.expectMessage().topic()).isEqualTo(deep);
    }

    @Test
    @Normative({"MQTT-4.7.3-3", "MQTT-3.8.4-7"})
    void topicsOfTooManyLevelsAreRefused() {
        Assumptions.assumeFalse(Cluster.isForeign(), "the limit is this server's own");
        String tooDeep = unique("t") + "/x".repeat(64);
        MqttProbe client = subscriber(V5);
        client.send(Packets.subscribe(V5, 1, tooDeep, 0));
        assertThat(client.expect(Suback.class).reasons()).containsExactly(Reason.TOPIC_FILTER_INVALID);
        client.send(Pub.to(tooDeep, "x").qos1(2));
        assertThat(client.expect(Puback.class).reason()).isEqualTo(Reason.TOPIC_NAME_INVALID);
        client.ping();
    }

    @Test
    @Normative("MQTT-4.7.2-1")
    void theServerTellsOfItself() {
        Set<String> awaited = new TreeSet<>(Set.of(
                "$SYS/broker/version",
                "$SYS/broker/uptime",
                "$SYS/broker/clients/connected",
                "$SYS/broker/messages/received",
                "$SYS/broker/messages/sent",
                "$SYS/broker/messages/dropped",
                "$SYS/broker/load/messages/received/1min"));
        if (!Cluster.isForeign()) {
            for (int gateway = 1; gateway <= 2; gateway++) {
                String own = "$SYS/gateways/gateway-" + gateway + "/";
                awaited.addAll(Set.of(own + "uptime", own + "clients/connected", own + "messages/received"));
            }
        }
        MqttProbe client = subscriber(V5, "$SYS/#", 0);
        long end = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
        while (!awaited.isEmpty() && System.nanoTime() < end) {
            if (client.poll(MqttProbe.QUIET) instanceof Publish message) {
                assertThat(message.payload()).isNotEmpty();
                awaited.remove(message.topic());
            }
        }
        assertThat(awaited).as("$SYS topics that did not come").isEmpty();
    }
}
