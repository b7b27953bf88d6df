package io.sluice.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingParserTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "10s, PT10S",
        "2m, PT2M",
        "1h, PT1H",
        "7d, PT168H",
        "PT3.5S, PT3.5S",
        "10 s, PT10S"
    })
    void durations(String text, Duration expected) {
        assertThat(SettingParser.parse(Duration.class, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-5s", "1.5s", "10 minutes", "10S", "9999999999999999s"})
    void noDurations(String text) {
        assertThatThrownBy(() -> SettingParser.parse(Duration.class, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be a duration such as 500ms, 10s or 2m, was '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, -1", "42, 42", "64KiB, 65536", "1 MiB, 1048576", "2GiB, 2147483648"})
    void sizes(String text, long expected) {
        assertThat(SettingParser.parse(long.class, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1k", "1MB", "1.5MiB", "0x10", "1_000"})
    void noSizes(String text) {
        assertThatThrownBy(() -> SettingParser.parse(long.class, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be a whole number, was '" + text + "'");
    }
}
