package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;
import static io.sluice.gateway.codec.ReasonCode.TOPIC_NAME_INVALID;
import static io.sluice.gateway.codec.ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectDecoderTest {

    private static final String ON_31 = "\"MQIsdp\" 03 ";
    private static final String ON_311 = "\"MQTT\" 04 ";
    private static final String ON_5 = "\"MQTT\" 05 ";

    @Normative({"MQTT-3.1.2-17", "MQTT-3.1.2-19", "MQTT-3.1.3-1", "MQTT-3.1.3-3", "MQTT-3.1.3-5", "MQTT-3.1.3-10"})
    @ParameterizedTest
    @MethodSource("valid")
    void readsEveryForm(Accepted form) throws MalformedPacketException {
        form.check();
    }

    static Stream<Accepted> valid() {
        return Stream.of(
                accepted("smallest of 3.1", ON_31 + "02 00 3C \"c\"", connect(MQTT_3_1, "c", true, 60)),
                accepted("smallest of 3.1.1", ON_311 + "02 00 00 \"\"", connect(MQTT_3_1_1, "", true, 0)),
                accepted("smallest of 5.0", ON_5 + "02 FF FF <> \"\"", connect(MQTT_5, "", true, 65535)),
                accepted("clean start 0", ON_5 + "00 00 3C <> \"c\"", connect(MQTT_5, "c", false, 60)),
                accepted(
                        "client identifier of more than 23 bytes in 3.1",
                        ON_31 + "00 00 3C \"abcdefghijklmnopqrstuvwxyz\"",
                        connect(MQTT_3_1, "abcdefghijklmnopqrstuvwxyz", false, 60)),
                accepted(
                        "will, user name and password of 3.1.1",
                        ON_311 + "F6 00 3C \"c\" \"w/t\" 00 02 00 FF \"user\" 00 03 01 00 02",
                        new Connect(
                                MQTT_3_1_1,
                                "c",
                                true,
                                60,
                                new Will(
                                        Wire.bytes("'w/t'"),
                                        Wire.bytes("00 FF"),
                                        Qos.EXACTLY_ONCE,
                                        true,
                                        0,
                                        PublishProperties.NONE),
                                "user",
                                Wire.bytes("01 00 02"),
                                ConnectProperties.DEFAULTS)),
                accepted(
                        "empty user name and password",
                        ON_311 + "C2 00 3C \"c\" \"\" \"\"",
                        credentials(MQTT_3_1_1, "", new byte[0])),
                accepted(
                        "password without a user name in 5.0",
                        ON_5 + "42 00 3C <> \"c\" \"pw\"",
                        credentials(MQTT_5, null, Wire.bytes("'pw'"))),
                accepted(
                        "3.1 without the user name and the password that its flags promise",
                        ON_31 + "C2 00 3C \"c\"",
                        credentials(MQTT_3_1, null, null)),
                accepted(
                        "3.1 without the password that its flags promise",
                        ON_31 + "C2 00 3C \"c\" \"u\"",
                        credentials(MQTT_3_1, "u", null)),
                accepted(
                        "3.1 with will flags but no will, and the reserved flag",
                        ON_31 + "3B 00 3C \"c\"",
                        connect(MQTT_3_1, "c", true, 60)),
                accepted(
                        "every property of 5.0",
                        ON_5 + "02 00 3C <11 FFFFFFFF 21 0001 27 00000014 22 000A 19 01 17 00"
                                + " 26 \"k\" \"1\" 15 \"SCRAM\" 26 \"k\" \"\" 16 00 01 07> \"c\"",
                        new Connect(
                                MQTT_5,
                                "c",
                                true,
                                60,
                                null,
                                null,
                                null,
                                new ConnectProperties(
                                        ConnectProperties.NEVER_EXPIRES,
                                        1,
                                        20,
                                        10,
                                        true,
                                        false,
                                        List.of(new UserProperty("k", "1"), new UserProperty("k", "")),
                                        "SCRAM",
                                        new byte[] {7}))),
                accepted(
                        "a maximum packet size beyond what a packet can have",
                        ON_5 + "02 00 3C <27 FFFFFFFF> \"c\"",
                        connect(MQTT_5, "c", true, 60)),
                accepted(
                        "every property of a will",
                        ON_5 + "0E 00 3C <> \"c\" <18 0000003C 01 01 02 00000E10 03 \"text\" 08 \"r\" 09 00 01 09"
                                + " 26 \"a\" \"1\" 26 \"b\" \"2\" 26 \"a\" \"3\"> \"w\" \"bye\"",
                        withWill(
                                60,
                                new PublishProperties(
                                        1,
                                        3600,
                                        "text",
                                        "r",
                                        new byte[] {9},
                                        List.of(
                                                new UserProperty("a", "1"),
                                                new UserProperty("b", "2"),
                                                new UserProperty("a", "3"))))),
                accepted(
                        "a will delay and nothing else",
                        ON_5 + "0E 00 3C <> \"c\" <18 FFFFFFFF> \"w\" \"bye\"",
                        withWill(0xFFFF_FFFFL, PublishProperties.NONE)));
    }

    @Normative({
        "MQTT-3.1.2-1",
        "MQTT-3.1.2-2",
        "MQTT-3.1.2-3",
        "MQTT-3.1.2-9",
        "MQTT-3.1.2-11",
        "MQTT-3.1.2-12",
        "MQTT-3.1.2-13",
        "MQTT-3.1.2-16",
        "MQTT-3.1.2-17",
        "MQTT-3.1.2-18",
        "MQTT-3.1.2-19",
        "MQTT311-3.1.2-22",
        "MQTT-3.1.3-3",
        "MQTT-3.1.3-4",
        "MQTT-3.1.3-11",
        "MQTT-3.1.3-12",
        "MQTT-3.1.4-1",
        "MQTT-3.3.2-14",
        "MQTT-4.7.0-1",
        "MQTT-4.7.3-1"
    })
    @ParameterizedTest
    @MethodSource("forbidden")
    void refuses(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        return Stream.of(
                refused(
                        "MQTT-3.1.2-1",
                        "protocol name in small letters",
                        "\"mqtt\" 04 02 00 3C \"c\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQTT-3.1.2-1", "no protocol name", "\"\" 04 02 00 3C \"c\"", UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQTT-3.1.2-2", "level 6", "\"MQTT\" 06 02 00 3C <> \"c\"", UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQTT-3.1.2-2", "level 3 of MQTT", "\"MQTT\" 03 02 00 3C \"c\"", UNSUPPORTED_PROTOCOL_VERSION),
                refused(
                        "MQTT-3.1.2-2",
                        "level 4 of MQIsdp",
                        "\"MQIsdp\" 04 02 00 3C \"c\"",
                        UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQTT-3.1.2-2", "a bridge's level", "\"MQTT\" 84 02 00 3C \"c\"", UNSUPPORTED_PROTOCOL_VERSION),
                malformed("MQTT-3.1.2-3", "reserved flag", ON_5 + "03 00 3C <> \"c\""),
                malformed("MQTT-3.1.2-3", "reserved flag in 3.1.1", ON_311 + "03 00 3C \"c\""),
                malformed("MQTT-3.1.2-11", "will QoS without a will", ON_5 + "0A 00 3C <> \"c\""),
                malformed("MQTT-3.1.2-11", "will QoS without a will in 3.1.1", ON_311 + "12 00 3C \"c\""),
                malformed("MQTT-3.1.2-12", "will QoS 3", ON_5 + "1E 00 3C <> \"c\" <> \"w\" \"\""),
                malformed("MQTT-3.1.2-12", "will QoS 3 in 3.1", ON_31 + "1E 00 3C \"c\" \"w\" \"\""),
                malformed("MQTT-3.1.2-13", "will retain without a will", ON_5 + "22 00 3C <> \"c\""),
                malformed("MQTT-3.1.2-22 of 3.1.1", "password alone in 3.1.1", ON_311 + "42 00 3C \"c\" \"pw\""),
                malformed("MQTT-3.1.2-22 of 3.1.1", "password alone in 3.1", ON_31 + "42 00 3C \"c\" \"pw\""),
                malformed("4.13.1", "will flag without a will [MQTT-3.1.2-9]", ON_311 + "06 00 3C \"c\""),
                malformed("4.13.1", "will without its properties", ON_5 + "06 00 3C <> \"c\""),
                malformed("4.13.1", "user name flag without a user name [MQTT-3.1.2-17]", ON_311 + "82 00 3C \"c\""),
                malformed(
                        "4.13.1", "password flag without a password [MQTT-3.1.2-19]", ON_311 + "C2 00 3C \"c\" \"u\""),
                malformed("4.13.1", "user name without its flag [MQTT-3.1.2-16]", ON_311 + "02 00 3C \"c\" \"u\""),
                malformed(
                        "4.13.1", "password without its flag [MQTT-3.1.2-18]", ON_5 + "82 00 3C <> \"c\" \"u\" \"pw\""),
                malformed("4.13.1", "no client identifier [MQTT-3.1.3-3]", ON_311 + "02 00 3C"),
                malformed("4.13.1", "nothing at all", ""),
                malformed("4.13.1", "no keep alive", ON_311 + "02"),
                malformed("4.13.1", "no properties", ON_5 + "02 00 3C"),
                malformed("4.13.1", "client identifier longer than the packet", ON_311 + "02 00 3C 00 05 'abc'"),
                malformed(
                        "MQTT-1.5.4-1",
                        "overlong form in the client identifier [MQTT-3.1.3-4]",
                        ON_311 + "02 00 3C 00 02 C0 80"),
                malformed("MQTT-1.5.4-1", "surrogate in the client identifier", ON_5 + "02 00 3C <> 00 03 ED A0 80"),
                malformed("MQTT-1.5.4-1", "U+0000 in the client identifier", ON_311 + "02 00 3C 00 01 00"),
                malformed(
                        "MQTT-1.5.4-1",
                        "ill-formed will topic [MQTT-3.1.3-11]",
                        ON_311 + "06 00 3C \"c\" 00 01 FF \"\""),
                malformed("MQTT-1.5.4-1", "ill-formed user name [MQTT-3.1.3-12]", ON_311 + "82 00 3C \"c\" 00 01 80"),
                refused(
                        "MQTT 3.1",
                        "empty client identifier in 3.1",
                        ON_31 + "02 00 3C \"\"",
                        CLIENT_IDENTIFIER_NOT_VALID),
                refused(
                        "MQTT-4.7.0-1",
                        "wildcard in the will topic",
                        ON_5 + "06 00 3C <> \"c\" <> \"a/+\" \"\"",
                        TOPIC_NAME_INVALID),
                refused("MQTT-4.7.3-1", "empty will topic", ON_311 + "06 00 3C \"c\" \"\" \"\"", TOPIC_NAME_INVALID),
                protocolError(
                        "MQTT-3.3.2-14",
                        "wildcard in the will's response topic",
                        ON_5 + "06 00 3C <> \"c\" <08 \"#\"> \"w\" \"\""));
    }

    @ParameterizedTest
    @MethodSource("forbiddenProperties")
    void refusesProperties(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbiddenProperties() {
        return Stream.of(
                property("receive maximum 0", "21 0000", PROTOCOL_ERROR),
                property("maximum packet size 0", "27 00000000", PROTOCOL_ERROR),
                property("request response information 2", "19 02", PROTOCOL_ERROR),
                property("request problem information 2", "17 02", PROTOCOL_ERROR),
                property("session expiry twice", "11 00000001 11 00000001", PROTOCOL_ERROR),
                property("receive maximum twice", "21 0001 21 0001", PROTOCOL_ERROR),
                property("maximum packet size twice", "27 00000014 27 00000014", PROTOCOL_ERROR),
                property("topic alias maximum twice", "22 0001 22 0001", PROTOCOL_ERROR),
                property("request response information twice", "19 01 19 01", PROTOCOL_ERROR),
                property("request problem information twice", "17 01 17 01", PROTOCOL_ERROR),
                property("authentication method twice", "15 \"a\" 15 \"a\"", PROTOCOL_ERROR),
                property("authentication data twice", "15 \"a\" 16 \"a\" 16 \"a\"", PROTOCOL_ERROR),
                property("authentication data without a method", "16 \"a\"", PROTOCOL_ERROR),
                property("topic alias", "23 0001", MALFORMED_PACKET),
                property("will delay outside of the will", "18 00000001", MALFORMED_PACKET),
                property("server keep alive", "13 0001", MALFORMED_PACKET),
                property("unknown property 0x7F", "7F 00", MALFORMED_PACKET),
                property("unknown property 0x8001", "8180 02 00", MALFORMED_PACKET),
                property("property 0", "00", MALFORMED_PACKET),
                property("identifier longer than needed", "91 00 00000001", MALFORMED_PACKET),
                property("value longer than the section", "11 0000", MALFORMED_PACKET),
                property("string longer than the section", "15 00 05 'a'", MALFORMED_PACKET),
                property("user property without a value", "26 \"a\"", MALFORMED_PACKET),
                property("ill-formed name of a user property [MQTT-1.5.7-1]", "26 00 01 80 \"\"", MALFORMED_PACKET),
                property("ill-formed value of a user property [MQTT-1.5.7-1]", "26 \"\" 00 01 00", MALFORMED_PACKET),
                willProperty("will delay twice", "18 00000001 18 00000001", PROTOCOL_ERROR),
                willProperty("payload format twice", "01 00 01 00", PROTOCOL_ERROR),
                willProperty("payload format 2", "01 02", PROTOCOL_ERROR),
                willProperty("message expiry twice", "02 00000001 02 00000001", PROTOCOL_ERROR),
                willProperty("content type twice", "03 \"\" 03 \"\"", PROTOCOL_ERROR),
                willProperty("response topic twice", "08 \"a\" 08 \"a\"", PROTOCOL_ERROR),
                willProperty("correlation data twice", "09 \"\" 09 \"\"", PROTOCOL_ERROR),
                willProperty("topic alias in a will", "23 0001", MALFORMED_PACKET),
                willProperty("subscription identifier in a will", "0B 01", MALFORMED_PACKET),
                willProperty("session expiry in a will", "11 00000001", MALFORMED_PACKET),
                malformed("4.13.1", "property section longer than the packet", ON_5 + "02 00 3C 7F \"c\""),
                malformed("MQTT-1.5.5-1", "property length longer than needed", ON_5 + "02 00 3C 80 00 \"c\""),
                malformed("MQTT-1.5.5-1", "property length of five bytes", ON_5 + "02 00 3C 80 80 80 80 01 \"c\""));
    }

    @Normative("MQTT-3.1.2-2")
    @Test
    void knowsTheVersionOfARefusedConnect() {
        PacketDecoder decoder = new PacketDecoder(1024);

        assertThatThrownBy(
                        () -> decoder.decode(Wire.buffer("10 <\"MQTT\" 05 03 00 3C <> \"c\">"), new RecordingHandler()))
                .isInstanceOf(MalformedPacketException.class);

        assertThat(decoder.protocolVersion()).isEqualTo(MQTT_5);
    }

    @Normative("MQTT311-3.1.2-2")
    @ParameterizedTest
    @ValueSource(strings = {"00", "03", "83", "84"})
    void answersOlderClientsAndTheirBridgesInTheWordsOf311(String level) {
        PacketDecoder decoder = new PacketDecoder(1024);

        assertThatThrownBy(() -> decoder.decode(
                        Wire.buffer("10 <\"MQTT\" " + level + " 02 00 3C \"c\">"), new RecordingHandler()))
                .isInstanceOf(MalformedPacketException.class);

        assertThat(decoder.protocolVersion()).isEqualTo(MQTT_3_1_1);
    }

    @Test
    void knowsNoVersionWhereItIsNotSupported() {
        PacketDecoder decoder = new PacketDecoder(1024);

        assertThatThrownBy(
                        () -> decoder.decode(Wire.buffer("10 <\"MQTT\" 06 02 00 3C <> \"c\">"), new RecordingHandler()))
                .isInstanceOf(MalformedPacketException.class);

        assertThat(decoder.protocolVersion()).isNull();
    }

    private static Connect connect(ProtocolVersion version, String clientId, boolean cleanStart, int keepAlive) {
        return new Connect(version, clientId, cleanStart, keepAlive, null, null, null, ConnectProperties.DEFAULTS);
    }

    private static Connect credentials(ProtocolVersion version, String username, byte[] password) {
        return new Connect(version, "c", true, 60, null, username, password, ConnectProperties.DEFAULTS);
    }

    private static Connect withWill(long delaySeconds, PublishProperties properties) {
        Will will =
                new Will(Wire.bytes("'w'"), Wire.bytes("'bye'"), Qos.AT_LEAST_ONCE, false, delaySeconds, properties);
        return new Connect(MQTT_5, "c", true, 60, will, null, null, ConnectProperties.DEFAULTS);
    }

    private static Accepted accepted(String form, String body, Object expected) {
        return new Accepted(form, null, "10 <" + body + ">", expected);
    }

    private static Refused refused(String statement, String flaw, String body, ReasonCode reason) {
        return new Refused(statement, flaw, null, "10 <" + body + ">", reason);
    }

    private static Refused malformed(String statement, String flaw, String body) {
        return refused(statement, flaw, body, MALFORMED_PACKET);
    }

    private static Refused protocolError(String statement, String flaw, String body) {
        return refused(statement, flaw, body, PROTOCOL_ERROR);
    }

    private static Refused property(String flaw, String properties, ReasonCode reason) {
        return refused("MQTT", flaw, ON_5 + "02 00 3C <" + properties + "> \"c\"", reason);
    }

    private static Refused willProperty(String flaw, String properties, ReasonCode reason) {
        return refused("MQTT", flaw, ON_5 + "06 00 3C <> \"c\" <" + properties + "> \"w\" \"\"", reason);
    }
}
