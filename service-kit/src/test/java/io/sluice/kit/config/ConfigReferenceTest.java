package io.sluice.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {

    @Test
    void everySettingIsARowInTheTableOfItsRole() {
        String document = render(SampleConfig.class);

        assertThat(document)
                .startsWith("# Configuration\n")
                .contains(
                        "\n## Sample\n\nFor tests.\n\n| key | environment variable | default | unit | description |\n")
                .contains("\n| `name` | `SLUICE_NAME` | `sample` |  | Its name. |\n")
                .contains("\n| `bytes` | `SLUICE_BYTES` | `1MiB` | bytes | How much. |\n")
                .contains("\n| `ports` | `SLUICE_PORTS` | (empty) |  | Which. |\n")
                .contains("\n| `patience` | `SLUICE_PATIENCE` | `10s` | duration | How long. |\n")
                .contains("\n| `client` |  | (empty) |  | Anything. |\n")
                .endsWith("\n| `inner.maxPacketSize` | `SLUICE_INNER_MAX_PACKET_SIZE` | `1KiB` | bytes"
                        + " | The largest. |\n")
                .doesNotContain("\r");
    }

    @Test
    void barsDoNotBreakTheTable() {
        assertThat(render(SampleConfig.class)).contains("| `newest-first` \\| `oldest-first`. |\n");
    }

    record Undescribed(int threads) {}

    record Alike(@Setting(value = "1", doc = "One.") int aB, Section a) {
        record Section(
                @Setting(value = "1", doc = "Another.") int b) {}
    }

    @Test
    void settingsWithoutDescriptionOrWithTheSameVariableAreRefused() {
        assertThatThrownBy(() -> render(Undescribed.class))
                .hasMessageEndingWith("Undescribed.threads carries no @Setting");
        assertThatThrownBy(() -> render(Alike.class)).hasMessage("aB and a.b are both SLUICE_A_B");
    }

    private static String render(Class<? extends Record> type) {
        return ConfigReference.render(List.of(new ConfigReference.Role("Sample", "For tests.", type)));
    }
}
