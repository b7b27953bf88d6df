package io.sluice.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;

/**
 * A packet that must be refused.
 *
 * @param statement which the exception's message must cite
 * @param version null for the first packet of a connection
 * @param packet in the notation of {@link Wire}
 */
record Refused(String statement, String flaw, ProtocolVersion version, String packet, ReasonCode reason) {

    void check() {
        PacketDecoder decoder = new PacketDecoder(1024);
        decoder.protocolVersion(version);
        RecordingHandler handler = new RecordingHandler();
        ByteBuf in = Wire.buffer(packet);

        MalformedPacketException refusal =
                catchThrowableOfType(MalformedPacketException.class, () -> decoder.decode(in, handler));

        assertThat(refusal).as("refusal of " + packet).isNotNull();
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessageContaining(statement);
        assertThat(handler.packets).isEmpty();
    }

    @Override
    public String toString() {
        return statement + ": " + flaw + (version == null ? "" : " (" + version + ")");
    }
}
