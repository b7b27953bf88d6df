package io.sluice.it.conformance;

import static io.sluice.it.probe.Property.AUTHENTICATION_DATA;
import static io.sluice.it.probe.Property.AUTHENTICATION_METHOD;
import static io.sluice.it.probe.Property.MAXIMUM_PACKET_SIZE;
import static io.sluice.it.probe.Property.RECEIVE_MAXIMUM;
import static io.sluice.it.probe.Property.REQUEST_PROBLEM_INFORMATION;
import static io.sluice.it.probe.Property.REQUEST_RESPONSE_INFORMATION;
import static io.sluice.it.probe.Property.SESSION_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.TOPIC_ALIAS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Closed;
import io.sluice.it.probe.ServerPacket.Connack;
import io.sluice.it.probe.ServerPacket.Disconnect;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Pubcomp;
import io.sluice.it.probe.ServerPacket.Pubrec;
import io.sluice.it.probe.ServerPacket.Pubrel;
import io.sluice.it.probe.ServerPacket.Suback;
import io.sluice.it.probe.ServerPacket.Unsuback;
import io.sluice.it.probe.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT, MQTT 5.0 section 3.1: what a client may ask for, and what becomes of it. */
class ConnectIT extends MqttTest {

    private static final byte[] ILL_FORMED = {'a', (byte) 0xC3, (byte) 0x28, 'b'};

    @AllVersions
    @Normative({"MQTT-3.1.4-5", "MQTT-4.2.0-1", "MQTT-3.2.0-1", "MQTT311-3.1.4-4", "MQTT311-3.2.0-1", "MQTT311-7.1.1-1"
    })
    void aRightConnectIsAccepted(Version version) {
        Connack connack = open(version).connect(connect(version));
        assertThat(connack.sessionPresent()).isFalse();
    }

    @AllVersions
    @Normative({"MQTT-3.1.0-1", "MQTT-3.14.0-1", "MQTT311-3.1.0-1", "MQTT311-3.2.0-1"})
    void anyOtherFirstPacketClosesTheConnectionWithoutAnAnswer(Version version) {
        MqttProbe pinging = open(version);
        pinging.send(Packets.pingreq());
        pinging.expectClosed();

        MqttProbe publishing = open(version);
        publishing.send(Pub.to(unique("t"), "early").qos1(1));
        publishing.expectClosed();
    }

    @AllVersions
    @Normative({"MQTT-3.1.0-2", "MQTT-3.2.0-2", "MQTT311-3.1.0-2", "MQTT311-4.8.0-1"})
    void aSecondConnectIsAProtocolError(Version version) {
        MqttProbe client = publisher(version);
        client.send(connect(version));
        client.expectDisconnect(Reason.PROTOCOL_ERROR);
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-1", "MQTT311-3.1.2-1"})
    void anotherProtocolNameIsRefused(Version version) {
        MqttProbe client = open(version);
        client.send(connect(version).protocolName("MQTX"));
        expectUnsupportedVersion(client);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 127, 255})
    @Normative({"MQTT-3.1.2-2", "MQTT311-3.1.2-2"})
    void aNewerProtocolLevelIsRefused(int level) {
        MqttProbe client = open(V5);
        client.send(connect(V5).level(level));
        Connack connack = client.expect(Connack.class);
        assertThat(connack.reason()).isIn(Reason.UNSUPPORTED_PROTOCOL_VERSION, Reason.V3_UNACCEPTABLE_PROTOCOL_LEVEL);
        client.expectClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 0x84})
    @Normative({"MQTT-3.1.2-2", "MQTT311-3.1.2-2"})
    void anOlderOrABridgesProtocolLevelIsRefusedInTheWordsOf311(int level) {
        MqttProbe client = open(V311);
        client.send(connect(V311).level(level));
        assertThat(client.expect(Connack.class))
                .isEqualTo(new Connack(false, Reason.V3_UNACCEPTABLE_PROTOCOL_LEVEL, Properties.NONE));
        client.expectClosed();
    }

    @From311
    @Normative({"MQTT-3.1.2-3", "MQTT-4.13.1-1", "MQTT311-3.1.2-3", "MQTT311-3.1.4-1"})
    void theReservedConnectFlagMustBeZero(Version version) {
        MqttProbe client = open(version);
        client.send(connect(version).flags(0x03));
        expectRefused(client, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT-3.2.2-2", "MQTT311-3.1.2-6", "MQTT311-3.1.4-3", "MQTT311-3.2.2-1"
    })
    void aCleanStartKeepsNothingOfAnEarlierSession(Version version) {
        String topic = unique("t");
        Connect connect = connect(version);
        MqttProbe before = connected(version, connect);
        before.subscribe(topic, 1);
        before.send(Packets.disconnect());
        before.expectClosed();

        MqttProbe after = open(version);
        assertThat(after.connect(connect).sessionPresent()).isFalse();
        MqttProbe witness = subscriber(version, topic, 1);
        publisher(version).publish(Pub.to(topic, "x").qos1(1), 1);
        witness.expectMessage();
        after.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.1.2-6", "MQTT-3.2.2-3", "MQTT311-3.2.2-3"})
    void withoutAnEarlierSessionThereIsANewOne(Version version) {
        Connack connack = open(version).connect(connect(version).clean(false));
        assertThat(connack.sessionPresent()).isFalse();
    }

    @Test
    @Normative({"MQTT-3.1.2-5", "MQTT-3.1.2-23", "MQTT-3.2.2-3"})
    void aSessionOutlivesItsConnectionAndIsThereTheNextTime() {
        Connect durable = connect(V5).clean(false).with(SESSION_EXPIRY_INTERVAL, 300);
        for (boolean present : new boolean[] {false, true, true}) {
            MqttProbe client = open(present ? Cluster.second() : Cluster.first(), V5);
            Connack connack = client.connect(durable);
            assertThat(connack.sessionPresent()).isEqualTo(present);
            assertThat(connack.properties().has(SESSION_EXPIRY_INTERVAL)).isFalse();
            client.send(Packets.disconnect());
            client.expectClosed();
        }
    }

    /** MQTT 5.0 section 3.2.2.3.2: CONNACK tells the expiry where it is another one than was asked for. */
    @Test
    @Normative("MQTT-4.1.0-2")
    void aClientIsToldOfTheExpiryThatItGets() {
        Connack connack = open(V5).connect(connect(V5).with(SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL));
        assertThat(connack.properties().number(SESSION_EXPIRY_INTERVAL))
                .isEqualTo(Duration.ofDays(7).toSeconds());
    }

    @Test
    @Normative("MQTT-4.1.0-2")
    void nothingIsLeftOfASessionWhoseExpiryIsOver() {
        String topic = unique("t");
        Connect connect = connect(V5).clean(false).with(SESSION_EXPIRY_INTERVAL, 0);
        MqttProbe before = connected(V5, connect);
        before.subscribe(topic, 1);
        before.send(Pub.to(unique("t"), "unreleased").qos2(7));
        before.expect(Pubrec.class);
        before.send(Packets.disconnect());
        before.expectClosed();

        MqttProbe after = open(V5);
        assertThat(after.connect(connect).sessionPresent()).isFalse();
        after.send(Packets.pubrel(7));
        assertThat(after.expect(Pubcomp.class).reason()).isEqualTo(Reason.PACKET_IDENTIFIER_NOT_FOUND);
        MqttProbe witness = subscriber(V5, topic, 1);
        publisher(V5).publish(Pub.to(topic, "x").qos1(1), 1);
        witness.expectMessage();
        after.expectNothing();
    }

    @From311
    @Normative({
        "MQTT-3.1.2-9",
        "MQTT-3.1.2-11",
        "MQTT-3.1.2-12",
        "MQTT-3.1.2-13",
        "MQTT311-3.1.2-9",
        "MQTT311-3.1.2-11",
        "MQTT311-3.1.2-13",
        "MQTT311-3.1.2-14",
        "MQTT311-3.1.2-15"
    })
    void willFlagsMustFitTheWill(Version version) {
        int willFlagButNoWill = 0x06;
        int qosWithoutWill = 0x0A;
        int retainWithoutWill = 0x22;
        for (int flags : new int[] {willFlagButNoWill, qosWithoutWill, retainWithoutWill}) {
            MqttProbe client = open(version);
            client.send(connect(version).flags(flags));
            expectRefused(client, Reason.MALFORMED_PACKET, Reason.PROTOCOL_ERROR);
        }
        MqttProbe client = open(version);
        client.send(connect(version).will(unique("t"), "gone", 0, false).flags(0x1E));
        expectRefused(client, Reason.MALFORMED_PACKET);
    }

    @From311
    @Normative({
        "MQTT-3.1.2-16",
        "MQTT-3.1.2-17",
        "MQTT-3.1.2-18",
        "MQTT-3.1.2-19",
        "MQTT311-3.1.2-18",
        "MQTT311-3.1.2-19",
        "MQTT311-3.1.2-20",
        "MQTT311-3.1.2-21"
    })
    void userNameAndPasswordMustFitTheirFlags(Version version) {
        int clean = 0x02;
        int userName = 0x82;
        int both = 0xC2;
        Connect[] wrong = {
            connect(version).userName("u").flags(clean),
            connect(version).flags(userName),
            connect(version).userName("u").password("p").flags(userName),
            connect(version).userName("u").flags(both)
        };
        for (Connect connect : wrong) {
            MqttProbe client = open(version);
            client.send(connect);
            expectRefused(client, Reason.MALFORMED_PACKET);
        }
    }

    @From311
    @Normative({"MQTT-3.1.2-19", "MQTT311-3.1.2-22"})
    void onlyMqtt5KnowsAPasswordWithoutAUserName(Version version) {
        MqttProbe client = open(version);
        client.send(connect(version).password("p"));
        if (version.is5()) {
            assertThat(client.expect(Connack.class).reason()).isZero();
        } else {
            client.expectClosed();
        }
    }

    @Test
    @Normative("MQTT-3.1.2-28")
    void withoutBeingAskedTheServerSendsNoResponseInformation() {
        assertThat(connack(connect(V5)).properties().has(Property.RESPONSE_INFORMATION))
                .isFalse();
        Connack connack = connack(connect(V5).with(REQUEST_RESPONSE_INFORMATION, 0));
        assertThat(connack.properties().has(Property.RESPONSE_INFORMATION)).isFalse();
    }

    @Test
    @Normative("MQTT-3.1.2-29")
    void aClientThatWantsNoProblemInformationGetsNone() {
        MqttProbe client = connected(V5, connect(V5).with(REQUEST_PROBLEM_INFORMATION, 0));
        client.send(Packets.subscribe(V5, 1, "$share/group", 0));
        client.send(Packets.unsubscribe(V5, 2, unique("never")));
        client.send(Pub.to("$refused", "x").qos1(3));
        client.send(Packets.pubrel(4));
        assertThat(client.expect(Suback.class).properties()).hasToString("[]");
        assertThat(client.expect(Unsuback.class).properties()).hasToString("[]");
        assertThat(client.expect(Puback.class).properties()).hasToString("[]");
        assertThat(client.expect(Pubcomp.class).properties()).hasToString("[]");
        client.send(Pub.to("$refused", "x").qos2(5));
        assertThat(client.expect(Pubrec.class).properties()).hasToString("[]");
        client.send(Packets.pubrec(6));
        assertThat(client.expect(Pubrel.class).properties()).hasToString("[]");
    }

    @AllVersions
    @Normative({"MQTT-3.1.3-5", "MQTT311-3.1.3-5"})
    void aClientIdentifierMayHave23LettersAndDigits(Version version) {
        for (String id : new String[] {"0123456789ABCDEFGHIJKLM", "NOPQRSTUVWXYZabcdefghij", "klmnopqrstuvwxyz", "q"}) {
            connected(version, Connect.of(version).clientId(id));
        }
    }

    @From311
    @Normative({"MQTT-3.1.3-3", "MQTT-3.1.3-4", "MQTT311-3.1.3-3", "MQTT311-3.1.3-4", "MQTT311-1.5.3-1"})
    void aClientIdentifierMustBeThereAndBeText(Version version) {
        MqttProbe without = open(version);
        without.send(connect(version).payload(new byte[0]));
        expectRefused(without, Reason.MALFORMED_PACKET);

        MqttProbe illFormed = open(version);
        illFormed.send(connect(version).payload(new Bytes().binary(ILL_FORMED).toArray()));
        expectRefused(illFormed, Reason.MALFORMED_PACKET);
    }

    @Test
    @Normative({"MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16"})
    void aClientWithoutIdentifierIsGivenOneOfItsOwn() {
        MqttProbe client = open(V5);
        Connect nameless = Connect.of(V5).clean(false);
        String assigned = client.connect(nameless).properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        String another = connack(nameless).properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        assertThat(assigned).isNotEmpty().isNotEqualTo(another);

        connected(V5, Connect.of(V5).clientId(assigned));
        client.expectDisconnect(Reason.SESSION_TAKEN_OVER);
    }

    @Test
    @Normative({"MQTT311-3.1.3-6", "MQTT311-3.1.3-8", "MQTT311-3.1.3-9", "MQTT311-3.2.2-4", "MQTT311-3.2.2-5"})
    void before5AClientWithoutIdentifierMustBeClean() {
        connected(V311, Connect.of(V311));
        connected(V311, Connect.of(V311)).ping();

        MqttProbe durable = open(V311);
        durable.send(Connect.of(V311).clean(false));
        Connack connack = durable.expect(Connack.class);
        assertThat(connack).isEqualTo(new Connack(false, Reason.V3_IDENTIFIER_REJECTED, Properties.NONE));
        durable.expectClosed();
    }

    @From311
    @Normative({"MQTT-3.1.3-8", "MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT311-3.1.3-9"})
    void anOverlongClientIdentifierIsRefused(Version version) {
        MqttProbe client = open(version);
        client.send(Connect.of(version).clientId("x".repeat(65_535)));
        Connack connack = client.expect(Connack.class);
        assertThat(connack.sessionPresent()).isFalse();
        assertThat(connack.reason())
                .isEqualTo(version.is5() ? Reason.CLIENT_IDENTIFIER_NOT_VALID : Reason.V3_IDENTIFIER_REJECTED);
        client.expectClosed();
    }

    @From311
    @Normative({"MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT311-3.1.3-10", "MQTT311-3.1.3-11"})
    void willTopicAndUserNameMustBeText(Version version) {
        byte[] noProperties = version.is5() ? new byte[] {0} : new byte[0];
        byte[] illFormedWillTopic = new Bytes()
                .string(unique("c"))
                .raw(noProperties)
                .binary(ILL_FORMED)
                .string("gone")
                .toArray();
        MqttProbe client = open(version);
        client.send(connect(version).flags(0x06).payload(illFormedWillTopic));
        expectRefused(client, Reason.MALFORMED_PACKET, Reason.TOPIC_NAME_INVALID);

        byte[] illFormedUserName =
                new Bytes().string(unique("c")).binary(ILL_FORMED).toArray();
        MqttProbe named = open(version);
        named.send(connect(version).flags(0x82).payload(illFormedUserName));
        expectRefused(named, Reason.MALFORMED_PACKET);
    }

    @AllVersions
    @Normative({"MQTT-3.1.3-1", "MQTT311-3.1.3-1"})
    void theFieldsOfThePayloadAreReadInTheirOrder(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 1);
        MqttProbe client = connected(
                version,
                connect(version).will(topic, "gone", 1, false).userName("user").password("secret"));
        client.close();
        assertThat(witness.expectMessage().text()).isEqualTo("gone");
    }

    @Test
    @Normative({"MQTT-3.1.4-1", "MQTT-4.13.1-1", "MQTT-4.13.2-1"})
    void aMalformedConnectIsAnsweredWithTheReason() {
        byte[] right = connect(V5).bytes();
        byte[] longer = Bytes.packet(0x10, java.util.Arrays.copyOfRange(right, 2, right.length + 3));
        byte[] shorter = Bytes.packet(0x10, java.util.Arrays.copyOfRange(right, 2, right.length - 3));
        for (byte[] malformed : new byte[][] {longer, shorter}) {
            MqttProbe client = open(V5);
            client.send(malformed);
            expectRefused(client, Reason.MALFORMED_PACKET);
        }
    }

    @From311
    @Normative({"MQTT-3.1.4-1", "MQTT-2.1.3-1", "MQTT311-2.2.2-1", "MQTT311-2.2.2-2"})
    void theFlagsOfConnectAreReserved(Version version) {
        byte[] packet = connect(version).bytes();
        packet[0] = 0x11;
        MqttProbe client = open(version);
        client.send(packet);
        // The flags stand before the version, so there need not be words that the client understands.
        if (client.poll(MqttProbe.DEADLINE) instanceof Connack connack) {
            assertThat(connack.reason()).isEqualTo(Reason.MALFORMED_PACKET);
            client.expectClosed();
        }
    }

    @Test
    @Normative({"MQTT-3.1.4-1", "MQTT-4.13.1-1"})
    void propertiesThatContradictTheSpecificationAreRefused() {
        Properties none = Properties.NONE;
        Properties[] wrong = {
            none.with(RECEIVE_MAXIMUM, 0),
            none.with(MAXIMUM_PACKET_SIZE, 0),
            none.with(REQUEST_PROBLEM_INFORMATION, 2),
            none.with(REQUEST_RESPONSE_INFORMATION, 2),
            none.with(SESSION_EXPIRY_INTERVAL, 0).with(SESSION_EXPIRY_INTERVAL, 0),
            none.with(AUTHENTICATION_DATA, new byte[] {1}),
            none.with(TOPIC_ALIAS, 1)
        };
        for (Properties properties : wrong) {
            MqttProbe client = open(V5);
            client.send(connect(V5).properties(properties));
            expectRefused(client, Reason.PROTOCOL_ERROR, Reason.MALFORMED_PACKET);
        }
    }

    @Test
    @Normative({"MQTT-4.12.0-1", "MQTT-4.12.0-4"})
    void anUnknownAuthenticationMethodIsRefused() {
        MqttProbe client = open(V5);
        client.send(connect(V5).properties(Properties.NONE.with(AUTHENTICATION_METHOD, "SCRAM-SHA-1")));
        expectRefused(client, Reason.BAD_AUTHENTICATION_METHOD);
    }

    @AllVersions
    @Normative({"MQTT-3.1.4-3", "MQTT-3.1.3-2", "MQTT-3.14.4-1", "MQTT311-3.1.4-2", "MQTT311-3.1.3-2"})
    void theLaterConnectionOfAClientWins(Version version) {
        String topic = unique("t");
        Connect connect = connect(version);
        MqttProbe earlier = connected(version, connect);
        earlier.subscribe(topic, 1);

        MqttProbe later = connected(version, connect);
        earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
        later.subscribe(topic, 1);
        publisher(version).publish(Pub.to(topic, "x").qos1(1), 1);
        assertThat(later.expectMessage().text()).isEqualTo("x");
    }

    @AllVersions
    @Normative({"MQTT-3.1.4-3", "MQTT311-3.1.4-2"})
    void aClientMayComeBackWithAnotherVersion(Version version) {
        String id = unique("c");
        MqttProbe earlier = connected(V5, Connect.of(V5).clientId(id));
        connected(version, Connect.of(version).clientId(id)).ping();
        earlier.expectDisconnect(Reason.SESSION_TAKEN_OVER);
    }

    @AllVersions
    @Normative({"MQTT-3.1.4-6", "MQTT311-3.1.4-5"})
    void whatFollowsARefusedConnectIsNotProcessed(Version version) {
        String topic = unique("t");
        MqttProbe witness = subscriber(version, topic, 0);
        MqttProbe refused = open(version);
        byte[] bad = connect(version).flags(0x1E).bytes();
        byte[] publish = Pub.to(topic, "sneaked in").bytes(version);
        refused.send(new Bytes().raw(bad).raw(publish).toArray());
        if (version.is5()) {
            refused.expect(Connack.class);
        }
        refused.expectClosed();
        witness.expectNothing();
    }

    @AllVersions
    @Normative({"MQTT-3.2.0-1", "MQTT-3.1.4-5", "MQTT311-3.2.0-1"})
    void aClientNeedNotWaitForTheConnack(Version version) {
        String topic = unique("t");
        MqttProbe client = open(version);
        client.send(new Bytes()
                .raw(connect(version).bytes())
                .raw(Packets.subscribe(version, 1, topic, 1))
                .raw(Pub.to(topic, "hasty").qos1(2).bytes(version))
                .toArray());
        assertThat(client.expect(Connack.class).reason()).isZero();
        assertThat(client.expect(Suback.class).id()).isEqualTo(1);
        byte[] payload = null;
        for (int packets = 0; packets < 2; packets++) {
            if (client.poll(MqttProbe.DEADLINE) instanceof io.sluice.it.probe.ServerPacket.Publish message) {
                payload = message.payload();
            }
        }
        assertThat(payload).isEqualTo("hasty".getBytes(StandardCharsets.UTF_8));
    }

    @AllVersions
    @Normative({"MQTT-4.2.0-1", "MQTT311-7.1.1-1"})
    void packetsMayArriveInAnyPieces(Version version) {
        String topic = unique("t");
        byte[] stream = new Bytes()
                .raw(connect(version).bytes())
                .raw(Packets.subscribe(version, 1, topic, 0))
                .raw(Packets.pingreq())
                .toArray();
        MqttProbe client = open(version);
        for (byte one : stream) {
            client.send(new byte[] {one});
        }
        client.expect(Connack.class);
        // The answers to SUBSCRIBE and PINGREQ may come in either order.
        assertThat(List.of(client.poll(MqttProbe.DEADLINE), client.poll(MqttProbe.DEADLINE)))
                .hasAtLeastOneElementOfType(Suback.class)
                .hasAtLeastOneElementOfType(io.sluice.it.probe.ServerPacket.Pingresp.class);
    }

    @Test
    @Normative("MQTT-3.1.0-1")
    void aConnectionWithoutAConnectIsClosed() {
        MqttProbe silent = open(V5);
        MqttProbe slow = open(V5);
        slow.send(new byte[] {0x10});
        silent.expectClosed();
        slow.expectClosed();
    }

    /** Refused: CONNACK with a reason and then closed; before MQTT 5 closed without a word. */
    private static void expectRefused(MqttProbe client, Integer... reasons) {
        if (client.version().is5()) {
            Connack connack = client.expect(Connack.class);
            assertThat(reasons).as("allowed reasons for %s", connack).contains(connack.reason());
            assertThat(connack.sessionPresent()).isFalse();
        }
        client.expectClosed();
    }

    private static void expectUnsupportedVersion(MqttProbe client) {
        var answer = client.poll(MqttProbe.DEADLINE);
        assertThat(answer).isNotNull().isNotInstanceOf(Disconnect.class);
        if (answer instanceof Connack connack) {
            assertThat(connack.reason())
                    .isIn(Reason.UNSUPPORTED_PROTOCOL_VERSION, Reason.V3_UNACCEPTABLE_PROTOCOL_LEVEL);
            client.expectClosed();
        } else {
            assertThat(answer).isInstanceOf(Closed.class);
        }
    }
}
