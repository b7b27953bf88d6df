package io.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.GatewayConfig;
import io.sluice.kit.config.Configs;
import io.sluice.leader.LeaderConfig;
import io.sluice.local.doctor.DoctorConfig;
import io.sluice.router.RouterConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that people copy hold only settings that exist. */
class ExampleConfigsTest {

    private static final Path EXAMPLES = Path.of("../deploy/config");

    @Test
    void theRolesReadTheirExamples() {
        assertThat(load(GatewayConfig.class, "gateway.yaml").name()).isEqualTo("gateway-1");
        assertThat(load(RouterConfig.class, "router.yaml").name()).isEqualTo("router-1");
        assertThat(load(LeaderConfig.class, "leader.yaml").name()).isEqualTo("leader-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway.yaml", "router.yaml", "leader.yaml"})
    void theDoctorReadsThemAll(String file) {
        DoctorConfig sections = Configs.loadSections(DoctorConfig.class, EXAMPLES.resolve(file), Map.of());

        assertThat(sections.kafka().replicationFactor()).isEqualTo((short) 3);
        assertThat(sections.zookeeper().root()).isEqualTo("/sluice");
    }

    private static <R extends Record> R load(Class<R> type, String file) {
        return Configs.load(type, EXAMPLES.resolve(file), Map.of());
    }
}
