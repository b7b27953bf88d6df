package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.ProtocolVersion.MQTT_3_1_1;
import static io.sluice.gateway.codec.ProtocolVersion.MQTT_5;
import static io.sluice.gateway.codec.ReasonCode.MALFORMED_PACKET;
import static io.sluice.gateway.codec.ReasonCode.PACKET_TOO_LARGE;
import static io.sluice.gateway.codec.ReasonCode.PROTOCOL_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.gateway.Normative;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixed header, and packets that come in pieces. */
class PacketDecoderTest {

    private final RecordingHandler handler = new RecordingHandler();
    private final PacketDecoder decoder = new PacketDecoder(1 << 20);

    @Normative({"MQTT-1.5.5-1", "MQTT-2.1.3-1", "MQTT-3.1.0-1", "MQTT-3.2.2-15"})
    @ParameterizedTest
    @MethodSource("forbidden")
    void refusesAsSoonAsTheFixedHeaderShowsIt(Refused packet) {
        packet.check();
    }

    static Stream<Refused> forbidden() {
        List<Refused> packets = new ArrayList<>(List.of(
                new Refused("2.1.2", "packet type 0", MQTT_5, "00 00", MALFORMED_PACKET),
                new Refused("2.1.2", "packet type 0 first", null, "00 00", MALFORMED_PACKET),
                new Refused("2.1.2", "CONNACK", MQTT_5, "20 <00 00 <>>", PROTOCOL_ERROR),
                new Refused("2.1.2", "SUBACK", MQTT_5, "90 <0001 <> 00>", PROTOCOL_ERROR),
                new Refused("2.1.2", "UNSUBACK", MQTT_3_1_1, "B0 <0001>", PROTOCOL_ERROR),
                new Refused("2.1.2", "PINGRESP", MQTT_3_1_1, "D0 00", PROTOCOL_ERROR),
                new Refused("2.2.1", "packet type 15 in 3.1.1", MQTT_3_1_1, "F0 00", MALFORMED_PACKET),
                new Refused("MQTT-2.1.3-1", "CONNECT with flags", null, "11 7F", MALFORMED_PACKET),
                new Refused("MQTT-2.1.3-1", "an HTTP request later on", MQTT_5, "'GET / HTTP/1.1'", MALFORMED_PACKET),
                new Refused("MQTT-3.1.0-1", "an HTTP request first", null, "'GET / HTTP/1.1'", PROTOCOL_ERROR),
                new Refused("MQTT-2.1.3-1", "a TLS handshake", null, "16 03 01 02 00", MALFORMED_PACKET),
                new Refused("MQTT-1.5.5-1", "length 0 in two bytes", MQTT_5, "C0 80 00", MALFORMED_PACKET),
                new Refused("MQTT-1.5.5-1", "length 127 in two bytes", MQTT_5, "30 FF 00", MALFORMED_PACKET),
                new Refused("MQTT-1.5.5-1", "length in three bytes for two", MQTT_5, "30 80 80 00", MALFORMED_PACKET),
                new Refused("MQTT-1.5.5-1", "length in four for three", MQTT_5, "30 80 80 80 00", MALFORMED_PACKET),
                new Refused("MQTT-1.5.5-1", "length of five bytes", MQTT_5, "30 80 80 80 80", MALFORMED_PACKET),
                new Refused("MQTT-3.2.2-15", "too large", MQTT_5, "30 FE 07", PACKET_TOO_LARGE),
                new Refused("MQTT-3.2.2-15", "too large", null, "10 FF FF FF 7F", PACKET_TOO_LARGE)));
        for (String header : List.of("30", "40", "50", "62", "70", "82", "A2", "C0", "E0", "F0")) {
            packets.add(new Refused("MQTT-3.1.0-1", header + " before CONNECT", null, header + " 00", PROTOCOL_ERROR));
        }
        return packets.stream();
    }

    @Normative("MQTT-2.1.3-1")
    @Test
    void refusesEveryFlagThatIsNotAsListed() {
        List<String> accepted = new ArrayList<>();
        for (int type = 1; type < 16; type++) {
            for (int flags = 0; flags < 16; flags++) {
                PacketDecoder fresh = new PacketDecoder(1024);
                fresh.protocolVersion(MQTT_5);
                byte[] header = {(byte) (type << 4 | flags), 2};
                if (type != 3 && acceptsHeader(fresh, header)) {
                    accepted.add(String.format("%02X", type << 4 | flags));
                }
            }
        }

        assertThat(accepted).containsExactly("10", "40", "50", "62", "70", "82", "A2", "C0", "E0", "F0");
    }

    private boolean acceptsHeader(PacketDecoder fresh, byte[] header) {
        try {
            assertThat(fresh.decode(Unpooled.wrappedBuffer(header), handler)).isFalse();
            return true;
        } catch (MalformedPacketException e) {
            return false;
        }
    }

    @Normative("MQTT-3.2.2-15")
    @Test
    void takesAPacketOfExactlyTheMaximumSize() throws MalformedPacketException {
        PacketDecoder small = new PacketDecoder(9);
        small.protocolVersion(MQTT_3_1_1);
        ByteBuf in = Wire.buffer("30 07 \"a\" 'four' 30 08 \"a\" 'fives'");

        assertThat(small.decode(in, handler)).isTrue();
        MalformedPacketException refusal =
                catchThrowableOfType(MalformedPacketException.class, () -> small.decode(in, handler));

        assertThat(refusal.reason()).isEqualTo(PACKET_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 124, 125, 16_380, 16_381, 300_000})
    void readsRemainingLengthsOfEverySize(int payload) throws MalformedPacketException {
        decoder.protocolVersion(MQTT_3_1_1);
        byte[] packet = Wire.bytes("30 <0001 'a' " + "2A".repeat(payload) + ">");

        assertThat(decoder.decode(Unpooled.wrappedBuffer(packet), handler)).isTrue();

        assertThat(((Publish) handler.packets.get(0)).payload()).isEqualTo(Wire.bytes("2A".repeat(payload)));
    }

    @Test
    void learnsTheVersionFromConnect() throws MalformedPacketException {
        assertThat(decoder.protocolVersion()).isNull();

        decoder.decode(Wire.buffer("10 <\"MQTT\" 04 02 00 3C \"c\">"), handler);

        assertThat(decoder.protocolVersion()).isEqualTo(MQTT_3_1_1);
    }

    @Test
    void standsAtTheEndOfThePacketWhenTheHandlerIsCalled() throws MalformedPacketException {
        for (Samples.Connection connection : Samples.connections().toList()) {
            PacketDecoder fresh = new PacketDecoder(1 << 20);
            for (String packet : connection.packets()) {
                byte[] bytes = Wire.bytes(packet);
                ByteBuf in = Unpooled.wrappedBuffer(new byte[] {9}, bytes, new byte[] {9, 9});
                in.skipBytes(1);

                assertThat(fresh.decode(in, handler)).isTrue();

                assertThat(in.readerIndex()).as(packet).isEqualTo(1 + bytes.length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.sluice.gateway.codec.Samples#connections")
    void waitsForTheRestOfAPacketCutAnywhere(Samples.Connection connection) throws MalformedPacketException {
        for (String packet : connection.packets()) {
            byte[] whole = Wire.bytes(packet);
            for (int length = 0; length < whole.length; length++) {
                ByteBuf in = Unpooled.copiedBuffer(whole, 0, length);

                assertThat(decoder.decode(in, handler)).isFalse();

                assertThat(in.readerIndex()).isZero();
                assertThat(decoder.neededBytes()).isGreaterThan(length).isLessThanOrEqualTo(whole.length);
            }
            int seen = handler.packets.size();
            assertThat(decoder.decode(Unpooled.wrappedBuffer(whole), handler)).isTrue();
            assertThat(handler.packets).hasSize(seen + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.sluice.gateway.codec.Samples#connections")
    void readsAStreamSplitAnywhere(Samples.Connection connection) throws MalformedPacketException {
        byte[] stream = connection.stream();
        List<Object> expected = decodeInPieces(stream, stream.length);
        assertThat(expected).hasSize(connection.packets().size());

        for (int piece = 1; piece < 64; piece++) {
            assertThat(decodeInPieces(stream, piece)).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    private static List<Object> decodeInPieces(byte[] stream, int piece) throws MalformedPacketException {
        RecordingHandler recorded = new RecordingHandler();
        PacketDecoder fresh = new PacketDecoder(1 << 20);
        ByteBuf cumulation = Unpooled.buffer();
        for (int at = 0; at < stream.length; at += piece) {
            cumulation.writeBytes(stream, at, Math.min(piece, stream.length - at));
            while (fresh.decode(cumulation, recorded)) {
                cumulation.discardReadBytes();
            }
        }
        assertThat(cumulation.isReadable()).isFalse();
        return recorded.packets;
    }
}
