package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.AUTHENTICATION_METHOD;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.ServerPacket.Closed;
import io.sluice.it.probe.Version;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that are malformed or break the protocol, MQTT 5.0 sections 4.13, 1.5 and 2. */
class ErrorHandlingIT extends MqttTest {

    @AllVersions
    @Normative({"MQTT-1.5.5-1", "MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void aRemainingLengthHasNoMoreThanFourBytes(Version version) {
        MqttProbe client = publisher(version);
        client.send(Bytes.hex("30 FF FF FF FF 01"));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative("MQTT-1.5.5-1")
    void aRemainingLengthIsAsShortAsItCanBe(Version version) {
        MqttProbe client = publisher(version);
        client.send(Bytes.hex("C0 80 00"));
        ServerPacket answer = client.poll(MqttProbe.DEADLINE);
        if (version.is5()) {
            assertThat(answer).isInstanceOf(ServerPacket.Disconnect.class);
            client.expectClosed();
        } else {
            assertThat(answer).isInstanceOfAny(Closed.class, ServerPacket.Pingresp.class);
        }
    }

    @Test
    @Normative("MQTT-1.5.5-1")
    void aPropertyLengthIsAsShortAsItCanBe() {
        MqttProbe client = publisher(V5);
        client.send(Bytes.packet(
                0x30, new Bytes().string("t").raw(Bytes.hex("80 00")).toArray()));
        client.expectDisconnect(Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-4.13.1-1", "MQTT-2.1.3-1", "MQTT311-4.8.0-1"})
    void packetsThatAServerSendsAreNotForClients(Version version) {
        String[] serverPackets = {"00 00", "20 02 00 00", "90 03 00 01 00", "B0 02 00 01", "D0 00"};
        for (String packet : serverPackets) {
            MqttProbe client = publisher(version);
            client.send(Bytes.hex(packet));
            client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @Test
    @Normative({"MQTT311-4.8.0-1", "MQTT311-2.2.2-2"})
    void before5TheLastPacketTypeIsReserved() {
        MqttProbe client = publisher(V311);
        client.send(Bytes.hex("F0 00"));
        client.expectClosed();
    }

    @Test
    @Normative({"MQTT-3.1.0-2", "MQTT-4.13.1-1"})
    void aSecondConnectIsAnErrorInWordsOfDisconnectWhateverItIs() {
        byte[][] connects = {
            connect(V5).bytes(),
            connect(V5).protocolName("other").bytes(),
            connect(V5).level(9).bytes(),
            connect(Version.MQTT_3_1).clientId("").bytes()
        };
        for (byte[] second : connects) {
            MqttProbe client = publisher(V5);
            client.send(second);
            client.expectDisconnect(Reason.PROTOCOL_ERROR);
        }
    }

    @Test
    @Normative({"MQTT-4.12.0-6", "MQTT-4.12.0-7", "MQTT-3.15.1-1"})
    void authIsNotForClientsWithoutAMethod() {
        MqttProbe client = publisher(V5);
        client.send(Packets.auth(Reason.CONTINUE_AUTHENTICATION, Properties.NONE.with(AUTHENTICATION_METHOD, "none")));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.BAD_AUTHENTICATION_METHOD);

        MqttProbe flagged = publisher(V5);
        byte[] auth = Packets.auth(Reason.CONTINUE_AUTHENTICATION, Properties.NONE.with(AUTHENTICATION_METHOD, "none"));
        auth[0] = (byte) 0xF1;
        flagged.send(auth);
        flagged.expectDisconnect(Reason.MALFORMED_PACKET);
    }

    @Test
    @Normative({"MQTT-4.12.1-2", "MQTT-4.13.1-1"})
    void whoNeverAuthenticatedCannotDoSoAgain() {
        MqttProbe client = publisher(V5);
        client.send(Packets.auth(Reason.REAUTHENTICATE, Properties.NONE.with(AUTHENTICATION_METHOD, "none")));
        client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.BAD_AUTHENTICATION_METHOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"41", "51", "60", "63", "71"})
    @Normative({"MQTT-2.1.3-1", "MQTT-3.6.1-1", "MQTT311-2.2.2-1", "MQTT311-2.2.2-2", "MQTT311-3.6.1-1"})
    void theFlagsOfAcknowledgementsAreReserved(String first) {
        for (Version version : new Version[] {V311, V5}) {
            MqttProbe client = publisher(version);
            client.send(Bytes.hex(first + " 02 00 01"));
            client.expectDisconnect(Reason.MALFORMED_PACKET);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40 01 00", // PUBACK without an identifier
                "40 02 00 00", // identifier 0
                "40 03 00 01 05", // undefined reason
                "40 05 00 01 00 01 00", // unknown property
                "40 06 00 01 00 02 24 01", // foreign property
                "62 03 00 01 10", // PUBREL with a reason of PUBREC
                "32 07 00 01 74 00 01 01 01", // property cut short
                "30 08 00 01 74 04 01 01 01 01", // the same property twice
                "30 05 00 01 74 02 7F", // unknown property
                "82 06 00 01 00 00 01 74", // filter without options
                "A2 06 00 01 00 00 05 74", // filter cut short
                "E0 02 00 05", // properties cut short
            })
    @Normative({"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.14.2-1"})
    void whatIsMalformedIsAnsweredAndClosed(String packet) {
        MqttProbe client = publisher(V5);
        client.send(Bytes.hex(packet));
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40 01 00", "40 03 00 01 00", "62 00", "82 05 00 01 00 01 74", "C0 01 00", "E0 01 00"})
    @Normative({"MQTT311-4.8.0-1"})
    void before5WhatIsMalformedClosesTheConnection(String packet) {
        MqttProbe client = publisher(V311);
        client.send(Bytes.hex(packet));
        client.expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0 AF", "ED A0 80", "ED BF BF", "F4 90 80 80", "E2 82", "80", "00", "F0 80 80 AF"})
    @Normative({"MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT311-1.5.3-1", "MQTT311-1.5.3-2"})
    void textIsWellFormed(String utf8) {
        for (Version version : Version.values()) {
            MqttProbe client = publisher(version);
            client.send(Pub.toBytes(Bytes.hex("74 " + utf8), "x"));
            client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.TOPIC_NAME_INVALID);
        }
    }

    @Test
    @Normative({"MQTT-1.5.4-3", "MQTT-1.5.4-1", "MQTT311-1.5.3-3"})
    void everyOtherCharacterIsText() {
        String topic = unique("t") + "/\uFEFF\u00A0\u07FF\u0800\uD7FF\uE000\uFFFD\uD800\uDC00\uDBFF\uDFFD";
        for (Version version : new Version[] {V311, V5}) {
            MqttProbe subscriber = subscriber(version, topic, 0);
            publisher(version).send(Pub.to(topic, "x"));
            assertThat(subscriber.expectMessage().topic()).isEqualTo(topic);
        }
    }

    @Test
    @Normative({"MQTT-2.2.2-1", "MQTT-4.13.1-1"})
    void thePropertyLengthIsNeverLeftOut() {
        MqttProbe client = publisher(V5);
        client.send(Bytes.packet(0x82, new Bytes().u16(1).toArray()));
        client.expectDisconnect(Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
    }

    @Test
    @Normative("MQTT-4.13.1-1")
    void propertiesStandOnlyWhereTheyBelong() {
        Properties foreign = Properties.NONE.with(Property.MAXIMUM_QOS, 1);
        byte[][] packets = {
            Packets.subscribe(V5, 1, foreign, Packets.filter(unique("t"), 0)),
            Packets.disconnect(Reason.SUCCESS, foreign),
            Pub.to(unique("t"), "x").properties(foreign).bytes(V5)
        };
        for (byte[] packet : packets) {
            MqttProbe client = publisher(V5);
            client.send(packet);
            client.expectDisconnect(Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @AllVersions
    @Normative({"MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void noiseHarmsNobodyElse(Version version) {
        String topic = unique("t");
        MqttProbe subscriber = subscriber(version, topic, 1);
        Random random = new Random(42);
        for (int i = 0; i < 60; i++) {
            byte[] noise = new byte[1 + random.nextInt(60)];
            random.nextBytes(noise);
            MqttProbe client = i % 2 == 0 ? open(version) : publisher(version);
            client.trySend(Bytes.packet(random.nextInt(256), noise));
            client.trySend(noise);
            client.close();
        }
        publisher(version).publish(Pub.to(topic, "unharmed").qos1(1), 1);
        assertThat(subscriber.expectMessage().text()).isEqualTo("unharmed");
    }
}
