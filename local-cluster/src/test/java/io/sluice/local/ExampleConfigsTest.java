package io.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.GatewayConfig;
import io.sluice.kit.config.Configs;
import io.sluice.leader.LeaderConfig;
import io.sluice.local.doctor.DoctorConfig;
import io.sluice.router.RouterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    /** A container that is told a variable that does not exist would only warn of it. */
    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "Dockerfile", "deploy/docker/start", "deploy/docker/healthy"})
    void theVariablesOfTheContainersExist(String file) throws IOException {
        Map<String, String> named = Pattern.compile("SLUICE_[A-Z_]+")
                .matcher(Files.readString(Path.of("..").resolve(file)))
                .results()
                .collect(Collectors.toMap(MatchResult::group, MatchResult::group, (one, same) -> one));
        assertThat(named).isNotEmpty();

        Set<String> unknown = new TreeSet<>(named.keySet());
        unknown.retainAll(Configs.unknownVariables(GatewayConfig.class, named));
        unknown.retainAll(Configs.unknownVariables(RouterConfig.class, named));
        unknown.retainAll(Configs.unknownVariables(LeaderConfig.class, named));

        assertThat(unknown).isEmpty();
    }

    private static <R extends Record> R load(Class<R> type, String file) {
        return Configs.load(type, EXAMPLES.resolve(file), Map.of());
    }
}
