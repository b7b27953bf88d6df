package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.config.ConfigException;
import io.sluice.kit.config.Configs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterConfigTest {

    @Test
    void hasDefaults() {
        RouterConfig config = Configs.defaults(RouterConfig.class);

        assertThat(config.name()).isEqualTo("router");
        assertThat(config.stateFolder()).isEqualTo(Path.of("data/router"));
        assertThat(config.clearedMarkerRetention()).isEqualTo(Duration.ofHours(24));
        assertThat(config.processing().threads()).isEqualTo(1);
        assertThat(config.processing().standbyReplicas()).isZero();
        assertThat(config.processing().commitInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.processing().sessionTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.processing().fetchMinBytes()).isEqualTo(65_536);
        assertThat(config.processing().fetchMaxWait()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.processing().closeTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_NAME, a b, name",
        "SLUICE_NAME, a/b, name",
        "SLUICE_CLEARED_MARKER_RETENTION, 1ms, clearedMarkerRetention",
        "SLUICE_PROCESSING_THREADS, 0, processing.threads",
        "SLUICE_PROCESSING_STANDBY_REPLICAS, 4, processing.standbyReplicas",
        "SLUICE_PROCESSING_COMMIT_INTERVAL, 10ms, processing.commitInterval",
        "SLUICE_PROCESSING_SESSION_TIMEOUT, 5s, processing.sessionTimeout",
        "SLUICE_PROCESSING_FETCH_MIN_BYTES, 2MiB, processing.fetchMinBytes",
        "SLUICE_PROCESSING_FETCH_MAX_WAIT, 6s, processing.fetchMaxWait",
        "SLUICE_PROCESSING_CLOSE_TIMEOUT, 0s, processing.closeTimeout",
    })
    void refusesWhatCannotWork(String variable, String value, String key) {
        assertThatThrownBy(() -> Configs.load(RouterConfig.class, null, Map.of(variable, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(variable.isEmpty() ? key : key.substring(key.indexOf('.') + 1));
    }
}
