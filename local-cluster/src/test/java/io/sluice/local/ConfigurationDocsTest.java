package io.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.gateway.GatewayConfig;
import io.sluice.kit.config.ConfigReference;
import io.sluice.kit.config.ConfigReference.Role;
import io.sluice.kit.config.Configs;
import io.sluice.leader.LeaderConfig;
import io.sluice.router.RouterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Holds docs/configuration.md to the configuration records. After a change of these, write it anew:
 *
 * <pre>{@code
 * ./mvnw -pl local-cluster -am test -Dtest=ConfigurationDocsTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write
 * }</pre>
 */
class ConfigurationDocsTest {

    private static final Path ROOT = Path.of("..");
    private static final Path DOCUMENT = ROOT.resolve("docs/configuration.md");

    private static final List<Role> ROLES = List.of(
            new Role(
                    "Gateway",
                    "The MQTT server that clients connect to: `./sluice gateway --config FILE`.",
                    GatewayConfig.class),
            new Role(
                    "Router",
                    "Keeps what is derived from the log, such as retained messages and durable sessions:"
                            + " `./sluice router --config FILE`.",
                    RouterConfig.class),
            new Role(
                    "Leader",
                    "A candidate for the one primary that provisions topics and declares gateways lost:"
                            + " `./sluice leader --config FILE`.",
                    LeaderConfig.class));

    @Test
    void theReferenceTellsEverySettingAsItIs() throws IOException {
        String rendered = ConfigReference.render(ROLES);
        if (System.getProperty("docs.write") != null) {
            Files.writeString(DOCUMENT, rendered);
        }

        assertThat(Files.readAllLines(DOCUMENT))
                .as("docs/configuration.md is outdated; the Javadoc of this test tells how to write it anew")
                .containsExactlyElementsOf(rendered.lines().toList());
    }

    @ParameterizedTest
    @FieldSource("ROLES")
    void everyDefaultIsAllowed(Role role) {
        assertThatCode(() -> Configs.defaults(role.configuration())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @FieldSource("ROLES")
    void theFilesThatAreShippedCanBeLoaded(Role role) {
        Path shipped = ROOT.resolve("deploy/config/" + role.title().toLowerCase(Locale.ROOT) + ".yaml");

        assertThatCode(() -> Configs.load(role.configuration(), shipped, Map.of()))
                .doesNotThrowAnyException();
    }
}
