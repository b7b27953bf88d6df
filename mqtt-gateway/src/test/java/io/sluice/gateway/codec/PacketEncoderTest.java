package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.UserProperty;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PacketEncoderTest {

    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final Diagnostics NONE = Diagnostics.NONE;
    private static final Diagnostics TALKATIVE =
            new Diagnostics("why", List.of(new UserProperty("k", "1"), new UserProperty("k", "2")));

    private static final String WHY = "1F \"why\" ";
    private static final String K1 = "26 \"k\" \"1\" ";
    private static final String K2 = "26 \"k\" \"2\" ";

    /** Writes a packet into a buffer; false if there was no room. */
    private interface Write {
        boolean to(ByteBuf out, int maximumPacketSize);
    }

    /** A packet without a limit to its size. */
    private record Written(String form, Write write, String expected) {
        @Override
        public String toString() {
            return form;
        }
    }

    @Normative({
        "MQTT-2.2.1-6",
        "MQTT-2.2.2-1",
        "MQTT-3.2.2-1",
        "MQTT-3.2.2-6",
        "MQTT-3.9.3-1",
        "MQTT-3.11.3-1",
        "MQTT-3.12.4-1",
        "MQTT-3.14.2-2"
    })
    @ParameterizedTest
    @MethodSource("forms")
    void writesEveryForm(Written form) {
        ByteBuf out = Unpooled.buffer();

        assertThat(form.write.to(out, NO_LIMIT)).isTrue();

        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(Wire.bytes(form.expected));
    }

    static Stream<Written> forms() {
        ConnackProperties plain =
                new ConnackProperties(ServerCapabilities.DEFAULTS, -1, null, -1, null, null, Diagnostics.NONE);
        ConnackProperties full = new ConnackProperties(
                new ServerCapabilities(100, 1, false, 65536, 10, false, false, false),
                0,
                "assigned",
                30,
                "info",
                "other:1883",
                TALKATIVE);
        List<ReasonCode> granted = List.of(
                ReasonCode.SUCCESS,
                ReasonCode.GRANTED_QOS_1,
                ReasonCode.GRANTED_QOS_2,
                ReasonCode.TOPIC_FILTER_INVALID);
        List<ReasonCode> removed = List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED);
        return Stream.of(
                connack(
                        "CONNACK of 3.1, which has no session present",
                        MQTT_3_1,
                        true,
                        ReasonCode.SUCCESS,
                        plain,
                        "20 <00 00>"),
                connack("CONNACK of 3.1.1", MQTT_3_1_1, true, ReasonCode.SUCCESS, full, "20 <01 00>"),
                connack("refusal of 3.1.1", MQTT_3_1_1, true, ReasonCode.NOT_AUTHORIZED, plain, "20 <00 05>"),
                connack("CONNACK of 5.0", MQTT_5, false, ReasonCode.SUCCESS, plain, "20 <00 00 <>>"),
                connack("CONNACK of 5.0 with a session", MQTT_5, true, ReasonCode.SUCCESS, plain, "20 <01 00 <>>"),
                connack(
                        "refusal of 5.0",
                        MQTT_5,
                        true,
                        ReasonCode.BANNED,
                        ConnackProperties.refusal("why"),
                        "20 <00 8A <" + WHY + ">>"),
                connack(
                        "CONNACK of 5.0 with all properties",
                        MQTT_5,
                        false,
                        ReasonCode.SUCCESS,
                        full,
                        "20 <00 00 <11 00000000 21 0064 24 01 25 00 27 00010000 22 000A 28 00 29 00 2A 00"
                                + " 12 \"assigned\" 13 001E 1A \"info\" 1C \"other:1883\" " + WHY + K1 + K2 + ">>"),
                new Written("short PUBACK", alone(out -> PacketEncoder.puback(out, 0x8001)), "40 02 8001"),
                new Written("short PUBREC", alone(out -> PacketEncoder.pubrec(out, 1)), "50 02 0001"),
                new Written("short PUBREL", alone(out -> PacketEncoder.pubrel(out, 65535)), "62 02 FFFF"),
                new Written("short PUBCOMP", alone(out -> PacketEncoder.pubcomp(out, 1)), "70 02 0001"),
                new Written("PINGRESP", alone(PacketEncoder::pingresp), "D0 00"),
                new Written(
                        "PUBACK with success and nothing else",
                        (out, limit) -> PacketEncoder.puback(out, 1, ReasonCode.SUCCESS, NONE, limit),
                        "40 <0001>"),
                new Written(
                        "PUBACK with a reason",
                        (out, limit) -> PacketEncoder.puback(out, 1, ReasonCode.NO_MATCHING_SUBSCRIBERS, NONE, limit),
                        "40 <0001 10>"),
                new Written(
                        "PUBACK with success and more",
                        (out, limit) -> PacketEncoder.puback(out, 1, ReasonCode.SUCCESS, TALKATIVE, limit),
                        "40 <0001 00 <" + WHY + K1 + K2 + ">>"),
                new Written(
                        "PUBREC with a reason string",
                        (out, limit) ->
                                PacketEncoder.pubrec(out, 1, ReasonCode.QUOTA_EXCEEDED, Diagnostics.of("why"), limit),
                        "50 <0001 97 <" + WHY + ">>"),
                new Written(
                        "PUBREL with a reason",
                        (out, limit) ->
                                PacketEncoder.pubrel(out, 1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, NONE, limit),
                        "62 <0001 92>"),
                new Written(
                        "PUBCOMP with a reason",
                        (out, limit) ->
                                PacketEncoder.pubcomp(out, 1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, NONE, limit),
                        "70 <0001 92>"),
                new Written(
                        "SUBACK of 3.1.1",
                        (out, limit) -> PacketEncoder.suback(out, MQTT_3_1_1, 10, granted, TALKATIVE, limit),
                        "90 <000A 00 01 02 80>"),
                new Written(
                        "SUBACK of 5.0",
                        (out, limit) -> PacketEncoder.suback(out, MQTT_5, 10, granted, NONE, limit),
                        "90 <000A <> 00 01 02 8F>"),
                new Written(
                        "SUBACK of 5.0 with properties",
                        (out, limit) -> PacketEncoder.suback(out, MQTT_5, 10, granted, TALKATIVE, limit),
                        "90 <000A <" + WHY + K1 + K2 + "> 00 01 02 8F>"),
                new Written(
                        "UNSUBACK of 3.1",
                        (out, limit) -> PacketEncoder.unsuback(out, MQTT_3_1, 10, removed, TALKATIVE, limit),
                        "B0 <000A>"),
                new Written(
                        "UNSUBACK of 5.0",
                        (out, limit) -> PacketEncoder.unsuback(out, MQTT_5, 10, removed, TALKATIVE, limit),
                        "B0 <000A <" + WHY + K1 + K2 + "> 00 11>"),
                new Written(
                        "DISCONNECT",
                        (out, limit) -> PacketEncoder.disconnect(out, ReasonCode.SESSION_TAKEN_OVER, null, NONE, limit),
                        "E0 <8E>"),
                new Written(
                        "DISCONNECT with properties",
                        (out, limit) ->
                                PacketEncoder.disconnect(out, ReasonCode.USE_ANOTHER_SERVER, "b", TALKATIVE, limit),
                        "E0 <9C <1C \"b\" " + WHY + K1 + K2 + ">>"));
    }

    /** A packet with its size limited so that diagnostics must go, one after the other. */
    private record Limited(String name, Write write, String bare, String beforeDiagnostics, String afterDiagnostics) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Normative({
        "MQTT-3.1.2-24", "MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2",
                "MQTT-3.5.2-3",
        "MQTT-3.6.2-2", "MQTT-3.6.2-3", "MQTT-3.7.2-2", "MQTT-3.7.2-3", "MQTT-3.9.2-1", "MQTT-3.9.2-2", "MQTT-3.11.2-1",
        "MQTT-3.11.2-2", "MQTT-3.14.2-3", "MQTT-3.14.2-4"
    })
    @ParameterizedTest
    @MethodSource("limited")
    void leavesOutWhatTheClientHasNoRoomFor(Limited packet) {
        byte[] bare = Wire.bytes(packet.bare);
        byte[] withReason = Wire.bytes(packet.beforeDiagnostics + WHY + packet.afterDiagnostics);
        byte[] withOne = Wire.bytes(packet.beforeDiagnostics + WHY + K1 + packet.afterDiagnostics);
        byte[] withBoth = Wire.bytes(packet.beforeDiagnostics + WHY + K1 + K2 + packet.afterDiagnostics);

        for (int limit = 0; limit <= withBoth.length + 1; limit++) {
            ByteBuf out = Unpooled.buffer();
            boolean written = packet.write.to(out, limit);

            assertThat(written).as("limit " + limit).isEqualTo(limit >= bare.length);
            byte[] expected = limit >= withBoth.length
                    ? withBoth
                    : limit >= withOne.length
                            ? withOne
                            : limit >= withReason.length ? withReason : limit >= bare.length ? bare : new byte[0];
            assertThat(ByteBufUtil.getBytes(out)).as("limit " + limit).isEqualTo(expected);
        }
    }

    static Stream<Limited> limited() {
        ConnackProperties connack =
                new ConnackProperties(ServerCapabilities.DEFAULTS, -1, "id", -1, null, null, TALKATIVE);
        List<ReasonCode> codes = List.of(ReasonCode.SUCCESS);
        return Stream.of(
                new Limited(
                        "CONNACK",
                        (out, limit) -> PacketEncoder.connack(out, MQTT_5, false, ReasonCode.SUCCESS, connack, limit),
                        "20 <00 00 <12 \"id\">>",
                        "20 <00 00 <12 \"id\" ",
                        ">>"),
                new Limited(
                        "PUBACK",
                        (out, limit) -> PacketEncoder.puback(out, 1, ReasonCode.NOT_AUTHORIZED, TALKATIVE, limit),
                        "40 <0001 87>",
                        "40 <0001 87 <",
                        ">>"),
                new Limited(
                        "PUBREC",
                        (out, limit) -> PacketEncoder.pubrec(out, 1, ReasonCode.SUCCESS, TALKATIVE, limit),
                        "50 <0001>",
                        "50 <0001 00 <",
                        ">>"),
                new Limited(
                        "PUBREL",
                        (out, limit) -> PacketEncoder.pubrel(out, 1, ReasonCode.SUCCESS, TALKATIVE, limit),
                        "62 <0001>",
                        "62 <0001 00 <",
                        ">>"),
                new Limited(
                        "PUBCOMP",
                        (out, limit) -> PacketEncoder.pubcomp(out, 1, ReasonCode.SUCCESS, TALKATIVE, limit),
                        "70 <0001>",
                        "70 <0001 00 <",
                        ">>"),
                new Limited(
                        "SUBACK",
                        (out, limit) -> PacketEncoder.suback(out, MQTT_5, 1, codes, TALKATIVE, limit),
                        "90 <0001 <> 00>",
                        "90 <0001 <",
                        "> 00>"),
                new Limited(
                        "UNSUBACK",
                        (out, limit) -> PacketEncoder.unsuback(out, MQTT_5, 1, codes, TALKATIVE, limit),
                        "B0 <0001 <> 00>",
                        "B0 <0001 <",
                        "> 00>"),
                new Limited(
                        "DISCONNECT",
                        (out, limit) -> PacketEncoder.disconnect(out, ReasonCode.SERVER_BUSY, null, TALKATIVE, limit),
                        "E0 <89>",
                        "E0 <89 <",
                        ">>"));
    }

    @Test
    void leavesOutAReasonStringThatNoPropertyCanHold() {
        ByteBuf out = Unpooled.buffer();

        PacketEncoder.puback(out, 1, ReasonCode.QUOTA_EXCEEDED, Diagnostics.of("x".repeat(65_536)), NO_LIMIT);

        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(Wire.bytes("40 <0001 97>"));
    }

    @Normative("MQTT311-3.2.2-6")
    @Test
    void hasNoConnackOf3ForAReasonWithoutAReturnCode() {
        assertThatThrownBy(() -> PacketEncoder.connack(
                        Unpooled.buffer(),
                        MQTT_3_1_1,
                        false,
                        ReasonCode.MALFORMED_PACKET,
                        ConnackProperties.refusal(null),
                        NO_LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Normative("MQTT-1.5.5-1")
    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "127, 7F",
        "128, 8001",
        "16383, FF7F",
        "16384, 808001",
        "2097151, FFFF7F",
        "2097152, 80808001",
        "268435455, FFFFFF7F"
    })
    void writesVariableByteIntegersInTheFewestBytes(int value, String expected) {
        ByteBuf out = Unpooled.buffer();

        PacketEncoder.writeVariableByteInteger(out, value);

        assertThat(ByteBufUtil.getBytes(out)).isEqualTo(Wire.bytes(expected));
        assertThat(PacketEncoder.variableByteIntegerSize(value)).isEqualTo(out.readableBytes());
    }

    @ParameterizedTest
    @CsvSource({"-1", "268435456"})
    void refusesWhatIsNoVariableByteInteger(int value) {
        assertThatThrownBy(() -> PacketEncoder.writeVariableByteInteger(Unpooled.buffer(), value))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Normative({"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20"})
    @Test
    void writesThePropertiesOfAMessageUnaltered() {
        PublishProperties message = new PublishProperties(
                1,
                3600,
                "text",
                "r",
                Wire.bytes("00FF"),
                List.of(new UserProperty("k", "1"), new UserProperty("", "ß"), new UserProperty("k", "2")));

        assertThat(PacketEncoder.encodePublishProperties(message))
                .isEqualTo(Wire.bytes("01 01 03 \"text\" 08 \"r\" 09 0002 00FF " + K1 + "26 \"\" \"ß\" " + K2));
        assertThat(PacketEncoder.encodePublishProperties(PublishProperties.NONE))
                .isEmpty();
    }

    @Test
    void writesWhatTheDecoderRead() throws MalformedPacketException {
        String section = "01 00 03 \"\" 08 \"r\" 09 0000 " + K1 + K2;
        RecordingHandler handler = new RecordingHandler();
        PacketDecoder decoder = new PacketDecoder(1024);
        decoder.protocolVersion(MQTT_5);

        decoder.decode(Wire.buffer("30 <\"a\" <" + section + "> 'payload'>"), handler);

        PublishProperties properties = ((Publish) handler.packets.get(0)).properties();
        assertThat(PacketEncoder.encodePublishProperties(properties)).isEqualTo(Wire.bytes(section));
    }

    private static Written connack(
            String form,
            ProtocolVersion version,
            boolean sessionPresent,
            ReasonCode reason,
            ConnackProperties properties,
            String expected) {
        return new Written(
                form,
                (out, limit) -> PacketEncoder.connack(out, version, sessionPresent, reason, properties, limit),
                expected);
    }

    private static Write alone(Consumer<ByteBuf> write) {
        return (out, limit) -> {
            write.accept(out);
            return true;
        };
    }
}
