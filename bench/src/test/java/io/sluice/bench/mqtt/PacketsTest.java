package io.sluice.bench.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class PacketsTest {

    private final ByteBuf out = Unpooled.buffer();

    @Test
    void connectOfThreeOneOne() {
        Packets.writeConnect(out, new ConnectOptions(MqttVersion.V3_1_1, null, null, 60), "ab");

        assertThat(hex()).isEqualTo("100e" + "00044d515454" + "04" + "02" + "003c" + "00026162");
    }

    @Test
    void connectOfFiveWithUserAndPassword() {
        Packets.writeConnect(out, new ConnectOptions(MqttVersion.V5, "u", "p", 0), "ab");

        assertThat(hex())
                .isEqualTo("1015" + "00044d515454" + "05" + "c2" + "0000" + "00" + "00026162" + "000175" + "000170");
    }

    @Test
    void connectOfADurableSession() {
        Packets.writeConnect(out, new ConnectOptions(MqttVersion.V3_1_1, null, null, 60).durable(true), "ab");

        assertThat(hex()).isEqualTo("100e" + "00044d515454" + "04" + "00" + "003c" + "00026162");
    }

    @Test
    void connectOfADurableSessionOfFiveAndItsEnd() {
        Packets.writeConnect(out, new ConnectOptions(MqttVersion.V5, null, null, 60).durable(true), "ab");
        Packets.writeEndOfSession(out);

        assertThat(hex())
                .isEqualTo("1014" + "00044d515454" + "05" + "00" + "003c" + "051100000e10" + "00026162" + "e007" + "00"
                        + "051100000000");
    }

    @Test
    void subscribe() {
        Packets.writeSubscribe(out, MqttVersion.V5, 3, "a/#", 2);

        assertThat(hex()).isEqualTo("8209" + "0003" + "00" + "0003612f23" + "02");
    }

    @Test
    void acknowledgements() {
        Packets.writeAcknowledgement(out, Packets.PUBACK, 0xABCD);
        Packets.writeAcknowledgement(out, Packets.PUBREL, 1);

        assertThat(hex()).isEqualTo("4002abcd" + "62020001");
    }

    @Test
    void publishCarriesItsStamp() {
        PublishTemplate template = new PublishTemplate(MqttVersion.V5, "t/", true, 1, 0xFFFE, 12);
        template.write(out, 0x0102, 42, 0x1_0000_0007L, 0x2_0000_0009L);

        assertThat(out.readableBytes()).isEqualTo(template.packetBytes());
        assertThat(ByteBufUtil.hexDump(out, 0, 26))
                .isEqualTo("321a" + "0009742f" + "30303030303432" + "0102" + "00" + "00000007" + "00000009" + "fffe");
        int payloadAt = 16;
        assertThat(Stamp.publisher(out, payloadAt)).isEqualTo(0xFFFE);
        assertThat(Stamp.sequence(out, payloadAt, 0x1_0000_0000L)).isEqualTo(0x1_0000_0007L);
        assertThat(Stamp.sequence(out, payloadAt, 0x1_7000_0000L)).isEqualTo(0x1_0000_0007L);
        assertThat(Stamp.micros(out, payloadAt, 0x2_0000_1000L)).isEqualTo(0x2_0000_0009L);
        assertThat(Stamp.micros(out, payloadAt, 0x2_0000_0009L)).isEqualTo(0x2_0000_0009L);
    }

    @Test
    void variableByteIntegers() {
        for (int value : new int[] {0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455}) {
            out.clear();
            Packets.writeVarInt(out, value);

            assertThat(out.readableBytes()).isEqualTo(Packets.varIntLength(value));
            assertThat(Packets.readVarInt(out)).isEqualTo(value);
        }
    }

    @Test
    void receiveMaximumIsFoundAmongOtherProperties() {
        byte[] properties = ByteBufUtil.decodeHexDump(
                "1f" + "1100000001" + "2400" + "12000178" + "26000161000162" + "210014" + "2700010000" + "130005");
        properties[0] = (byte) (properties.length - 1);

        assertThat(ConnackProperties.receiveMaximum(Unpooled.wrappedBuffer(properties), 65_535))
                .isEqualTo(20);
    }

    private String hex() {
        return ByteBufUtil.hexDump(out);
    }
}
