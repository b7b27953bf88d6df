package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.config.ConfigException;
import io.sluice.kit.config.Configs;
import io.sluice.router.queue.QueueLimits;
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
        assertThat(config.processing().sessionTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.processing().fetchMinBytes()).isEqualTo(65_536);
        assertThat(config.processing().fetchMaxWait()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.processing().closeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.processing().watchInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.sessions().commitInterval()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.sessions().markInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.sessions().standbyReplicas()).isEqualTo(1);
        assertThat(config.sessions().takeOverTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.sessions().clockTolerance()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.sessions().uniqueIds()).isEqualTo(100_000);
        assertThat(config.sessions().pageMessages()).isEqualTo(500);
        assertThat(config.sessions().pageBytes()).isEqualTo(256 << 10);
        assertThat(config.sessions().queueMessages()).isEqualTo(1_000_000);
        assertThat(config.sessions().queueBytes()).isEqualTo(1L << 30);
        assertThat(config.sessions().queueAge()).isZero();
        assertThat(config.sessions().queueFullPolicy()).isEqualTo(QueueLimits.WhenFull.DROP_OLDEST);
        assertThat(config.sessions().lagInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.sessions().lagSessions()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_NAME, a b, name",
        "SLUICE_NAME, a/b, name",
        "SLUICE_CLEARED_MARKER_RETENTION, 1ms, clearedMarkerRetention",
        "SLUICE_PROCESSING_THREADS, 0, processing.threads",
        "SLUICE_PROCESSING_STANDBY_REPLICAS, 4, processing.standbyReplicas",
        "SLUICE_PROCESSING_COMMIT_INTERVAL, 10ms, processing.commitInterval",
        "SLUICE_PROCESSING_SESSION_TIMEOUT, 500ms, processing.sessionTimeout",
        "SLUICE_PROCESSING_FETCH_MIN_BYTES, 2MiB, processing.fetchMinBytes",
        "SLUICE_PROCESSING_FETCH_MAX_WAIT, 6s, processing.fetchMaxWait",
        "SLUICE_PROCESSING_CLOSE_TIMEOUT, 0s, processing.closeTimeout",
        "SLUICE_PROCESSING_WATCH_INTERVAL, 1ms, processing.watchInterval",
        "SLUICE_SESSIONS_COMMIT_INTERVAL, 1ms, sessions.commitInterval",
        "SLUICE_SESSIONS_MARK_INTERVAL, 11s, sessions.markInterval",
        "SLUICE_SESSIONS_STANDBY_REPLICAS, 4, sessions.standbyReplicas",
        "SLUICE_SESSIONS_TAKE_OVER_TIMEOUT, 10ms, sessions.takeOverTimeout",
        "SLUICE_SESSIONS_CLOCK_TOLERANCE, 2m, sessions.clockTolerance",
        "SLUICE_SESSIONS_UNIQUE_IDS, 0, sessions.uniqueIds",
        "SLUICE_SESSIONS_PAGE_MESSAGES, 0, sessions.pageMessages",
        "SLUICE_SESSIONS_PAGE_BYTES, 1, sessions.pageBytes",
        "SLUICE_SESSIONS_QUEUE_MESSAGES, 0, sessions.queueMessages",
        "SLUICE_SESSIONS_QUEUE_BYTES, 1, sessions.queueBytes",
        "SLUICE_SESSIONS_QUEUE_AGE, 10ms, sessions.queueAge",
        "SLUICE_SESSIONS_QUEUE_FULL_POLICY, drop, sessions.queueFullPolicy",
        "SLUICE_SESSIONS_LAG_INTERVAL, 1ms, sessions.lagInterval",
        "SLUICE_SESSIONS_LAG_SESSIONS, 1001, sessions.lagSessions",
    })
    void refusesWhatCannotWork(String variable, String value, String key) {
        assertThatThrownBy(() -> Configs.load(RouterConfig.class, null, Map.of(variable, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(variable.isEmpty() ? key : key.substring(key.indexOf('.') + 1));
    }
}
