package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.CONTENT_TYPE;
import static io.sluice.it.probe.Property.CORRELATION_DATA;
import static io.sluice.it.probe.Property.MESSAGE_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.PAYLOAD_FORMAT_INDICATOR;
import static io.sluice.it.probe.Property.RECEIVE_MAXIMUM;
import static io.sluice.it.probe.Property.RESPONSE_TOPIC;
import static io.sluice.it.probe.Property.SUBSCRIPTION_IDENTIFIER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.ServerPacket.Pubrec;
import io.sluice.it.probe.Version;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PUBLISH, MQTT 5.0 section 3.3. */
class PublishIT extends MqttTest {

    private static final byte[] ILL_FORMED = {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80};

    static Stream<Arguments> versionPairs() {
        return Stream.of(Version.values())
                .flatMap(from -> Stream.of(Version.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("versionPairs")
    @Normative({
        "MQTT-3.3.2-1",
        "MQTT-3.3.2-3",
        "MQTT-2.2.1-2",
        "MQTT-2.2.2-1",
        "MQTT-4.3.1-1",
        "MQTT311-3.3.2-1",
        "MQTT311-3.3.2-3",
        "MQTT311-2.3.1-5",
        "MQTT311-4.3.1-1"
    })
    void topicAndPayloadArriveAsTheyWereSent(Version from, Version to) {
        String topic = unique("sport/tennis/") + "/ä€😀";
        MqttProbe subscriber = subscriber(to, topic, 0);
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        MqttProbe publisher = publisher(from);
        for (byte[] payload : new byte[][] {everyByte, new byte[0], new byte[] {0}}) {
            publisher.send(Pub.to(topic, payload));
            Publish message = subscriber.expectMessage();
            assertThat(message.topic()).isEqualTo(topic);
            assertThat(message.payload()).isEqualTo(payload);
            assertThat(message.qos()).isZero();
            assertThat(message.dup()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {127, 128, 16_384, 200_000})
    @Normative({"MQTT-3.3.2-1", "MQTT-1.5.5-1"})
    void payloadsOfAllSizesArrive(int size) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        publisher(V5).publish(Pub.to(topic, payload).qos1(1), 1);
        assertThat(subscriber.expectMessage().payload()).isEqualTo(payload);
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-3", "MQTT-4.3.2-2", "MQTT-4.3.3-2", "MQTT311-3.3.1-3"})
    void dupIsNotHandedOn(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 2);
        MqttProbe publisher = publisher(version);
        publisher.publish(Pub.to(topic, "one").qos1(1).dup(), 1);
        publisher.publish(Pub.to(topic, "two").qos2(2).dup(), 2);
        for (int i = 0; i < 2; i++) {
            assertThat(subscriber.expectMessage().dup()).isFalse();
        }
    }

    @From311
    @Normative({"MQTT-3.3.1-2", "MQTT311-3.3.1-2"})
    void dupAtQos0IsMalformed(Version version) {
        MqttProbe client = publisher(version);
        client.send(Pub.to(unique("t"), "x").dup());
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
    }

    @AllVersions
    @Normative({"MQTT-3.3.1-4", "MQTT-4.13.1-1", "MQTT311-3.3.1-4"})
    void qos3IsMalformed(Version version) {
        MqttProbe client = publisher(version);
        client.send(Pub.to(unique("t"), "x").qos(3, 1));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-2.2.1-3", "MQTT311-2.3.1-1"})
    void aPacketIdentifierIsNeverZero(Version version) {
        for (int qos = 1; qos <= 2; qos++) {
            MqttProbe client = publisher(version);
            client.send(Pub.to(unique("t"), "x").qos(qos, 0));
            client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @AllVersions
    @Normative({"MQTT-3.3.2-2", "MQTT-4.7.0-1", "MQTT311-3.3.2-2", "MQTT311-4.7.1-1"})
    void aTopicNameHasNoWildcards(Version version) {
        for (String topic : new String[] {"a/+/b", "a/#", "#", "+", "a+b", "a#"}) {
            MqttProbe client = publisher(version);
            client.send(Pub.to(topic, "x"));
            client.expectDisconnect(Reason.TOPIC_NAME_INVALID, Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
        }
    }

    @AllVersions
    @Normative({"MQTT-4.7.3-1", "MQTT311-4.7.3-1"})
    void aTopicNameIsNotEmpty(Version version) {
        MqttProbe client = publisher(version);
        client.send(Pub.to("", "x").qos1(1));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.TOPIC_NAME_INVALID, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-3.3.2-1", "MQTT-1.5.4-1", "MQTT311-3.3.2-1", "MQTT311-1.5.3-1"})
    void aTopicNameIsWellFormedText(Version version) {
        MqttProbe client = publisher(version);
        client.send(Pub.toBytes(ILL_FORMED, "x"));
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.TOPIC_NAME_INVALID);
    }

    @Test
    @Normative({"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-20", "MQTT-3.3.2-6"})
    void propertiesArriveAsTheyWereSent() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        byte[] correlation = {0, 1, (byte) 0xFF, 0x7F};
        Properties sent = Properties.NONE
                .with(PAYLOAD_FORMAT_INDICATOR, 1)
                .with(MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L)
                .with(CONTENT_TYPE, "text/plain; charset=ä")
                .with(RESPONSE_TOPIC, "replies/to/😀")
                .with(CORRELATION_DATA, correlation)
                .withUser("name", "value");
        publisher(V5).publish(Pub.to(topic, "x").qos1(1).properties(sent), 1);
        Properties received = subscriber.expectMessage().properties();
        assertThat(received.number(PAYLOAD_FORMAT_INDICATOR)).isOne();
        assertThat(received.number(MESSAGE_EXPIRY_INTERVAL)).isBetween(4_294_967_280L, 4_294_967_295L);
        assertThat(received.text(CONTENT_TYPE)).isEqualTo("text/plain; charset=ä");
        assertThat(received.text(RESPONSE_TOPIC)).isEqualTo("replies/to/😀");
        assertThat(received.bytes(CORRELATION_DATA)).isEqualTo(correlation);
        assertThat(received.userProperties()).containsExactly("name=value");
    }

    @Test
    @Normative({"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-20", "MQTT-2.2.2-1"})
    void absentAndEmptyPropertiesStayWhatTheyAre() {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(V5, topic, 1);
        MqttProbe publisher = publisher(V5);
        publisher.publish(Pub.to(topic, "none").qos1(1), 1);
        assertThat(subscriber.expectMessage().properties()).hasToString("[]");

        Properties empty = Properties.NONE
                .with(PAYLOAD_FORMAT_INDICATOR, 0)
                .with(CONTENT_TYPE, "")
                .with(CORRELATION_DATA, new byte[0])
                .withUser("", "");
        publisher.publish(Pub.to(topic, "empty").qos1(2).properties(empty), 2);
        Properties received = subscriber.expectMessage().properties();
        assertThat(received.number(PAYLOAD_FORMAT_INDICATOR)).isZero();
        assertThat(received.text(CONTENT_TYPE)).isEmpty();
        assertThat(received.bytes(CORRELATION_DATA)).isEmpty();
        assertThat(received.userProperties()).containsExactly("=");
    }

    @Test
    @Normative({"MQTT-3.3.2-13", "MQTT-3.3.2-14", "MQTT-3.3.2-19"})
    void aResponseTopicIsATopicNameAndAContentTypeText() {
        Properties none = Properties.NONE;
        byte[][] wrong = {
            none.with(RESPONSE_TOPIC, "a/+").toBytes(),
            none.with(RESPONSE_TOPIC, "a/#").toBytes(),
            new Bytes().u8(7).u8(RESPONSE_TOPIC.id()).binary(ILL_FORMED).toArray(),
            new Bytes().u8(7).u8(CONTENT_TYPE.id()).binary(ILL_FORMED).toArray()
        };
        for (byte[] properties : wrong) {
            MqttProbe client = publisher(V5);
            byte[] body = new Bytes().string(unique("t")).raw(properties).toArray();
            client.send(Bytes.packet(0x30, body));
            client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR, Reason.TOPIC_NAME_INVALID);
        }
    }

    @Test
    @Normative({"MQTT-3.3.4-6", "MQTT-4.13.1-1"})
    void propertiesThatAClientMustNotSendAreProtocolErrors() {
        Properties none = Properties.NONE;
        Properties[] wrong = {
            none.with(SUBSCRIPTION_IDENTIFIER, 1),
            none.with(CONTENT_TYPE, "a").with(CONTENT_TYPE, "b"),
            none.with(PAYLOAD_FORMAT_INDICATOR, 2),
            none.with(RECEIVE_MAXIMUM, 1)
        };
        for (Properties properties : wrong) {
            MqttProbe client = publisher(V5);
            client.send(Pub.to(unique("t"), "x").properties(properties));
            client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @Test
    @Normative({"MQTT-3.3.4-1", "MQTT-3.4.2-1", "MQTT-3.5.2-1"})
    void theServersOwnTopicsAreNotForClients() {
        MqttProbe client = publisher(V5);
        client.send(Pub.to("$SYS/broker/version", "mine").qos1(1));
        Puback puback = client.expect(Puback.class);
        assertThat(puback.id()).isOne();
        assertThat(puback.reason()).isEqualTo(Reason.TOPIC_NAME_INVALID);
        client.send(Pub.to("$other", "mine").qos2(2));
        Pubrec pubrec = client.expect(Pubrec.class);
        assertThat(pubrec.id()).isEqualTo(2);
        assertThat(pubrec.reason()).isEqualTo(Reason.TOPIC_NAME_INVALID);
        client.ping();

        client.send(Pub.to("$other", "mine"));
        client.expectDisconnect(Reason.TOPIC_NAME_INVALID, Reason.NOT_AUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Normative("MQTT311-3.3.5-2")
    void before5PublishingToTheServersTopicsClosesTheConnection(int qos) {
        MqttProbe client = publisher(V311);
        client.send(Pub.to("$SYS/broker/version", "mine").qos(qos, 1));
        client.expectClosed();
    }

    @AllVersions
    @Normative({"MQTT-3.3.4-1", "MQTT-2.2.1-5", "MQTT311-3.3.4-1", "MQTT311-2.3.1-6"})
    void eachQosHasItsAnswerWhetherOrNotAnybodySubscribes(Version version) {
        MqttProbe client = publisher(version);
        client.publish(Pub.to(unique("t"), "x"), 0);
        client.publish(Pub.to(unique("t"), "x").qos1(65_535), 65_535);
        client.publish(Pub.to(unique("t"), "x").qos2(1), 1);
        client.ping();
    }

    @AllVersions
    @Normative({"MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void aPublishThatIsCutShortIsMalformed(Version version) {
        MqttProbe client = publisher(version);
        client.send(Bytes.packet(0x32, new Bytes().u16(20).u8('t').toArray()));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
    }
}
