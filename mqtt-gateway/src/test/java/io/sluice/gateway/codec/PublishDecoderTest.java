package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;
import static io.sluice.gateway.codec.ReasonCode.TOPIC_ALIAS_INVALID;
import static io.sluice.gateway.codec.ReasonCode.TOPIC_NAME_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PublishDecoderTest {

    @Normative({"MQTT-2.2.1-2", "MQTT-3.3.2-1", "MQTT-3.3.2-12", "MQTT-3.3.2-18", "MQTT-3.3.2-19"})
    @ParameterizedTest
    @MethodSource("valid")
    void readsEveryForm(Accepted form) throws MalformedPacketException {
        form.check();
    }

    static Stream<Accepted> valid() {
        PublishProperties none = PublishProperties.NONE;
        return Stream.of(
                new Accepted("QoS 0", MQTT_3_1, "30 <\"a/b\" 'hi'>", publish("a/b", 0, "'hi'", 0, 0, none)),
                new Accepted("QoS 0", MQTT_3_1_1, "30 <\"a/b\" 'hi'>", publish("a/b", 0, "'hi'", 0, 0, none)),
                new Accepted("QoS 0", MQTT_5, "30 <\"a/b\" <> 'hi'>", publish("a/b", 0, "'hi'", 0, 0, none)),
                new Accepted("QoS 1", MQTT_3_1_1, "32 <\"a\" 000A 00>", publish("a", 0, "00", 1, 10, none)),
                new Accepted("QoS 1", MQTT_5, "32 <\"a\" FFFF <> 00>", publish("a", 0, "00", 1, 65535, none)),
                new Accepted("QoS 2", MQTT_5, "34 <\"a\" 0001 <> 00>", publish("a", 0, "00", 2, 1, none)),
                new Accepted("empty payload", MQTT_3_1_1, "30 <\"a\">", publish("a", 0, "", 0, 0, none)),
                new Accepted("empty payload", MQTT_5, "30 <\"a\" <>>", publish("a", 0, "", 0, 0, none)),
                new Accepted(
                        "DUP and RETAIN",
                        MQTT_3_1_1,
                        "3B <\"a\" 0001>",
                        new Publish(Wire.bytes("'a'"), 0, new byte[0], Qos.AT_LEAST_ONCE, true, true, 1, none)),
                new Accepted("topic of one separator", MQTT_5, "30 <\"/\" <>>", publish("/", 0, "", 0, 0, none)),
                new Accepted(
                        "topic of all UTF-8 lengths",
                        MQTT_5,
                        "30 <\"aß€𝄞\uFEFF\" <>>",
                        publish("aß€𝄞\uFEFF", 0, "", 0, 0, none)),
                new Accepted("topic with a new alias", MQTT_5, "30 <\"a\" <23 0001>>", publish("a", 1, "", 0, 0, none)),
                new Accepted("alias alone", MQTT_5, "30 <\"\" <23 FFFF>>", publish("", 65535, "", 0, 0, none)),
                new Accepted(
                        "every property",
                        MQTT_5,
                        "32 <\"a\" 0001 <26 \"k\" \"1\" 01 01 02 FFFFFFFF 23 0002 08 \"r/t\" 26 \"k\" \"\" 09 0002 00FF"
                                + " 03 \"text/plain\" 26 \"\" \"3\"> 'p'>",
                        publish(
                                "a",
                                2,
                                "'p'",
                                1,
                                1,
                                new PublishProperties(
                                        1,
                                        0xFFFF_FFFFL,
                                        "text/plain",
                                        "r/t",
                                        Wire.bytes("00FF"),
                                        List.of(
                                                new UserProperty("k", "1"),
                                                new UserProperty("k", ""),
                                                new UserProperty("", "3"))))),
                new Accepted(
                        "properties whose values are as if absent",
                        MQTT_5,
                        "30 <\"a\" <01 00 02 00000000 03 \"\" 09 0000>>",
                        publish("a", 0, "", 0, 0, new PublishProperties(0, 0, "", null, new byte[0], List.of()))));
    }

    @Normative({
        "MQTT-1.5.4-1",
        "MQTT-1.5.4-2",
        "MQTT-2.2.1-3",
        "MQTT-3.3.1-2",
        "MQTT-3.3.1-4",
        "MQTT-3.3.2-1",
        "MQTT-3.3.2-2",
        "MQTT-3.3.2-8",
        "MQTT-3.3.2-13",
        "MQTT-3.3.2-14",
        "MQTT-3.3.2-19",
        "MQTT-3.3.4-6",
        "MQTT-4.7.0-1",
        "MQTT-4.7.3-1",
        "MQTT-4.7.3-2"
    })
    @ParameterizedTest
    @MethodSource("forbidden")
    void refuses(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        return Stream.of(
                refused("MQTT-3.3.1-4", "QoS 3", MQTT_3_1, "36 <\"a\" 0001>", MALFORMED_PACKET),
                refused("MQTT-3.3.1-4", "QoS 3", MQTT_5, "36 <\"a\" 0001 <>>", MALFORMED_PACKET),
                refused("MQTT-3.3.1-2", "DUP with QoS 0", MQTT_3_1_1, "38 <\"a\">", MALFORMED_PACKET),
                refused("MQTT-3.3.1-2", "DUP with QoS 0", MQTT_5, "38 <\"a\" <>>", MALFORMED_PACKET),
                refused("MQTT-2.2.1-3", "packet identifier 0", MQTT_3_1_1, "32 <\"a\" 0000>", PROTOCOL_ERROR),
                refused("MQTT-2.2.1-3", "packet identifier 0", MQTT_5, "34 <\"a\" 0000 <>>", PROTOCOL_ERROR),
                refused("4.13.1", "no packet identifier", MQTT_3_1_1, "32 <\"a\">", MALFORMED_PACKET),
                refused("4.13.1", "half a packet identifier", MQTT_3_1_1, "32 <\"a\" 00>", MALFORMED_PACKET),
                refused("4.13.1", "no topic", MQTT_3_1_1, "30 <>", MALFORMED_PACKET),
                refused("4.13.1", "topic longer than the packet", MQTT_3_1_1, "30 <0002 'a'>", MALFORMED_PACKET),
                refused("4.13.1", "no property length", MQTT_5, "30 <\"a\">", MALFORMED_PACKET),
                refused("4.13.1", "section longer than the packet", MQTT_5, "30 <\"a\" 05 01 01>", MALFORMED_PACKET),
                refused("MQTT-3.3.2-2", "topic with +", MQTT_3_1_1, "30 <\"a/+\">", TOPIC_NAME_INVALID),
                refused("MQTT-3.3.2-2", "topic with #", MQTT_5, "30 <\"a#\" <>>", TOPIC_NAME_INVALID),
                refused("MQTT-4.7.3-1", "empty topic", MQTT_3_1, "30 <\"\" 'x'>", PROTOCOL_ERROR),
                refused("MQTT-4.7.3-1", "empty topic", MQTT_3_1_1, "30 <\"\" 'x'>", PROTOCOL_ERROR),
                refused("MQTT-4.7.3-1", "empty topic without an alias", MQTT_5, "30 <\"\" <01 00>>", PROTOCOL_ERROR),
                refused("MQTT-1.5.4-1", "U+0000 in the topic", MQTT_5, "30 <0003 'a' 00 'b' <>>", MALFORMED_PACKET),
                refused("MQTT-1.5.4-1", "surrogate in the topic", MQTT_5, "30 <0003 EDA080 <>>", MALFORMED_PACKET),
                refused(
                        "MQTT-1.5.4-1",
                        "cut sequence at the end of the topic",
                        MQTT_3_1_1,
                        "30 <0002 'a' C3 80>",
                        MALFORMED_PACKET),
                refused(
                        "MQTT-1.5.4-1",
                        "above U+10FFFF, and a wildcard",
                        MQTT_5,
                        "30 <0005 '#' F4908080 <>>",
                        MALFORMED_PACKET));
    }

    @ParameterizedTest
    @MethodSource("forbiddenProperties")
    void refusesProperties(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbiddenProperties() {
        return Stream.of(
                property("MQTT-3.3.2-8", "topic alias 0", "23 0000", TOPIC_ALIAS_INVALID),
                property("MQTT-3.3.4-6", "subscription identifier", "0B 01", PROTOCOL_ERROR),
                property("MQTT-3.3.2-14", "response topic with +", "08 \"+\"", PROTOCOL_ERROR),
                property("MQTT-3.3.2-14", "response topic with #", "08 \"a/#\"", PROTOCOL_ERROR),
                property("MQTT-4.7.3-1", "empty response topic", "08 \"\"", PROTOCOL_ERROR),
                property("MQTT-1.5.4-1", "ill-formed response topic [MQTT-3.3.2-13]", "08 0001 FF", MALFORMED_PACKET),
                property("MQTT-1.5.4-1", "ill-formed content type [MQTT-3.3.2-19]", "03 0001 FF", MALFORMED_PACKET),
                property("2.2.2.2", "payload format 2", "01 02", PROTOCOL_ERROR),
                property("2.2.2.2", "payload format twice", "01 01 01 01", PROTOCOL_ERROR),
                property("2.2.2.2", "message expiry twice", "02 00000001 02 00000002", PROTOCOL_ERROR),
                property("2.2.2.2", "topic alias twice", "23 0001 23 0001", PROTOCOL_ERROR),
                property("2.2.2.2", "response topic twice", "08 \"a\" 08 \"a\"", PROTOCOL_ERROR),
                property("2.2.2.2", "correlation data twice", "09 0000 09 0000", PROTOCOL_ERROR),
                property("2.2.2.2", "content type twice", "03 \"\" 03 \"\"", PROTOCOL_ERROR),
                property("2.2.2.2", "will delay", "18 00000001", MALFORMED_PACKET),
                property("2.2.2.2", "session expiry", "11 00000001", MALFORMED_PACKET),
                property("2.2.2.2", "reason string", "1F \"a\"", MALFORMED_PACKET),
                property("2.2.2.2", "authentication method", "15 \"a\"", MALFORMED_PACKET),
                property("2.2.2.2", "unknown property", "3F 00", MALFORMED_PACKET),
                property("2.2.2.2", "property number 64 and more", "41 00", MALFORMED_PACKET),
                property("4.13.1", "four bytes cut short", "02 000000", MALFORMED_PACKET),
                property("4.13.1", "two bytes cut short", "23 00", MALFORMED_PACKET),
                property("4.13.1", "byte cut short", "01", MALFORMED_PACKET),
                property("4.13.1", "binary data cut short", "09 0002 00", MALFORMED_PACKET));
    }

    @Test
    void sharesWhatIsEmpty() throws MalformedPacketException {
        RecordingHandler handler = new RecordingHandler();
        PacketDecoder decoder = new PacketDecoder(1024);
        decoder.protocolVersion(MQTT_5);

        decoder.decode(Wire.buffer("30 <\"a\" <23 0001> 00>"), handler);

        Publish publish = (Publish) handler.packets.get(0);
        assertThat(publish.properties()).isSameAs(PublishProperties.NONE);
    }

    private static Publish publish(
            String topic, int alias, String payload, int qos, int packetId, PublishProperties properties) {
        return new Publish(
                Wire.bytes("'" + topic + "'"),
                alias,
                Wire.bytes(payload),
                Qos.of(qos),
                false,
                false,
                packetId,
                properties);
    }

    private static Refused refused(
            String statement, String flaw, ProtocolVersion version, String packet, ReasonCode reason) {
        return new Refused(statement, flaw, version, packet, reason);
    }

    private static Refused property(String statement, String flaw, String properties, ReasonCode reason) {
        return new Refused(statement, flaw, MQTT_5, "30 <\"a\" <" + properties + "> 'payload'>", reason);
    }
}
