package io.sluice.router.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.DamagedRecordException;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class WinnerTest {

    private static final long NOW = 1_700_000_000_000L;

    private static Headers headers() {
        return new RecordHeaders()
                .add("mqtt.qos", "1".getBytes(UTF_8))
                .add("ü", "°".getBytes(UTF_8))
                .add("null", null)
                .add("empty", new byte[0])
                .add("mqtt.qos", new byte[] {(byte) 0xFF});
    }

    @Test
    void isReadAsItWasWritten() throws DamagedRecordException {
        Winner winner = Winner.of(42, 1_000, headers(), "21.5".getBytes(UTF_8), NOW);

        Winner read = Winner.decode(winner.encode());

        assertThat(read.offset()).isEqualTo(42);
        assertThat(read.timestamp()).isEqualTo(1_000);
        assertThat(read.isCleared()).isFalse();
        assertThat(read.retainedValue()).isEqualTo("21.5".getBytes(UTF_8));
        assertThat(read.headers().toArray()).isEqualTo(headers().toArray());
    }

    @Test
    void isReadAsClearedWhenItIs() throws DamagedRecordException {
        Winner read =
                Winner.decode(Winner.of(42, 1_000, headers(), new byte[0], NOW).encode());

        assertThat(read.isCleared()).isTrue();
        assertThat(read.clearedAt()).isEqualTo(NOW);
        assertThat(read.retainedValue()).isNull();
    }

    @Test
    void leavesItsHeadersAsTheyAreWhenTheOriginIsAdded() {
        Winner winner = Winner.of(42, 1_000, headers(), new byte[0], NOW);

        Headers written = winner.retainedHeaders(3);

        assertThat(written.lastHeader("mqtt.origin").value()).isEqualTo("3:42".getBytes(UTF_8));
        assertThat(winner.headers().toArray()).isEqualTo(headers().toArray());
    }

    @Test
    void refusesAnUnknownVersion() {
        byte[] value = Winner.of(42, 1_000, headers(), new byte[0], NOW).encode();
        value[0] = 2;

        assertThatThrownBy(() -> Winner.decode(value)).hasMessageContaining("version 2");
    }

    @Test
    void refusesAWinnerThatIsCutShort() {
        byte[] value = Winner.of(42, 1_000, headers(), new byte[0], NOW).encode();
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);

            assertThatThrownBy(() -> Winner.decode(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(DamagedRecordException.class);
        }
    }
}
