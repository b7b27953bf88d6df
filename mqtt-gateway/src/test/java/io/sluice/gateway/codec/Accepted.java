package io.sluice.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;

/**
 * A valid packet and what it says.
 *
 * @param version null for the first packet of a connection
 * @param packet in the notation of {@link Wire}
 */
record Accepted(String form, ProtocolVersion version, String packet, Object expected) {

    void check() throws MalformedPacketException {
        PacketDecoder decoder = new PacketDecoder(1 << 20);
        decoder.protocolVersion(version);
        RecordingHandler handler = new RecordingHandler();
        ByteBuf in = Wire.buffer(packet);

        assertThat(decoder.decode(in, handler)).isTrue();

        assertThat(in.isReadable()).isFalse();
        assertThat(handler.packets).hasSize(1);
        assertThat(handler.packets.get(0)).usingRecursiveComparison().isEqualTo(expected);
    }

    @Override
    public String toString() {
        return form + (version == null ? "" : " (" + version + ")");
    }
}
