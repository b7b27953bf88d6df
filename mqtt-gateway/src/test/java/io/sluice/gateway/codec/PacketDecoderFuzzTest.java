package io.sluice.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.wire.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that no specification foresaw, {@link #ROUNDS} cases in each test: the decoder reads a packet, waits or refuses, and does nothing else. Every buffer
 * ends where its bytes end, so that a read outside is an exception; and what stands behind a packet must make no
 * difference.
 */
class PacketDecoderFuzzTest {

    private static final int ROUNDS = 20_000;
    private static final int MAX_PACKET_SIZE = 4096;
    private static final int LARGEST_REMAINING_LENGTH = 268_435_455;

    private static final List<ProtocolVersion> VERSIONS =
            Arrays.asList(null, ProtocolVersion.MQTT_3_1, ProtocolVersion.MQTT_3_1_1, ProtocolVersion.MQTT_5);

    private final List<Samples.Connection> connections = Samples.connections().toList();

    @ParameterizedTest
    @ValueSource(longs = 1)
    void survivesRandomBytes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            decodeTwice(bytes, version(random), "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = 2)
    void survivesValidHeadersWithRandomBodies(long seed) {
        int[] headers = {0x10, 0x30, 0x32, 0x34, 0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xE0, 0xF0};
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[2 + random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(0x30);
            }
            bytes[0] = (byte) headers[random.nextInt(headers.length)];
            bytes[1] = (byte) (bytes.length - 2);
            decodeTwice(bytes, version(random), "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = 3)
    void survivesDamagedPackets(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Samples.Connection connection = connections.get(random.nextInt(connections.size()));
            byte[] bytes = Wire.bytes(
                    connection.packets().get(random.nextInt(connection.packets().size())));
            damage(bytes, random);
            decodeTwice(bytes, connection.version(), "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = 4)
    void waitsForTheRestOfTruncatedPackets(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Samples.Connection connection = connections.get(random.nextInt(connections.size()));
            byte[] bytes = Wire.bytes(
                    connection.packets().get(random.nextInt(connection.packets().size())));
            byte[] truncated = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            String which = "seed " + seed + ", round " + round;

            String outcome =
                    decode(Unpooled.wrappedBuffer(truncated), connection.version(), new RecordingHandler(), which);

            assertThat(outcome).as(which).isEqualTo("waiting");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = 5)
    void refusesOversizedPacketsBeforeTheyCome(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int[] headers = {0x10, 0x30, 0x32, 0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xC0, 0xE0};
            int size =
                    MAX_PACKET_SIZE + random.nextInt(round % 2 == 0 ? 10 : LARGEST_REMAINING_LENGTH - MAX_PACKET_SIZE);
            ByteBuf in = Unpooled.buffer().writeByte(headers[random.nextInt(headers.length)]);
            PacketEncoder.writeVariableByteInteger(in, size);
            String which = "seed " + seed + ", round " + round;

            String outcome = decode(in, ProtocolVersion.MQTT_5, new RecordingHandler(), which);

            assertThat(outcome).as(which).contains("MQTT-3.2.2-15");
        }
    }

    private static void damage(byte[] bytes, Random random) {
        for (int flaws = 1 + random.nextInt(3); flaws > 0; flaws--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                default -> bytes[at] = (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1));
            }
        }
    }

    private static ProtocolVersion version(Random random) {
        return VERSIONS.get(random.nextInt(VERSIONS.size()));
    }

    private static void decodeTwice(byte[] bytes, ProtocolVersion version, String which) {
        RecordingHandler first = new RecordingHandler();
        ByteBuf exact = Unpooled.wrappedBuffer(bytes);
        String outcome = decode(exact, version, first, which);

        if (outcome.equals("read")) {
            byte[] packet = Arrays.copyOf(bytes, exact.readerIndex());
            for (byte filler : new byte[] {0, (byte) 0xFF}) {
                byte[] behind = new byte[16];
                Arrays.fill(behind, filler);
                RecordingHandler second = new RecordingHandler();

                assertThat(decode(Unpooled.wrappedBuffer(packet, behind), version, second, which))
                        .isEqualTo("read");
                assertThat(second.packets).as(which).usingRecursiveComparison().isEqualTo(first.packets);
            }
            checkPromises(first.packets.get(0), which);
        }
    }

    /** What happened: read, waiting, or why it was refused. */
    private static String decode(ByteBuf in, ProtocolVersion version, RecordingHandler handler, String which) {
        PacketDecoder decoder = new PacketDecoder(MAX_PACKET_SIZE);
        decoder.protocolVersion(version);
        int start = in.readerIndex();
        String[] outcome = new String[1];
        assertThatCode(() -> {
                    try {
                        outcome[0] = decoder.decode(in, handler) ? "read" : "waiting";
                    } catch (MalformedPacketException e) {
                        outcome[0] = e.getMessage();
                    }
                })
                .as(which)
                .doesNotThrowAnyException();
        assertThat(in.refCnt()).as("owners of the buffer, %s", which).isOne();
        assertThat(handler.packets).as(which).hasSize(outcome[0].equals("read") ? 1 : 0);
        if (outcome[0].equals("waiting")) {
            assertThat(in.readerIndex()).as(which).isEqualTo(start);
            assertThat(decoder.neededBytes()).as(which).isBetween(in.readableBytes() + 1, MAX_PACKET_SIZE);
        }
        return outcome[0];
    }

    /** What the records promise to whoever reads them. */
    private static void checkPromises(Object packet, String which) {
        if (packet instanceof Publish publish) {
            assertThat(publish.topic().length > 0 || publish.topicAlias() > 0)
                    .as(which)
                    .isTrue();
            assertThat(Utf8.isWellFormed(publish.topic())).as(which).isTrue();
            assertThat(new String(publish.topic(), StandardCharsets.UTF_8))
                    .as(which)
                    .doesNotContain("#", "+", "\0");
            assertThat(publish.packetId() != 0)
                    .as(which)
                    .isEqualTo(publish.qos().level() > 0);
        } else if (packet instanceof Subscribe subscribe) {
            assertThat(subscribe.packetId()).as(which).isPositive();
            assertThat(subscribe.requests()).as(which).isNotEmpty();
        } else if (packet instanceof Unsubscribe unsubscribe) {
            assertThat(unsubscribe.packetId()).as(which).isPositive();
            assertThat(unsubscribe.filters()).as(which).isNotEmpty();
        } else if (packet instanceof RecordingHandler.Ack ack) {
            assertThat(ack.packetId()).as(which).isPositive();
            assertThat(ReasonCode.of(ack.reason())).as(which).isNotNull();
        }
    }
}
