package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;

import io.sluice.gateway.Normative;
import io.sluice.gateway.codec.RecordingHandler.Ack;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AcknowledgementDecoderTest {

    /** What a packet begins with, and the reasons that a client may give in it. */
    private record Type(String name, String header, Set<Integer> reasons) {}

    private static final Set<Integer> OF_MESSAGE = Set.of(0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    private static final Set<Integer> OF_RELEASE = Set.of(0x00, 0x92);
    private static final List<Type> TYPES = List.of(
            new Type("PUBACK", "40", OF_MESSAGE),
            new Type("PUBREC", "50", OF_MESSAGE),
            new Type("PUBREL", "62", OF_RELEASE),
            new Type("PUBCOMP", "70", OF_RELEASE));

    @Normative({"MQTT-2.2.1-5", "MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    @ParameterizedTest
    @MethodSource("valid")
    void readsEveryForm(Accepted form) throws MalformedPacketException {
        form.check();
    }

    static Stream<Accepted> valid() {
        List<Accepted> forms = new ArrayList<>();
        for (Type type : TYPES) {
            for (ProtocolVersion version : ProtocolVersion.values()) {
                forms.add(accepted(type, "of two bytes", version, "0001", 1, 0));
                forms.add(accepted(type, "of two bytes", version, "FFFF", 65535, 0));
            }
            for (int reason : type.reasons) {
                forms.add(accepted(type, "without property length", MQTT_5, "0102 " + hex(reason), 0x102, reason));
                forms.add(accepted(type, "without properties", MQTT_5, "0102 " + hex(reason) + " 00", 0x102, reason));
                forms.add(accepted(
                        type,
                        "with all properties",
                        MQTT_5,
                        "0102 " + hex(reason) + " <26 \"a\" \"1\" 1F \"why\" 26 \"a\" \"2\">",
                        0x102,
                        reason));
            }
        }
        forms.add(new Accepted("PUBREL sent again", MQTT_3_1, "6A <0001>", new Ack("PUBREL", 1, (byte) 0)));
        return forms.stream();
    }

    @Normative({
        "MQTT-2.1.3-1",
        "MQTT-2.2.1-5",
        "MQTT-3.4.2-1",
        "MQTT-3.5.2-1",
        "MQTT-3.6.1-1",
        "MQTT-3.6.2-1",
        "MQTT-3.7.2-1"
    })
    @ParameterizedTest
    @MethodSource("forbidden")
    void refuses(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        List<Refused> packets = new ArrayList<>();
        for (Type type : TYPES) {
            packets.add(refused(type, "MQTT-2.2.1-3", "identifier 0", MQTT_3_1_1, "0000", PROTOCOL_ERROR));
            packets.add(refused(type, "MQTT-2.2.1-3", "identifier 0", MQTT_5, "0000", PROTOCOL_ERROR));
            packets.add(refused(type, "4.13.1", "no identifier", MQTT_3_1_1, "", MALFORMED_PACKET));
            packets.add(refused(type, "4.13.1", "half an identifier", MQTT_5, "00", MALFORMED_PACKET));
            packets.add(refused(type, "4.13.1", "reason in 3.1.1", MQTT_3_1_1, "0001 00", MALFORMED_PACKET));
            packets.add(refused(type, "4.13.1", "reason in 3.1", MQTT_3_1, "0001 00", MALFORMED_PACKET));
            packets.add(refused(type, "4.13.1", "left over", MQTT_5, "0001 00 00 00", MALFORMED_PACKET));
            packets.add(refused(type, "4.13.1", "section cut", MQTT_5, "0001 00 04 1F 00", MALFORMED_PACKET));
            packets.add(refused(
                    type, "2.2.2.2", "reason string twice", MQTT_5, "0001 00 <1F \"\" 1F \"\">", PROTOCOL_ERROR));
            packets.add(refused(type, "2.2.2.2", "content type", MQTT_5, "0001 00 <03 \"\">", MALFORMED_PACKET));
            packets.add(refused(
                    type,
                    "MQTT-1.5.4-1",
                    "ill-formed reason string",
                    MQTT_5,
                    "0001 00 <1F 0001 80>",
                    MALFORMED_PACKET));
            for (int reason = 0; reason < 0x100; reason++) {
                if (!type.reasons.contains(reason)) {
                    packets.add(refused(
                            type, "2.4", "reason " + hex(reason), MQTT_5, "0001 " + hex(reason), PROTOCOL_ERROR));
                }
            }
        }
        packets.add(new Refused("MQTT-2.1.3-1", "PUBREL with flags 0", MQTT_5, "60 <0001>", MALFORMED_PACKET));
        packets.add(new Refused("MQTT-2.1.3-1", "PUBREL sent again", MQTT_3_1_1, "6A <0001>", MALFORMED_PACKET));
        return packets.stream();
    }

    private static Accepted accepted(
            Type type, String form, ProtocolVersion version, String body, int packetId, int reason) {
        return new Accepted(
                type.name + " " + form + ", reason " + hex(reason),
                version,
                type.header + " <" + body + ">",
                new Ack(type.name, packetId, (byte) reason));
    }

    private static Refused refused(
            Type type, String statement, String flaw, ProtocolVersion version, String body, ReasonCode reason) {
        return new Refused(statement, type.name + ", " + flaw, version, type.header + " <" + body + ">", reason);
    }

    private static String hex(int value) {
        return String.format("%02X", value);
    }
}
