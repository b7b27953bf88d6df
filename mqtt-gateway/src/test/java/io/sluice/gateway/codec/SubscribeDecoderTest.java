package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;

import io.sluice.gateway.Normative;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SUBSCRIBE and UNSUBSCRIBE. */
class SubscribeDecoderTest {

    @Normative({"MQTT-3.8.3-1", "MQTT-3.8.3-2", "MQTT-3.10.3-1", "MQTT-3.10.3-2"})
    @ParameterizedTest
    @MethodSource("valid")
    void readsEveryForm(Accepted form) throws MalformedPacketException {
        form.check();
    }

    static Stream<Accepted> valid() {
        List<UserProperty> twice = List.of(new UserProperty("k", "1"), new UserProperty("k", "2"));
        return Stream.of(
                new Accepted(
                        "SUBSCRIBE with two filters",
                        MQTT_3_1_1,
                        "82 <000A \"a/b\" 01 \"#\" 02>",
                        subscribe(10, 0, List.of(), plain("a/b", 1), plain("#", 2))),
                new Accepted(
                        "SUBSCRIBE sent again",
                        MQTT_3_1,
                        "8A <000A \"a\" 00>",
                        subscribe(10, 0, List.of(), plain("a", 0))),
                new Accepted("SUBSCRIBE", MQTT_5, "82 <000A <> \"a\" 00>", subscribe(10, 0, List.of(), plain("a", 0))),
                new Accepted(
                        "SUBSCRIBE with all options",
                        MQTT_5,
                        "82 <FFFF <> \"a\" 04 \"b\" 08 \"c\" 11 \"d\" 22 \"e\" 2E>",
                        subscribe(
                                65535,
                                0,
                                List.of(),
                                new SubscriptionRequest("a", Qos.AT_MOST_ONCE, true, false, 0),
                                new SubscriptionRequest("b", Qos.AT_MOST_ONCE, false, true, 0),
                                new SubscriptionRequest("c", Qos.AT_LEAST_ONCE, false, false, 1),
                                new SubscriptionRequest("d", Qos.EXACTLY_ONCE, false, false, 2),
                                new SubscriptionRequest("e", Qos.EXACTLY_ONCE, true, true, 2))),
                new Accepted(
                        "SUBSCRIBE with all properties",
                        MQTT_5,
                        "82 <0001 <26 \"k\" \"1\" 0B FFFFFF7F 26 \"k\" \"2\"> \"$share/g/a\" 01>",
                        subscribe(1, 268_435_455, twice, plain("$share/g/a", 1))),
                new Accepted(
                        "SUBSCRIBE with filters for the session to refuse",
                        MQTT_5,
                        "82 <0001 <> \"\" 00 \"a#\" 00 \"$share/\" 00>",
                        subscribe(1, 0, List.of(), plain("", 0), plain("a#", 0), plain("$share/", 0))),
                new Accepted(
                        "UNSUBSCRIBE with two filters",
                        MQTT_3_1_1,
                        "A2 <000A \"a/b\" \"#\">",
                        new Unsubscribe(10, List.of("a/b", "#"), List.of())),
                new Accepted(
                        "UNSUBSCRIBE sent again",
                        MQTT_3_1,
                        "AA <000A \"a\">",
                        new Unsubscribe(10, List.of("a"), List.of())),
                new Accepted("UNSUBSCRIBE", MQTT_5, "A2 <000A <> \"a\">", new Unsubscribe(10, List.of("a"), List.of())),
                new Accepted(
                        "UNSUBSCRIBE with all properties",
                        MQTT_5,
                        "A2 <000A <26 \"k\" \"1\" 26 \"k\" \"2\"> \"a\">",
                        new Unsubscribe(10, List.of("a"), twice)));
    }

    @Normative({
        "MQTT-2.2.1-3",
        "MQTT-3.8.1-1",
        "MQTT-3.8.3-1",
        "MQTT-3.8.3-2",
        "MQTT-3.8.3-4",
        "MQTT-3.8.3-5",
        "MQTT311-3.8.3-4",
        "MQTT-3.10.1-1",
        "MQTT-3.10.3-1",
        "MQTT-3.10.3-2"
    })
    @ParameterizedTest
    @MethodSource("forbidden")
    void refuses(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        return Stream.of(
                malformed("MQTT-2.1.3-1", "SUBSCRIBE with flags 0 [MQTT-3.8.1-1]", MQTT_5, "80 <0001 <> \"a\" 00>"),
                malformed("MQTT-2.1.3-1", "SUBSCRIBE sent again [MQTT-3.8.1-1]", MQTT_3_1_1, "8A <0001 \"a\" 00>"),
                malformed("MQTT-2.1.3-1", "UNSUBSCRIBE with flags 0 [MQTT-3.10.1-1]", MQTT_5, "A0 <0001 <> \"a\">"),
                malformed("MQTT-2.1.3-1", "UNSUBSCRIBE sent again [MQTT-3.10.1-1]", MQTT_5, "AA <0001 <> \"a\">"),
                protocolError("MQTT-2.2.1-3", "SUBSCRIBE with identifier 0", MQTT_5, "82 <0000 <> \"a\" 00>"),
                protocolError("MQTT-2.2.1-3", "SUBSCRIBE with identifier 0", MQTT_3_1_1, "82 <0000 \"a\" 00>"),
                protocolError("MQTT-2.2.1-3", "UNSUBSCRIBE with identifier 0", MQTT_5, "A2 <0000 <> \"a\">"),
                protocolError("MQTT-3.8.3-2", "SUBSCRIBE without filters", MQTT_5, "82 <0001 <>>"),
                protocolError("MQTT-3.8.3-2", "SUBSCRIBE without filters", MQTT_3_1, "82 <0001>"),
                protocolError("MQTT-3.8.3-2", "SUBSCRIBE without filters", MQTT_3_1_1, "82 <0001>"),
                protocolError("MQTT-3.10.3-2", "UNSUBSCRIBE without filters", MQTT_5, "A2 <0001 <26 \"\" \"\">>"),
                protocolError("MQTT-3.10.3-2", "UNSUBSCRIBE without filters", MQTT_3_1_1, "A2 <0001>"),
                malformed("4.13.1", "SUBSCRIBE without options", MQTT_5, "82 <0001 <> \"a\">"),
                malformed("4.13.1", "SUBSCRIBE with a filter cut short", MQTT_3_1_1, "82 <0001 \"a\" 00 0002 'b'>"),
                malformed("4.13.1", "UNSUBSCRIBE with a filter cut short", MQTT_3_1_1, "A2 <0001 \"a\" 00>"),
                malformed("4.13.1", "SUBSCRIBE without property length", MQTT_5, "82 <0001>"),
                malformed("4.13.1", "UNSUBSCRIBE without property length", MQTT_5, "A2 <0001>"),
                malformed("MQTT-3.8.3-5", "option bit 6", MQTT_5, "82 <0001 <> \"a\" 40>"),
                malformed("MQTT-3.8.3-5", "option bit 7", MQTT_5, "82 <0001 <> \"a\" 00 \"b\" 81>"),
                malformed("MQTT-3.8.3-5", "no local in 3.1.1", MQTT_3_1_1, "82 <0001 \"a\" 04>"),
                malformed("MQTT-3.8.3-5", "retain as published in 3.1.1", MQTT_3_1_1, "82 <0001 \"a\" 08>"),
                malformed("MQTT-3.8.3-5", "retain handling in 3.1", MQTT_3_1, "82 <0001 \"a\" 10>"),
                malformed("MQTT-3.8.3-4 of 3.1.1", "QoS 3", MQTT_3_1_1, "82 <0001 \"a\" 03>"),
                protocolError("3.8.3.1", "QoS 3", MQTT_5, "82 <0001 <> \"a\" 03>"),
                protocolError("3.8.3.1", "retain handling 3", MQTT_5, "82 <0001 <> \"a\" 30>"),
                protocolError(
                        "MQTT-3.8.3-4", "no local on a shared subscription", MQTT_5, "82 <0001 <> \"$share/g/a\" 04>"),
                protocolError("3.8.2.1.2", "subscription identifier 0", MQTT_5, "82 <0001 <0B 00> \"a\" 00>"),
                protocolError("2.2.2.2", "subscription identifier twice", MQTT_5, "82 <0001 <0B 01 0B 02> \"a\" 00>"),
                malformed(
                        "MQTT-1.5.5-1",
                        "subscription identifier longer than needed",
                        MQTT_5,
                        "82 <0001 <0B 81 00> \"a\" 00>"),
                malformed(
                        "MQTT-1.5.5-1",
                        "subscription identifier of five bytes",
                        MQTT_5,
                        "82 <0001 <0B 8080808001> \"a\" 00>"),
                malformed("2.2.2.2", "subscription identifier in UNSUBSCRIBE", MQTT_5, "A2 <0001 <0B 01> \"a\">"),
                malformed("2.2.2.2", "reason string in SUBSCRIBE", MQTT_5, "82 <0001 <1F \"\"> \"a\" 00>"),
                malformed("2.2.2.2", "reason string in UNSUBSCRIBE", MQTT_5, "A2 <0001 <1F \"\"> \"a\">"),
                malformed("MQTT-1.5.4-1", "ill-formed filter [MQTT-3.8.3-1]", MQTT_5, "82 <0001 <> 0001 C1 00>"),
                malformed("MQTT-1.5.4-1", "U+0000 in a filter [MQTT-4.7.3-2]", MQTT_3_1_1, "82 <0001 0001 00 00>"),
                malformed("MQTT-1.5.4-1", "ill-formed filter [MQTT-3.10.3-1]", MQTT_3_1_1, "A2 <0001 0001 C1>"));
    }

    private static Subscribe subscribe(
            int packetId, int identifier, List<UserProperty> properties, SubscriptionRequest... requests) {
        return new Subscribe(packetId, List.of(requests), identifier, properties);
    }

    private static SubscriptionRequest plain(String filter, int qos) {
        return new SubscriptionRequest(filter, Qos.of(qos), false, false, 0);
    }

    private static Refused malformed(String statement, String flaw, ProtocolVersion version, String packet) {
        return new Refused(statement, flaw, version, packet, MALFORMED_PACKET);
    }

    private static Refused protocolError(String statement, String flaw, ProtocolVersion version, String packet) {
        return new Refused(statement, flaw, version, packet, PROTOCOL_ERROR);
    }
}
