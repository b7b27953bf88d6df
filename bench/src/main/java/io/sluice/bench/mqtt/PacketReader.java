package io.sluice.bench.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Cuts the bytes of one connection into packets. Used by the connection's event loop alone. */
final class PacketReader {

    private static final int MAX_LENGTH_BYTES = 4;

    private final Sink sink;
    /** The beginning of a packet whose end has not arrived, or null. */
    private ByteBuf rest;

    PacketReader(Sink sink) {
        this.sink = sink;
    }

    /** Who takes the packets. */
    interface Sink {
        /**
         * One packet, whole.
         *
         * @param firstByte type and flags
         * @param in reads from the variable header on; what is left unread is skipped
         * @param end the index behind the packet
         */
        void packet(int firstByte, ByteBuf in, int end);
    }

    /**
     * Takes what was read from the socket, and releases it.
     *
     * @throws IllegalArgumentException if it is not MQTT
     */
    void read(ByteBufAllocator allocator, ByteBuf arrived) {
        ByteBuf in = arrived;
        if (rest != null) {
            in = allocator.buffer(rest.readableBytes() + arrived.readableBytes());
            in.writeBytes(rest).writeBytes(arrived);
            arrived.release();
            discard();
        }
        try {
            int end = endOfPacket(in);
            while (end > 0) {
                int firstByte = in.readUnsignedByte();
                Packets.readVarInt(in);
                sink.packet(firstByte, in, end);
                in.readerIndex(end);
                end = endOfPacket(in);
            }
            if (in.isReadable()) {
                rest = allocator.buffer(in.readableBytes()).writeBytes(in);
            }
        } finally {
            in.release();
        }
    }

    /** Lets go of what was read of an unfinished packet. */
    void discard() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }

    /** The index behind the packet that begins at the reader index, 0 if it is not all there. */
    private static int endOfPacket(ByteBuf in) {
        int start = in.readerIndex();
        int limit = Math.min(in.writerIndex(), start + 1 + MAX_LENGTH_BYTES);
        int length = 0;
        for (int i = start + 1; i < limit; i++) {
            int next = in.getByte(i);
            length |= (next & 0x7F) << (7 * (i - start - 1));
            if (next >= 0) {
                int end = i + 1 + length;
                return end <= in.writerIndex() ? end : 0;
            }
        }
        if (limit == start + 1 + MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("a remaining length of more than four bytes");
        }
        return 0;
    }
}
