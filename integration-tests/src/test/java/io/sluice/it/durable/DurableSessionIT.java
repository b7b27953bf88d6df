package io.sluice.it.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.local.LocalCluster;
import io.sluice.local.LocalConfig;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Durable sessions on two gateways of one cluster. */
class DurableSessionIT {

    private static final Version V5 = Version.MQTT_5;

    /** A test that is run with 3.1.1 and 5.0; version 3.1 cannot tell that a session is present. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"MQTT_3_1_1", "MQTT_5"})
    private @interface From311 {}

    private static final int HOUR = 3_600;
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static LocalCluster cluster;
    private final List<MqttProbe> probes = new ArrayList<>();
    private final String id = "durable-" + NAMES.incrementAndGet();
    private final String topic = "durable/" + id;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.start(LocalConfig.onFreePorts(folder, 2, 1));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void closeProbes() {
        probes.forEach(MqttProbe::close);
    }

    private MqttProbe open(int gateway) {
        return open(gateway, V5);
    }

    private MqttProbe open(int gateway, Version version) {
        InetSocketAddress address = Cluster.gateway(cluster, gateway);
        MqttProbe probe = MqttProbe.open(address, version);
        probes.add(probe);
        return probe;
    }

    private MqttProbe durable(int gateway, boolean expectPresent) {
        return durable(V5, gateway, expectPresent);
    }

    private MqttProbe durable(Version version, int gateway, boolean expectPresent) {
        MqttProbe probe = open(gateway, version);
        assertThat(probe.connect(connect(version).clean(false)).sessionPresent())
                .isEqualTo(expectPresent);
        return probe;
    }

    private Connect connect(Version version) {
        Connect connect = Connect.of(version).clientId(id);
        return version.is5() ? connect.with(Property.SESSION_EXPIRY_INTERVAL, HOUR) : connect;
    }

    private MqttProbe publisher(int gateway) {
        MqttProbe probe = open(gateway);
        probe.connect(Connect.of(V5));
        return probe;
    }

    private void publish(MqttProbe publisher, int qos, int from, int to) {
        for (int number = from; number <= to; number++) {
            Pub message = Pub.to(topic, Integer.toString(number));
            publisher.publish(qos == 1 ? message.qos1(number) : message.qos2(number), number);
        }
    }

    private static void expect(MqttProbe subscriber, int from, int to) {
        for (int number = from; number <= to; number++) {
            assertThat(subscriber.expectMessage().text()).isEqualTo(Integer.toString(number));
        }
    }

    @From311
    @Normative({
        "MQTT-3.1.2-5",
        "MQTT-3.1.2-23",
        "MQTT-3.1.3-2",
        "MQTT-3.2.2-3",
        "MQTT-4.5.0-1",
        "MQTT311-3.1.2-4",
        "MQTT311-3.1.2-5",
        "MQTT311-3.1.3-2",
        "MQTT311-3.2.2-2",
        "MQTT311-4.1.0-1",
        "MQTT311-4.5.0-1"
    })
    void deliversLiveAndRemembersWhatCameWhileTheClientWasAway(Version version) {
        for (int qos = 1; qos <= 2; qos++) {
            MqttProbe subscriber = durable(version, 0, qos == 2);
            subscriber.subscribe(topic, qos);
            MqttProbe publisher = publisher(1);
            publish(publisher, qos, 1, 20);
            expect(subscriber, 1, 20);
            subscriber.close();
            publish(publisher, qos, 21, 40);
            MqttProbe again = durable(version, 1, true);
            expect(again, 21, 40);
            publish(publisher, qos, 41, 60);
            expect(again, 41, 60);
            again.expectNothing();
            again.close();
        }
    }

    @From311
    @Normative({"MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT311-3.3.1-1", "MQTT311-4.4.0-1"})
    void resumesWhatWasNotAcknowledgedAtAnotherGatewayWithTheSameIdentifier(Version version) {
        MqttProbe subscriber = durable(version, 0, false);
        subscriber.subscribe(topic, 2);
        MqttProbe publisher = publisher(1);
        publish(publisher, 1, 1, 1);
        publish(publisher, 2, 2, 2);
        ServerPacket.Publish first = subscriber.expect(ServerPacket.Publish.class);
        ServerPacket.Publish second = subscriber.expect(ServerPacket.Publish.class);
        assertThat(first.dup()).isFalse();
        subscriber.expectNothing();
        subscriber.close();

        MqttProbe again = durable(version, 1, true);
        ServerPacket.Publish firstAgain = again.expect(ServerPacket.Publish.class);
        ServerPacket.Publish secondAgain = again.expect(ServerPacket.Publish.class);
        assertThat(firstAgain.text()).isEqualTo("1");
        assertThat(firstAgain.id()).isEqualTo(first.id());
        assertThat(firstAgain.dup()).isTrue();
        assertThat(secondAgain.id()).isEqualTo(second.id());
        assertThat(secondAgain.dup()).isTrue();
        again.expectNothing();
        again.acknowledge(firstAgain);
        again.send(Packets.pubrec(secondAgain.id()));
        assertThat(again.expect(ServerPacket.Pubrel.class).id()).isEqualTo(second.id());
        again.close();

        MqttProbe third = durable(version, 0, true);
        assertThat(third.expect(ServerPacket.Pubrel.class).id()).isEqualTo(second.id());
        third.send(Packets.pubcomp(second.id()));
        third.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.1.3-2", "MQTT-3.1.4-3", "MQTT311-3.1.3-2", "MQTT311-3.1.4-2"})
    void theLaterConnectWinsInTheWholeCluster() {
        MqttProbe first = durable(0, false);
        first.subscribe(topic, 1);
        MqttProbe second = durable(1, true);
        first.expectDisconnect(Reason.SESSION_TAKEN_OVER);
        publish(publisher(0), 1, 1, 3);
        expect(second, 1, 3);
    }

    @From311
    @Normative({"MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT311-3.1.2-6", "MQTT311-3.1.4-3"})
    void cleanStartEndsTheSession(Version version) {
        MqttProbe subscriber = durable(version, 0, false);
        subscriber.subscribe(topic, 1);
        subscriber.close();
        publish(publisher(0), 1, 1, 3);
        MqttProbe clean = open(1, version);
        assertThat(clean.connect(connect(version).clean(true)).sessionPresent()).isFalse();
        clean.expectNothing();
        publish(publisher(0), 1, 4, 6);
        clean.expectNothing();
        clean.close();
        // With MQTT 5 a clean start may begin a session that lasts, with MQTT 3 it may not.
        durable(version, 0, version.is5()).expectNothing();
    }

    @From311
    @Normative("MQTT311-2.3.1-4")
    void identifiersInUseAreNotUsedAgainAlsoAfterTheClientHasComeBack(Version version) {
        MqttProbe subscriber = durable(version, 0, false);
        subscriber.subscribe(topic + "/#", 2);
        MqttProbe publisher = publisher(1);
        Set<Integer> identifiers = new HashSet<>();
        for (int number = 1; number <= 50; number++) {
            publisher.publish(Pub.to(topic + "/" + number, "x").qos(1 + number % 2, number), number);
            assertThat(identifiers.add(
                            subscriber.expect(ServerPacket.Publish.class).id()))
                    .isTrue();
        }
        subscriber.close();
        MqttProbe again = durable(version, 1, true);
        publisher.publish(Pub.to(topic + "/new", "x").qos1(51), 51);
        Set<Integer> seen = new HashSet<>();
        for (int i = 1; i <= 51; i++) {
            ServerPacket.Publish message = again.expect(ServerPacket.Publish.class);
            assertThat(seen.add(message.id())).isTrue();
            assertThat(identifiers.contains(message.id()))
                    .isEqualTo(!message.topic().endsWith("/new"));
        }
    }

    @Test
    @Normative({"MQTT-4.1.0-2", "MQTT-3.1.2-23"})
    void anExpiredSessionIsGone() {
        MqttProbe subscriber = open(0);
        subscriber.connect(Connect.of(V5).clientId(id).clean(false).with(Property.SESSION_EXPIRY_INTERVAL, 1));
        subscriber.subscribe(topic, 1);
        subscriber.close();
        Awaitility.await("the session has expired")
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    MqttProbe again = open(1);
                    // A connection that finds the session ends it with its own end, so that it counts only if there was
                    // none.
                    boolean present = again.connect(
                                    Connect.of(V5).clientId(id).clean(false).with(Property.SESSION_EXPIRY_INTERVAL, 1))
                            .sessionPresent();
                    again.close();
                    if (present) {
                        LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
                    }
                    return !present;
                });
    }

    @Test
    void retainedMessagesReachADurableSession() {
        MqttProbe publisher = publisher(1);
        publisher.publish(Pub.to(topic, "kept").qos1(1).retain(), 1);
        MqttProbe subscriber = durable(0, false);
        subscriber.subscribe(topic, 1);
        ServerPacket.Publish kept = subscriber.expect(ServerPacket.Publish.class);
        assertThat(kept.retain()).isTrue();
        subscriber.close();
        MqttProbe again = durable(1, true);
        ServerPacket.Publish keptAgain = again.expect(ServerPacket.Publish.class);
        assertThat(keptAgain.id()).isEqualTo(kept.id());
        again.acknowledge(keptAgain);
        again.expectNothing();
        publisher.publish(Pub.to(topic, "").qos1(2).retain(), 2);
    }

    @Test
    void retainedMessagesComeBeforeNewerOnesHoweverFewTheClientTakesAtOnce() {
        MqttProbe publisher = publisher(1);
        for (int number = 1; number <= 4; number++) {
            publisher.publish(Pub.to(topic + "/" + number, "kept").qos1(1).retain(), 1);
        }
        MqttProbe subscriber = open(0);
        subscriber.connect(connect(V5).clean(false).with(Property.RECEIVE_MAXIMUM, 1));
        subscriber.subscribe(topic + "/#", 1);
        for (int number = 1; number <= 4; number++) {
            publisher.publish(Pub.to(topic + "/" + number, "").qos1(1).retain(), 1);
        }
        for (int number = 1; number <= 8; number++) {
            assertThat(subscriber.expectMessage().text()).isEqualTo(number <= 4 ? "kept" : "");
        }
        subscriber.expectNothing();
    }

    @Test
    void aQos2MessageThatIsSentAgainToAnotherGatewayArrivesOnce() {
        MqttProbe subscriber = publisher(0);
        subscriber.subscribe(topic, 2);
        MqttProbe first = durable(0, false);
        first.send(Pub.to(topic, "once").qos2(7));
        first.expect(ServerPacket.Pubrec.class);
        first.close();

        MqttProbe second = durable(1, true);
        second.send(Pub.to(topic, "once").qos2(7).dup());
        second.expect(ServerPacket.Pubrec.class);
        second.send(Packets.pubrel(7));
        second.expect(ServerPacket.Pubcomp.class);
        second.publish(Pub.to(topic, "next").qos2(7), 7);

        assertThat(subscriber.expectMessage().text()).isEqualTo("once");
        assertThat(subscriber.expectMessage().text()).isEqualTo("next");
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.1.2-8", "MQTT-3.1.3-9"})
    void theWillOfADurableSessionIsPublishedAfterItsDelayUnlessTheClientIsBack() {
        MqttProbe watcher = publisher(1);
        watcher.subscribe(topic, 1);
        for (boolean back : new boolean[] {false, true}) {
            MqttProbe client = open(0);
            client.connect(Connect.of(V5)
                    .clientId(id)
                    .clean(false)
                    .with(Property.SESSION_EXPIRY_INTERVAL, HOUR)
                    .will(topic, "gone", 1, false, Properties.NONE.with(Property.WILL_DELAY_INTERVAL, back ? 2 : 1)));
            client.close();
            if (back) {
                MqttProbe again = durable(1, true);
                watcher.expectNothing(Duration.ofSeconds(3));
                again.send(Packets.disconnect());
            } else {
                assertThat(watcher.expectMessage().text()).isEqualTo("gone");
            }
        }
    }
}
