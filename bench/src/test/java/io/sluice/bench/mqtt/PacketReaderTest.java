package io.sluice.bench.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketReaderTest {

    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private final List<String> packets = new ArrayList<>();
    private final PacketReader reader = new PacketReader((firstByte, in, end) ->
            packets.add(firstByte + ":" + ByteBufUtil.hexDump(in, in.readerIndex(), end - in.readerIndex())));

    private static ByteBuf stream() {
        ByteBuf bytes = Unpooled.buffer();
        Packets.writePing(bytes);
        Packets.writeAcknowledgement(bytes, Packets.PUBREL, 0x1234);
        bytes.writeByte(0x30);
        Packets.writeVarInt(bytes, 200);
        bytes.writeZero(200);
        Packets.writeAcknowledgement(bytes, Packets.PUBACK, 7);
        return bytes;
    }

    private static final List<String> EXPECTED = List.of("192:", "98:1234", "48:" + "00".repeat(200), "64:0007");

    @Test
    void packetsComeWholeHoweverTheBytesAreCut() {
        ByteBuf bytes = stream();
        for (int first = 0; first <= bytes.readableBytes(); first++) {
            for (int second = first; second <= bytes.readableBytes(); second += 7) {
                packets.clear();
                read(bytes, 0, first);
                read(bytes, first, second);
                read(bytes, second, bytes.readableBytes());

                assertThat(packets).isEqualTo(EXPECTED);
            }
        }
    }

    @Test
    void everyBufferIsReleased() {
        ByteBuf first = stream().readSlice(20).retain();
        reader.read(ALLOCATOR, first);
        reader.discard();

        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(packets).hasSize(2);
    }

    @Test
    void aLengthOfFiveBytesIsNotMqtt() {
        ByteBuf bytes = Unpooled.copiedBuffer(new byte[] {0x30, -1, -1, -1, -1, 1});

        assertThatThrownBy(() -> reader.read(ALLOCATOR, bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    private void read(ByteBuf bytes, int from, int to) {
        ByteBuf part = bytes.copy(from, to - from);
        reader.read(ALLOCATOR, part);
        assertThat(part.refCnt()).isZero();
    }
}
