package io.sluice.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.gateway.Normative;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishEncoderTest {

    private static final int[] NO_IDENTIFIERS = {};

    private final PublishEncoder encoder = new PublishEncoder();
    private final ByteBuf out = Unpooled.buffer();

    private static PublishRecord message(byte[] payload, PublishProperties properties) {
        return new PublishRecord(
                "a/b".getBytes(StandardCharsets.UTF_8),
                payload,
                Qos.EXACTLY_ONCE,
                true,
                null,
                properties,
                0,
                0,
                System.currentTimeMillis());
    }

    private String written() {
        return ByteBufUtil.hexDump(out);
    }

    @Test
    @Normative({"MQTT-2.2.1-2", "MQTT-3.3.1-2"})
    void writesQos0WithoutAnIdentifier() {
        PublishRecord message = message(new byte[] {1, 2}, PublishProperties.NONE);
        int size = encoder.measure(message, Qos.AT_MOST_ONCE);
        encoder.write(out, Qos.AT_MOST_ONCE, false, false, 0, NO_IDENTIFIERS, 0, true);

        assertThat(written()).isEqualTo("30" + "07" + "0003612f62" + "0102");
        assertThat(size).isEqualTo(out.readableBytes());
    }

    @Test
    void writesQos2OfMqtt5WithItsProperties() {
        PublishRecord message = message(
                new byte[] {1}, new PublishProperties(1, 60, "t", null, null, List.of(new UserProperty("k", "v"))));
        int size = encoder.measure5(message, Qos.EXACTLY_ONCE, new int[] {1, 300}, 5, false);
        encoder.write(out, Qos.EXACTLY_ONCE, true, false, 0x1234, new int[] {1, 300}, 5, false);

        String properties =
                "02" + "0000003c" + "23" + "0005" + "0b01" + "0bac02" + "0101" + "03000174" + "2600016b000176";
        assertThat(written()).isEqualTo("35" + "20" + "0000" + "1234" + "1a" + properties + "01");
        assertThat(size).isEqualTo(out.readableBytes());
    }

    @Test
    void sharesALargePayloadAndLetsItGoAtTheEndOfTheBatch() {
        PublishRecord message = message(new byte[PublishEncoder.SHARED_PAYLOAD_BYTES], PublishProperties.NONE);
        encoder.measure(message, Qos.AT_MOST_ONCE);
        encoder.write(out, Qos.AT_MOST_ONCE, false, false, 0, NO_IDENTIFIERS, 0, true);
        assertThat(out.readableBytes()).as("header alone").isLessThan(16);

        ByteBuf first = encoder.sharedPayload(UnpooledByteBufAllocator.DEFAULT);
        ByteBuf second = encoder.sharedPayload(UnpooledByteBufAllocator.DEFAULT);
        assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress());
        encoder.endBatch();
        first.release();
        assertThat(second.refCnt()).isEqualTo(1);
        assertThat(second.release()).isTrue();
    }
}
