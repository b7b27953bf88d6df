package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;

import java.util.List;
import java.util.stream.Stream;

/** One connection of each version with every packet that a client can send, in the notation of {@link Wire}. */
final class Samples {

    /** The packets of a connection, CONNECT first. */
    record Connection(ProtocolVersion version, List<String> packets) {

        byte[] stream() {
            return Wire.bytes(String.join(" ", packets));
        }
    }

    private static final String LARGE = "00 01 02 03 ".repeat(50);

    private Samples() {}

    static Stream<Connection> connections() {
        return Stream.of(
                new Connection(MQTT_3_1, withConnect("10 <\"MQIsdp\" 03 02 00 3C \"c\">")),
                new Connection(
                        MQTT_3_1_1,
                        withConnect("10 <\"MQTT\" 04 F6 00 3C \"client\" \"w/t\" \"bye\" \"user\" \"password\">")),
                new Connection(
                        MQTT_5,
                        List.of(
                                "10 <\"MQTT\" 05 C6 00 3C <11 00000001 21 0001 27 00001000 22 000A 19 01 17 01"
                                        + " 26 \"k\" \"v\" 15 \"m\" 16 \"d\"> \"client\" <18 00000001 01 01 02 00000001"
                                        + " 03 \"t\" 08 \"r\" 09 \"d\" 26 \"k\" \"v\"> \"w/t\" \"bye\" \"user\" \"pw\">",
                                "30 <\"a/ß/€/𝄞\" <> 'hello'>",
                                "3D <\"a\" 0001 <01 01 02 00000001 23 0001 08 \"r\" 09 \"d\" 26 \"k\" \"v\" 03 \"t\"> "
                                        + LARGE + ">",
                                "40 <0001>",
                                "50 <0001 80>",
                                "62 <0001 92 <1F \"why\">>",
                                "70 <0001 00 <26 \"k\" \"v\" 26 \"k\" \"v\">>",
                                "82 <0002 <0B 8001 26 \"k\" \"v\"> \"a/+\" 01 \"$share/g/#\" 22>",
                                "A2 <0003 <26 \"k\" \"v\"> \"a/+\" \"b\">",
                                "C0 <>",
                                "F0 <18 <15 \"m\" 16 \"d\" 1F \"r\" 26 \"k\" \"v\">>",
                                "E0 <04 <11 00000001 1F \"r\" 26 \"k\" \"v\">>")));
    }

    private static List<String> withConnect(String connect) {
        return List.of(
                connect,
                "30 <\"a/ß/€/𝄞\" 'hello'>",
                "33 <\"a\" 0001 " + LARGE + ">",
                "3C <\"a\" 0001>",
                "40 <0001>",
                "50 <0001>",
                "62 <0001>",
                "70 <0001>",
                "82 <0002 \"a/+\" 01 \"#\" 02>",
                "A2 <0003 \"a/+\" \"b\">",
                "C0 <>",
                "E0 <>");
    }
}
