package io.sluice.it.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.local.LocalCluster;
import io.sluice.local.LocalConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shared subscriptions on two gateways of one cluster. */
class SharedSubscriptionIT {

    private static final Version V5 = Version.MQTT_5;
    private static final int HOUR = 3_600;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static LocalCluster cluster;
    private final List<MqttProbe> probes = new ArrayList<>();
    private final int number = NAMES.incrementAndGet();
    private final String topic = "shared/" + number;
    private final String shared = "$share/group-" + number + "/" + topic + "/#";
    private MqttProbe publisher;
    private int published;

    @BeforeAll
    static void start() {
        LocalConfig config = LocalConfig.onFreePorts(folder, 2, 1);
        cluster = LocalCluster.start(new LocalConfig(
                config.folder(),
                true,
                config.host(),
                config.mqttPorts(),
                config.haPorts(),
                0,
                0,
                0,
                Map.of("SLUICE_SESSIONS_MAX_EXPIRY", "1h")));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void closeProbes() {
        probes.forEach(MqttProbe::close);
    }

    private MqttProbe open(int gateway, Version version) {
        MqttProbe probe = MqttProbe.open(Cluster.gateway(cluster, gateway), version);
        probes.add(probe);
        return probe;
    }

    private MqttProbe clean(int gateway, Version version) {
        MqttProbe probe = open(gateway, version);
        probe.connect(Connect.of(version));
        return probe;
    }

    private MqttProbe member(int gateway, int qos) {
        MqttProbe probe = clean(gateway, V5);
        probe.subscribe(shared, qos);
        return probe;
    }

    private MqttProbe durable(int gateway, String id) {
        MqttProbe probe = open(gateway, V5);
        probe.connect(Connect.of(V5).clientId(id).clean(false).with(Property.SESSION_EXPIRY_INTERVAL, HOUR));
        return probe;
    }

    /** Publishes numbers, each under a topic of its own so that they stand in all partitions. */
    private void publish(int qos, int count) {
        if (publisher == null) {
            publisher = clean(0, V5);
        }
        for (int i = 0; i < count; i++) {
            published++;
            Pub message = Pub.to(topic + "/" + published, Integer.toString(published));
            publisher.publish(message.qos(qos, qos == 0 ? 0 : published), published);
        }
    }

    /** Takes and acknowledges what comes to members until all numbers have come; how often each did. */
    private static Map<Integer, Integer> takeAll(int from, int to, MqttProbe... members) {
        Map<Integer, Integer> got = new HashMap<>();
        long deadline = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
        while (got.size() <= to - from && System.nanoTime() < deadline) {
            for (MqttProbe member : members) {
                takeOne(member, got);
            }
        }
        assertThat(new TreeSet<>(got.keySet())).hasSize(to - from + 1);
        return got;
    }

    private static boolean takeOne(MqttProbe member, Map<Integer, Integer> got) {
        ServerPacket packet = member.poll(Duration.ofMillis(20));
        if (packet instanceof ServerPacket.Publish message) {
            got.merge(Integer.valueOf(message.text()), 1, Integer::sum);
            member.acknowledge(message);
        }
        return packet != null;
    }

    @Test
    @Normative("MQTT-4.8.2-1")
    void eachMessageGoesToOneMember() {
        for (int qos = 0; qos <= 2; qos++) {
            MqttProbe here = member(0, qos);
            MqttProbe there = member(1, qos);
            MqttProbe all = clean(1, V5);
            all.subscribe(topic + "/#", qos);
            int before = published;
            publish(qos, 60);
            Map<Integer, Integer> got = takeAll(before + 1, published, here, there);
            assertThat(got.values()).containsOnly(1);
            assertThat(takeAll(before + 1, published, all).values()).containsOnly(1);
            here.close();
            there.close();
            all.close();
        }
    }

    @Test
    void bothGatewaysServeAGroup() {
        MqttProbe here = member(0, 1);
        MqttProbe there = member(1, 1);
        Map<Integer, Integer> gotHere = new HashMap<>();
        Map<Integer, Integer> gotThere = new HashMap<>();
        long deadline = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
        while ((gotHere.isEmpty() || gotThere.isEmpty()) && System.nanoTime() < deadline) {
            publish(1, 12);
            while (takeOne(here, gotHere) || takeOne(there, gotThere)) {
                assertThat(published).isPositive();
            }
        }
        assertThat(gotHere).isNotEmpty();
        assertThat(gotThere).isNotEmpty();
    }

    @Test
    @Normative("MQTT-4.8.2-3")
    void aMemberGetsMessagesAtTheQosThatItWasGranted() {
        MqttProbe member = member(0, 1);
        for (int qos = 0; qos <= 2; qos++) {
            publish(qos, 1);
            assertThat(member.expectMessage().qos()).isEqualTo(Math.min(1, qos));
        }
    }

    @Test
    void whatAMemberHasNotAcknowledgedGoesToAnother() {
        MqttProbe first = member(0, 1);
        publish(1, 5);
        for (int i = 0; i < 5; i++) {
            first.expect(ServerPacket.Publish.class);
        }
        MqttProbe second = member(0, 1);
        first.close();
        assertThat(takeAll(1, 5, second).values()).containsOnly(1);
        second.expectNothing();
    }

    @Test
    void whenTheLastMemberOfAGatewayGoesItsPartitionsAreServedElsewhere() {
        MqttProbe here = member(0, 1);
        MqttProbe there = member(1, 1);
        publish(1, 30);
        here.close();
        publish(1, 30);
        Map<Integer, Integer> got = new HashMap<>();
        long deadline = System.nanoTime() + MqttProbe.DEADLINE.toNanos();
        while (!got.containsKey(published) && System.nanoTime() < deadline) {
            takeOne(there, got);
        }
        for (int i = 31; i <= 60; i++) {
            while (!got.containsKey(i) && System.nanoTime() < deadline) {
                takeOne(there, got);
            }
        }
        assertThat(got.size()).isBetween(30, 60);
    }

    @Test
    @Normative("MQTT-4.8.2-6")
    void whatAMemberRefusesGoesToNobodyElse() {
        MqttProbe first = member(0, 2);
        publish(1, 1);
        publish(2, 1);
        ServerPacket.Publish one = first.expect(ServerPacket.Publish.class);
        ServerPacket.Publish two = first.expect(ServerPacket.Publish.class);
        MqttProbe second = member(0, 2);
        first.send(Packets.ack(one.qos() == 1 ? PUBACK : PUBREC, one.id(), NOT_AUTHORIZED));
        first.send(Packets.ack(two.qos() == 1 ? PUBACK : PUBREC, two.id(), NOT_AUTHORIZED));
        first.ping();
        first.close();
        second.expectNothing();
        publish(1, 1);
        assertThat(second.expectMessage().text()).isEqualTo("3");
    }

    @Test
    @Normative({"MQTT-4.8.2-4", "MQTT-4.8.2-5"})
    void aQos2MessageBelongsToTheMemberThatItWasSentTo() {
        MqttProbe first = durable(0, "owner-" + number);
        first.subscribe(shared, 2);
        publish(2, 2);
        ServerPacket.Publish one = first.expect(ServerPacket.Publish.class);
        ServerPacket.Publish two = first.expect(ServerPacket.Publish.class);
        first.send(Packets.pubrec(one.id()));
        assertThat(first.expect(ServerPacket.Pubrel.class).id()).isEqualTo(one.id());
        MqttProbe other = member(1, 2);
        first.close();
        other.expectNothing();

        MqttProbe again = durable(1, "owner-" + number);
        List<ServerPacket> resumed = List.of(again.poll(MqttProbe.DEADLINE), again.poll(MqttProbe.DEADLINE));
        assertThat(resumed).anySatisfy(packet -> {
            assertThat(packet).isInstanceOf(ServerPacket.Pubrel.class);
            assertThat(((ServerPacket.Pubrel) packet).id()).isEqualTo(one.id());
        });
        assertThat(resumed).anySatisfy(packet -> {
            assertThat(packet).isInstanceOf(ServerPacket.Publish.class);
            assertThat(((ServerPacket.Publish) packet).id()).isEqualTo(two.id());
            assertThat(((ServerPacket.Publish) packet).dup()).isTrue();
        });
        again.close();
        MqttProbe anew = open(0, V5);
        anew.connect(Connect.of(V5).clientId("owner-" + number).clean(true));
        anew.expectNothing();
        other.expectNothing();
    }

    @Test
    void aGroupOfDurableMembersKeepsItsPlaceWhileNobodyIsThere() {
        MqttProbe member = durable(0, "away-" + number);
        member.subscribe(shared, 1);
        publish(1, 3);
        takeAll(1, 3, member);
        member.close();
        publish(1, 40);

        MqttProbe again = durable(1, "away-" + number);
        Map<Integer, Integer> got = takeAll(4, 43, again);
        assertThat(got.values()).containsOnly(1);
        again.send(Packets.unsubscribe(V5, 5, shared));
        assertThat(again.expect(ServerPacket.Unsuback.class).reasons()).containsExactly(0);
        publish(1, 1);
        again.expectNothing();
    }

    @Test
    void aMemberThatIsSlowHoldsUpNobodyElse() {
        MqttProbe slow = open(0, V5);
        slow.connect(Connect.of(V5).with(Property.RECEIVE_MAXIMUM, 1));
        slow.subscribe(shared, 1);
        publish(1, 1);
        ServerPacket.Publish held = slow.expect(ServerPacket.Publish.class);
        MqttProbe other = member(0, 1);
        publish(1, 20);
        takeAll(2, 21, other);
        slow.acknowledge(held);
        other.expectNothing();
    }

    @Test
    void retainedMessagesAreNotForGroupsAndIdentifiersAre() {
        publisher = clean(0, V5);
        publisher.publish(Pub.to(topic + "/kept", "0").qos1(1).retain(), 1);
        MqttProbe member = clean(1, V5);
        member.send(Packets.subscribe(
                V5, 9, Properties.NONE.with(Property.SUBSCRIPTION_IDENTIFIER, 77), Packets.filter(shared, 1)));
        assertThat(member.expect(ServerPacket.Suback.class).reasons()).containsExactly(1);
        publish(1, 1);
        ServerPacket.Publish message = member.expectMessage();
        assertThat(message.text()).isEqualTo("1");
        assertThat(message.retain()).isFalse();
        assertThat(message.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0))
                .isEqualTo(77);
        publisher.publish(Pub.to(topic + "/kept", "").qos1(2).retain(), 2);
    }

    @Test
    void clientsOfEarlierVersionsShareToo() {
        MqttProbe old = clean(0, Version.MQTT_3_1_1);
        old.subscribe(shared, 1);
        publish(1, 3);
        takeAll(1, 3, old);
        old.send(Packets.unsubscribe(Version.MQTT_3_1_1, 4, shared));
        old.expect(ServerPacket.Unsuback.class);
        publish(1, 1);
        old.expectNothing();
    }
}
