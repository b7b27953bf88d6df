package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatTest {

    private static final byte[] KEY = "gw-1".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, Integer.MAX_VALUE})
    void isReadAsItWasWritten(int slot) throws DamagedRecordException {
        Heartbeat heartbeat = new Heartbeat("gätway-" + slot, slot);

        assertThat(Heartbeat.decode(heartbeat.key(), heartbeat.value())).isEqualTo(heartbeat);
    }

    @Test
    void hasTheFormatThatIsWrittenDown() {
        Heartbeat heartbeat = new Heartbeat("gw-1", 7);

        assertThat(heartbeat.key()).isEqualTo(KEY);
        assertThat(HexFormat.of().formatHex(heartbeat.value())).isEqualTo("0100000007");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "01000007", "010000000700", "0200000007", "01ffffffff"})
    void refusesAValueThatIsNone(String hex) {
        assertThatThrownBy(() -> Heartbeat.decode(KEY, HexFormat.of().parseHex(hex)))
                .isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesARecordWithoutValue() {
        assertThatThrownBy(() -> Heartbeat.decode(KEY, null)).isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesAKeyThatIsNoIncarnation() {
        byte[] value = new Heartbeat("gw-1", 7).value();

        assertThatThrownBy(() -> Heartbeat.decode(null, value)).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Heartbeat.decode(new byte[0], value)).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Heartbeat.decode(new byte[] {(byte) 0xFF}, value))
                .isInstanceOf(DamagedRecordException.class);
    }
}
