package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;

import io.sluice.gateway.Normative;
import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DISCONNECT, AUTH and PINGREQ. */
class DisconnectDecoderTest {

    private static final Set<Integer> REASONS_OF_DISCONNECT =
            Set.of(0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99);
    private static final Set<Integer> REASONS_OF_AUTH = Set.of(0x18, 0x19);

    @Normative({"MQTT-3.14.2-1", "MQTT-3.15.2-1", "MQTT-3.12.4-1"})
    @ParameterizedTest
    @MethodSource("valid")
    void readsEveryForm(Accepted form) throws MalformedPacketException {
        form.check();
    }

    static Stream<Accepted> valid() {
        List<UserProperty> twice = List.of(new UserProperty("k", "1"), new UserProperty("k", "2"));
        List<Accepted> forms = new ArrayList<>();
        for (ProtocolVersion version : ProtocolVersion.values()) {
            forms.add(new Accepted("DISCONNECT", version, "E0 00", disconnect(0, -1, null, List.of())));
            forms.add(new Accepted("PINGREQ", version, "C0 00", new RecordingHandler.Pingreq()));
        }
        for (int reason : REASONS_OF_DISCONNECT) {
            Disconnect plain = disconnect(reason, -1, null, List.of());
            forms.add(new Accepted("DISCONNECT without property length", MQTT_5, "E0 <" + hex(reason) + ">", plain));
            forms.add(new Accepted("DISCONNECT without properties", MQTT_5, "E0 <" + hex(reason) + " <>>", plain));
        }
        forms.add(new Accepted(
                "DISCONNECT with all properties",
                MQTT_5,
                "E0 <04 <26 \"k\" \"1\" 11 FFFFFFFF 1F \"bye\" 26 \"k\" \"2\">>",
                disconnect(4, 0xFFFF_FFFFL, "bye", twice)));
        forms.add(new Accepted(
                "AUTH with its method",
                MQTT_5,
                "F0 <18 <15 \"m\">>",
                new Auth(ReasonCode.CONTINUE_AUTHENTICATION, "m", null, null, List.of())));
        forms.add(new Accepted(
                "AUTH with all properties",
                MQTT_5,
                "F0 <19 <26 \"k\" \"1\" 15 \"m\" 16 0001 07 1F \"why\" 26 \"k\" \"2\">>",
                new Auth(ReasonCode.RE_AUTHENTICATE, "m", new byte[] {7}, "why", twice)));
        return forms.stream();
    }

    @Normative({"MQTT-2.1.3-1", "MQTT-3.14.1-1", "MQTT-3.14.2-1", "MQTT-3.15.1-1", "MQTT-3.15.2-1", "MQTT311-3.14.1-1"})
    @ParameterizedTest
    @MethodSource("forbidden")
    void refuses(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        List<Refused> packets = new ArrayList<>(List.of(
                malformed("MQTT-2.1.3-1", "DISCONNECT with flags [MQTT-3.14.1-1]", MQTT_5, "E1 00"),
                malformed("MQTT-2.1.3-1", "DISCONNECT with flags", MQTT_3_1_1, "E8 00"),
                malformed("MQTT-2.1.3-1", "AUTH with flags [MQTT-3.15.1-1]", MQTT_5, "F2 <18 <15 \"m\">>"),
                malformed("MQTT-2.1.3-1", "PINGREQ with flags", MQTT_5, "C2 00"),
                malformed("4.13.1", "DISCONNECT with a reason", MQTT_3_1_1, "E0 <00>"),
                malformed("4.13.1", "DISCONNECT with a reason", MQTT_3_1, "E0 <00>"),
                malformed("4.13.1", "PINGREQ with something", MQTT_5, "C0 <00>"),
                malformed("4.13.1", "PINGREQ with something", MQTT_3_1_1, "C0 <00>"),
                malformed("4.13.1", "DISCONNECT with something left over", MQTT_5, "E0 <00 <> 00>"),
                malformed("4.13.1", "AUTH with something left over", MQTT_5, "F0 <18 <15 \"m\"> 00>"),
                malformed("4.13.1", "AUTH without property length", MQTT_5, "F0 <18>"),
                protocolError("MQTT-3.15.2-1", "AUTH of length 0", MQTT_5, "F0 00"),
                protocolError("3.15.2.2.2", "AUTH without properties", MQTT_5, "F0 <18 <>>"),
                protocolError("3.15.2.2.2", "AUTH with data but no method", MQTT_5, "F0 <18 <16 0000>>"),
                malformed("2.2.1", "AUTH in 3.1", MQTT_3_1, "F0 00"),
                malformed("2.2.1", "AUTH in 3.1.1", MQTT_3_1_1, "F0 <18 <15 \"m\">>"),
                protocolError("2.2.2.2", "session expiry twice", MQTT_5, "E0 <00 <11 00000000 11 00000000>>"),
                protocolError("2.2.2.2", "reason string twice", MQTT_5, "E0 <00 <1F \"\" 1F \"\">>"),
                protocolError("3.14.2.2.5", "server reference of a client", MQTT_5, "E0 <00 <1C \"other\">>"),
                malformed("2.2.2.2", "receive maximum in DISCONNECT", MQTT_5, "E0 <00 <21 0001>>"),
                protocolError("2.2.2.2", "authentication method twice", MQTT_5, "F0 <18 <15 \"m\" 15 \"m\">>"),
                protocolError("2.2.2.2", "authentication data twice", MQTT_5, "F0 <18 <15 \"m\" 16 0000 16 0000>>"),
                protocolError("2.2.2.2", "reason string twice in AUTH", MQTT_5, "F0 <18 <15 \"m\" 1F \"\" 1F \"\">>"),
                malformed("2.2.2.2", "session expiry in AUTH", MQTT_5, "F0 <18 <15 \"m\" 11 00000000>>"),
                malformed("MQTT-1.5.4-1", "ill-formed method", MQTT_5, "F0 <18 <15 0001 FF>>"),
                malformed("MQTT-1.5.4-1", "ill-formed reason string", MQTT_5, "E0 <00 <1F 0001 00>>")));
        for (int reason = 0; reason < 0x100; reason++) {
            if (!REASONS_OF_DISCONNECT.contains(reason)) {
                packets.add(protocolError("2.4", "DISCONNECT " + hex(reason), MQTT_5, "E0 <" + hex(reason) + ">"));
            }
            if (!REASONS_OF_AUTH.contains(reason)) {
                packets.add(protocolError("2.4", "AUTH " + hex(reason), MQTT_5, "F0 <" + hex(reason) + " <15 \"m\">>"));
            }
        }
        return packets.stream();
    }

    private static Disconnect disconnect(
            int reason, long sessionExpirySeconds, String reasonString, List<UserProperty> properties) {
        return new Disconnect(ReasonCode.of(reason), sessionExpirySeconds, reasonString, properties);
    }

    private static Refused malformed(String statement, String flaw, ProtocolVersion version, String packet) {
        return new Refused(statement, flaw, version, packet, MALFORMED_PACKET);
    }

    private static Refused protocolError(String statement, String flaw, ProtocolVersion version, String packet) {
        return new Refused(statement, flaw, version, packet, PROTOCOL_ERROR);
    }

    private static String hex(int value) {
        return String.format("%02X", value);
    }
}
