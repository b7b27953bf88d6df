package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

    private static final Command.GatewayLost LOST = new Command.GatewayLost(5, 7, "gw-1");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadAsItWasWritten(long seed) throws DamagedRecordException {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            Command command = new Command.GatewayLost(
                    random.nextLong(), random.nextInt(), "gä".repeat(random.nextInt(100)) + random.nextInt());

            assertThat(Command.decode(command.value())).isEqualTo(command);
        }
    }

    @Test
    void takesTheLongestIncarnation() throws DamagedRecordException {
        Command command = new Command.GatewayLost(1, 1, "i".repeat(65_535));

        assertThat(Command.decode(command.value())).isEqualTo(command);
    }

    @Test
    void hasTheFormatThatIsWrittenDown() {
        assertThat(HexFormat.of().formatHex(LOST.value()))
                .isEqualTo("01" + "01" + "0000000000000005" + "00000007" + "0004" + "67772d31");
        assertThat(LOST.key()).isEqualTo("gw-1".getBytes(UTF_8));
    }

    @Test
    void refusesACommandWithoutVersionAndType() {
        assertThatThrownBy(() -> Command.decode(null)).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Command.decode(new byte[0])).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Command.decode(new byte[] {1})).isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesAnUnknownVersion() {
        byte[] value = LOST.value();
        value[0] = 2;

        assertThatThrownBy(() -> Command.decode(value))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void refusesAnUnknownType() {
        byte[] value = LOST.value();
        value[1] = 99;

        assertThatThrownBy(() -> Command.decode(value))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("type 99");
    }

    @Test
    void refusesEveryCommandThatIsCutShort() {
        byte[] value = LOST.value();
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);

            assertThatThrownBy(() -> Command.decode(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(DamagedRecordException.class);
        }
    }

    @Test
    void refusesBytesAfterTheEnd() {
        byte[] value = Arrays.copyOf(LOST.value(), LOST.value().length + 3);

        assertThatThrownBy(() -> Command.decode(value)).hasMessageContaining("3 bytes too many");
    }

    @Test
    void refusesAnIncarnationThatIsNotUtf8() {
        byte[] value = LOST.value();
        value[value.length - 1] = (byte) 0xFF;

        assertThatThrownBy(() -> Command.decode(value)).isInstanceOf(DamagedRecordException.class);
    }
}
