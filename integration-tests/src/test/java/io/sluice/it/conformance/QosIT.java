package io.sluice.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Pubcomp;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Pubrec;
import io.sluice.it.probe.ServerPacket.Pubrel;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The three ways of delivery and their order, MQTT 5.0 sections 4.3 to 4.6. */
class QosIT extends MqttTest {

    static Stream<Arguments> versionAndQos() {
        return Stream.of(Version.values())
                .flatMap(version -> IntStream.rangeClosed(0, 2)
                        .boxed()
                        .flatMap(published -> IntStream.rangeClosed(0, 2)
                                .mapToObj(granted -> Arguments.of(version, published, granted))));
    }

    @ParameterizedTest
    @MethodSource("versionAndQos")
    @Normative({
        "MQTT-3.8.4-8",
        "MQTT-3.3.4-1",
        "MQTT-4.3.2-4",
        "MQTT-4.3.3-4",
        "MQTT-4.3.3-8",
        "MQTT-4.3.3-11",
        "MQTT-2.2.1-4",
        "MQTT-2.2.1-5",
        "MQTT-3.6.1-1",
        "MQTT-3.6.2-1",
        "MQTT-3.7.2-1",
        "MQTT311-3.8.4-6",
        "MQTT311-4.3.2-1",
        "MQTT311-4.3.2-2",
        "MQTT311-4.3.3-1",
        "MQTT311-4.3.3-2",
        "MQTT311-2.3.1-4",
        "MQTT311-2.3.1-6",
        "MQTT311-3.6.1-1"
    })
    void aMessageArrivesAtTheLowerOfItsQosAndTheGranted(Version version, int published, int granted) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, granted);
        publisher(version).publish(Pub.to(topic, "x").qos(published, 77), 77);
        Publish message = subscriber.expectMessage();
        assertThat(message.qos()).isEqualTo(Math.min(published, granted));
        assertThat(message.dup()).isFalse();
        subscriber.expectNothing(Duration.ofMillis(50));
    }

    @AllVersions
    @Normative({"MQTT-4.3.2-5", "MQTT311-4.3.2-2"})
    void anIdentifierIsFreeAfterItsPuback(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 1);
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "first").qos1(9), 9);
        publisher.publish(Pub.to(topic, "second").qos1(9).dup(), 9);
        assertThat(subscriber.expectMessage().text()).isEqualTo("first");
        assertThat(subscriber.expectMessage().text()).isEqualTo("second");
    }

    @AllVersions
    @Normative({"MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT311-4.3.3-2"})
    void aRepeatedQos2PublishIsOneMessageUntilItIsReleased(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 2);
        MqttProbe publisher = publisher(version);
        publisher.send(Pub.to(topic, "once").qos2(5));
        assertThat(publisher.expect(Pubrec.class).reason()).isLessThan(0x80);
        publisher.send(Pub.to(topic, "once").qos2(5).dup());
        Pubrec again = publisher.expect(Pubrec.class);
        assertThat(again.id()).isEqualTo(5);
        assertThat(again.reason()).isLessThan(0x80);
        publisher.send(Packets.pubrel(5));
        assertThat(publisher.expect(Pubcomp.class)).isEqualTo(pubcomp(5, 0));
        publisher.publish(Pub.to(topic, "a new one").qos2(5), 5);

        assertThat(subscriber.expectMessage().text()).isEqualTo("once");
        assertThat(subscriber.expectMessage().text()).isEqualTo("a new one");
        subscriber.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-4.3.3-10", "MQTT311-4.3.3-2"})
    void aQos2PublishThatIsRepeatedBeforeItsPubrecIsOneMessage(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 2);
        MqttProbe publisher = publisher(version);
        byte[] publish = Pub.to(topic, "once").qos2(5).bytes(version);
        byte[] repeated = Pub.to(topic, "once").qos2(5).dup().bytes(version);
        publisher.send(new Bytes().raw(publish).raw(repeated).toArray());
        assertThat(publisher.expect(Pubrec.class).id()).isEqualTo(5);
        publisher.send(Packets.pubrel(5));
        ServerPacket answer = publisher.poll(MqttProbe.DEADLINE);
        if (answer instanceof Pubrec) {
            answer = publisher.poll(MqttProbe.DEADLINE);
        }
        assertThat(answer).isEqualTo(pubcomp(5, 0));
        assertThat(subscriber.expectMessage().text()).isEqualTo("once");
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-3.7.2-1", "MQTT-4.3.3-11"})
    void releasingWhatIsUnknownIsAnsweredSo() {
        MqttProbe client = publisher(V5);
        client.send(Packets.pubrel(1234));
        Pubcomp pubcomp = client.expect(Pubcomp.class);
        assertThat(pubcomp.id()).isEqualTo(1234);
        assertThat(pubcomp.reason()).isEqualTo(Reason.PACKET_IDENTIFIER_NOT_FOUND);
        assertThat(pubcomp.properties().text(Property.REASON_STRING)).isNotBlank();
    }

    @Test
    @Normative({"MQTT311-4.3.3-2"})
    void before5ReleasingWhatIsUnknownIsAnsweredToo() {
        MqttProbe client = publisher(V311);
        client.send(Packets.pubrel(1234));
        assertThat(client.expect(Pubcomp.class).id()).isEqualTo(1234);
    }

    @Test
    @Normative("MQTT-3.6.2-1")
    void receivingWhatIsUnknownIsAnsweredSo() {
        MqttProbe client = publisher(V5);
        client.send(Packets.pubrec(4321));
        Pubrel pubrel = client.expect(Pubrel.class);
        assertThat(pubrel.id()).isEqualTo(4321);
        assertThat(pubrel.reason()).isEqualTo(Reason.PACKET_IDENTIFIER_NOT_FOUND);
        assertThat(pubrel.properties().text(Property.REASON_STRING)).isNotBlank();
    }

    @Test
    @Normative("MQTT-4.3.3-9")
    void anIdentifierIsFreeAfterAPubrecThatRefuses() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 2);
        MqttProbe publisher = publisher(V5);
        publisher.send(Pub.to("$refused", "x").qos2(8));
        assertThat(publisher.expect(Pubrec.class).reason()).isGreaterThanOrEqualTo(0x80);
        publisher.publish(Pub.to(topic, "taken").qos2(8), 8);
        assertThat(subscriber.expectMessage().text()).isEqualTo("taken");
    }

    @AllVersions
    @Normative({
        "MQTT-4.3.3-3",
        "MQTT-4.3.3-5",
        "MQTT-4.3.3-6",
        "MQTT-4.3.2-1",
        "MQTT-4.3.2-3",
        "MQTT-4.3.3-1",
        "MQTT-2.2.1-4",
        "MQTT311-2.3.1-4",
        "MQTT311-4.3.3-1",
        "MQTT311-4.3.2-1"
    })
    void identifiersInUseAreNotUsedAgain(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 2);
        MqttProbe publisher = publisher(version);
        Set<Integer> inUse = new HashSet<>();
        for (int i = 1; i <= 10; i++) {
            publisher.publish(Pub.to(topic, "m" + i).qos(1 + i % 2, i), i);
            Publish message = subscriber.expect(Publish.class);
            assertThat(inUse.add(message.id()))
                    .as("identifier %d is free", message.id())
                    .isTrue();
            if (message.qos() == 2 && i > 5) {
                subscriber.send(Packets.pubrec(message.id()));
                assertThat(subscriber.expect(Pubrel.class).id()).isEqualTo(message.id());
            }
        }
        subscriber.expectNothing();
    }

    @Test
    @Normative({"MQTT-4.4.0-2", "MQTT-4.3.3-4"})
    void aMessageThatTheClientRefusesIsDone() {
        String topic = unique("t");
        MqttProbe subscriber = connected(Cluster.second(), V5, connect(V5).with(Property.RECEIVE_MAXIMUM, 1));
        subscriber.subscribe(topic, 2);
        MqttProbe publisher = publisher(V5);
        for (int i = 1; i <= 3; i++) {
            publisher.publish(Pub.to(topic, "m" + i).qos(1 + i % 2, i), i);
        }
        Publish first = subscriber.expect(Publish.class);
        subscriber.send(Packets.ack(0x50, first.id(), Reason.UNSPECIFIED_ERROR));
        Publish second = subscriber.expect(Publish.class);
        assertThat(second.text()).isEqualTo("m2");
        subscriber.send(Packets.ack(0x40, second.id(), Reason.UNSPECIFIED_ERROR));
        assertThat(subscriber.expectMessage().text()).isEqualTo("m3");
        subscriber.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT311-4.6.0-5", "MQTT311-4.6.0-6"})
    void messagesOfOneClientStayInOrder(Version version) {
        int count = 300;
        for (int qos = 0; qos <= 2; qos++) {
            String topic = unique("t");
            MqttProbe subscriber = subscriber(version, topic, qos);
            MqttProbe publisher = publisher(version);
            publishAll(publisher, topic, qos, count);
            List<String> received = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                received.add(receive(subscriber).text());
            }
            assertThat(received)
                    .containsExactlyElementsOf(
                            IntStream.range(0, count).mapToObj(String::valueOf).toList());
        }
    }

    /** Publishes twenty at a time without waiting between them; the acknowledgements come in order. */
    private static void publishAll(MqttProbe publisher, String topic, int qos, int count) {
        for (int from = 0; from < count; from += 20) {
            Bytes batch = new Bytes();
            for (int i = from; i < from + 20; i++) {
                batch.raw(Pub.to(topic, String.valueOf(i)).qos(qos, i + 1).bytes(publisher.version()));
            }
            publisher.send(batch.toArray());
            for (int id = from + 1; id <= from + 20 && qos > 0; id++) {
                int acknowledged = qos == 1
                        ? publisher.expect(Puback.class).id()
                        : publisher.expect(Pubrec.class).id();
                assertThat(acknowledged).isEqualTo(id);
            }
            for (int id = from + 1; id <= from + 20 && qos == 2; id++) {
                publisher.send(Packets.pubrel(id));
                assertThat(publisher.expect(Pubcomp.class)).isEqualTo(pubcomp(id, 0));
            }
        }
    }

    /** Takes a message and answers it; the server may send the next ones before it goes on with this one. */
    private static Publish receive(MqttProbe subscriber) {
        while (true) {
            ServerPacket packet = subscriber.poll(MqttProbe.DEADLINE);
            if (packet instanceof Pubrel pubrel) {
                subscriber.send(Packets.pubcomp(pubrel.id()));
                continue;
            }
            assertThat(packet).isInstanceOf(Publish.class);
            Publish message = (Publish) packet;
            if (message.qos() > 0) {
                subscriber.send(message.qos() == 1 ? Packets.puback(message.id()) : Packets.pubrec(message.id()));
            }
            return message;
        }
    }

    @AllVersions
    @Normative({"MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT311-4.3.2-2"})
    void acknowledgementsComeInOrderThoughTopicsAreFarApart(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        int count = 200;
        Bytes all = new Bytes();
        for (int id = 1; id <= count; id++) {
            all.raw(Pub.to(topic + "/" + id, "x".repeat(id)).qos1(id).bytes(version));
        }
        publisher.send(all.toArray());
        for (int id = 1; id <= count; id++) {
            assertThat(publisher.expect(Puback.class).id()).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"MQTT_3_1", "MQTT_3_1_1"})
    @Normative({"MQTT311-4.3.3-2", "MQTT311-3.3.4-1"})
    void before5AClientMayHaveAsManyMessagesInFlightAsItHasIdentifiers(Version version) {
        String topic = unique("t");
        MqttProbe publisher = publisher(version);
        int count = 2_500;
        Bytes all = new Bytes();
        for (int id = 1; id <= count; id++) {
            all.raw(Pub.to(topic, "x").qos2(id).bytes(version));
        }
        publisher.send(all.toArray());
        int completed = 0;
        while (completed < count) {
            ServerPacket packet = publisher.poll(MqttProbe.DEADLINE);
            if (packet instanceof Pubrec pubrec) {
                publisher.send(Packets.pubrel(pubrec.id()));
            } else {
                assertThat(packet).as("after %d messages", completed).isInstanceOf(Pubcomp.class);
                completed++;
            }
        }
    }

    @AllVersions
    @Normative({"MQTT-4.5.0-1", "MQTT-3.3.4-1", "MQTT311-4.5.0-1"})
    void everySubscriberGetsTheMessage(Version version) {
        String topic = unique("t");
        List<MqttProbe> subscribers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            MqttProbe probe = connected(i % 2 == 0 ? Cluster.first() : Cluster.second(), version, connect(version));
            probe.subscribe(topic, i % 3);
            subscribers.add(probe);
        }
        publisher(version).publish(Pub.to(topic, "to all").qos2(1), 1);
        for (MqttProbe subscriber : subscribers) {
            assertThat(subscriber.expectMessage().text()).isEqualTo("to all");
        }
    }

    @Test
    @Normative({"MQTT-4.3.3-7", "MQTT-4.3.3-13"})
    void anExchangeThatHasBegunIsFinishedThoughTheMessageExpires() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 2);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "taken").qos2(3).with(Property.MESSAGE_EXPIRY_INTERVAL, 1), 3);
        Publish message = subscriber.expect(Publish.class);
        publisher.send(Pub.to(unique("t"), "given").qos2(4).with(Property.MESSAGE_EXPIRY_INTERVAL, 1));
        publisher.expect(Pubrec.class);
        publisher.expectNothing(Duration.ofMillis(1_300));

        publisher.send(Packets.pubrel(4));
        assertThat(publisher.expect(Pubcomp.class)).isEqualTo(pubcomp(4, 0));
        subscriber.acknowledge(message);
        subscriber.ping();
    }

    @AllVersions
    @Normative({"MQTT-4.3.2-3", "MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT311-4.3.2-1", "MQTT311-4.3.3-1"})
    void whatIsNotAcknowledgedIsAwaitedButNotSentAgain(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 2);
        MqttProbe publisher = publisher(version);
        for (int id = 1; id <= 3; id++) {
            publisher.publish(Pub.to(topic, "m" + id).qos(id == 1 ? 1 : 2, id), id);
        }
        Publish unacknowledged = subscriber.expect(Publish.class);
        Publish unreceived = subscriber.expect(Publish.class);
        Publish uncompleted = subscriber.expect(Publish.class);
        subscriber.send(Packets.pubrec(uncompleted.id()));
        assertThat(subscriber.expect(Pubrel.class).id()).isEqualTo(uncompleted.id());
        subscriber.expectNothing(Duration.ofSeconds(1));

        subscriber.send(Packets.pubrec(uncompleted.id()));
        assertThat(subscriber.expect(Pubrel.class)).isEqualTo(new Pubrel(uncompleted.id(), 0, Properties.NONE));
        subscriber.send(Packets.puback(unacknowledged.id()));
        subscriber.send(Packets.pubcomp(uncompleted.id()));
        subscriber.send(Packets.pubrec(unreceived.id()));
        assertThat(subscriber.expect(Pubrel.class)).isEqualTo(new Pubrel(unreceived.id(), 0, Properties.NONE));
        subscriber.send(Packets.pubcomp(unreceived.id()));
        subscriber.ping();
    }

    @AllVersions
    @Normative({"MQTT-4.1.0-1", "MQTT-4.3.3-10", "MQTT311-4.1.0-1", "MQTT311-4.1.0-2", "MQTT311-4.3.3-2"})
    void aSessionLastsAsLongAsItsConnection(Version version) {
        String topic = unique("t");
        MqttProbe client = publisher(version);
        client.subscribe(topic, 1);
        client.send(Pub.to(topic, "begun").qos2(5));
        List<ServerPacket> answers = List.of(client.poll(MqttProbe.DEADLINE), client.poll(MqttProbe.DEADLINE));
        assertThat(answers).hasAtLeastOneElementOfType(Pubrec.class).hasAtLeastOneElementOfType(Publish.class);
        client.expectNothing(Duration.ofMillis(1_200));

        client.send(Pub.to(topic, "begun").qos2(5).dup());
        client.expect(Pubrec.class);
        client.send(Packets.pubrel(5));
        assertThat(client.expect(Pubcomp.class)).isEqualTo(pubcomp(5, 0));
        publisher(version).publish(Pub.to(topic, "next").qos1(1), 1);
        assertThat(client.expectMessage().text()).isEqualTo("next");
    }

    private static Pubcomp pubcomp(int id, int reason) {
        return new Pubcomp(id, reason, Properties.NONE);
    }
}
