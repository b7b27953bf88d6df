package io.sluice.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigsTest {

    private static final String EVERY_KEY = """
            name: "007"
            folder: /var/lib/sluice
            enabled: false
            threads: 3
            bytes: 2MiB
            copies: 2
            ratio: 0.75
            patience: 250ms
            policy: oldest-first
            hosts: [a, b]
            ports: [1883, 1884]
            client:
              linger.ms: 5
              security.protocol: SSL
            inner:
              maxPacketSize: 64KiB
            """;

    @TempDir
    Path folder;

    @Test
    void withoutFileAndEnvironmentEverySettingHasItsDefault() {
        assertThat(Configs.defaults(SampleConfig.class))
                .isEqualTo(new SampleConfig(
                        "sample",
                        Path.of("data"),
                        true,
                        1,
                        1 << 20,
                        (short) 3,
                        0.5,
                        Duration.ofSeconds(10),
                        SampleConfig.Policy.NEWEST_FIRST,
                        List.of("x", "y"),
                        List.of(),
                        Map.of(),
                        new SampleConfig.Inner(1024)));
    }

    @Test
    void everyKeyOfAFileIsMapped() {
        assertThat(load(EVERY_KEY)).isEqualTo(everyKeySet());
    }

    @Test
    void everyKeyHasAVariableExceptFreeFormOnes() {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("SLUICE_NAME", "007"),
                Map.entry("SLUICE_FOLDER", "/var/lib/sluice"),
                Map.entry("SLUICE_ENABLED", "false"),
                Map.entry("SLUICE_THREADS", "3"),
                Map.entry("SLUICE_BYTES", "2097152"),
                Map.entry("SLUICE_COPIES", "2"),
                Map.entry("SLUICE_RATIO", "0.75"),
                Map.entry("SLUICE_PATIENCE", "PT0.25S"),
                Map.entry("SLUICE_POLICY", "OLDEST-FIRST"),
                Map.entry("SLUICE_HOSTS", "a, b"),
                Map.entry("SLUICE_PORTS", "1883,1884"),
                Map.entry("SLUICE_CLIENT", "not a setting of the environment"),
                Map.entry("SLUICE_INNER_MAX_PACKET_SIZE", "65536"));
        String client = "client: {linger.ms: 5, security.protocol: SSL}";

        assertThat(load(client, environment)).isEqualTo(everyKeySet());
        assertThat(Configs.unknownVariables(SampleConfig.class, environment)).containsExactly("SLUICE_CLIENT");
    }

    private static SampleConfig everyKeySet() {
        return new SampleConfig(
                "007",
                Path.of("/var/lib/sluice"),
                false,
                3,
                2 << 20,
                (short) 2,
                0.75,
                Duration.ofMillis(250),
                SampleConfig.Policy.OLDEST_FIRST,
                List.of("a", "b"),
                List.of(1883, 1884),
                Map.of("linger.ms", "5", "security.protocol", "SSL"),
                new SampleConfig.Inner(65_536));
    }

    @Test
    void aVariableWinsOverTheFileAndTheFileOverTheDefault() {
        SampleConfig config = load("threads: 3\nname: file", Map.of("SLUICE_THREADS", "4"));

        assertThat(config.threads()).isEqualTo(4);
        assertThat(config.name()).isEqualTo("file");
        assertThat(config.copies()).isEqualTo((short) 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "'# all defaults'", "'inner:'", "'inner: {}'", "'client:'", "'{}'"})
    void whatIsLeftOutOrLeftEmptyKeepsItsDefaults(String yaml) {
        assertThat(load(yaml)).isEqualTo(Configs.defaults(SampleConfig.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thread: 3                          | thread is not a setting; the configuration has name, folder,",
                "'inner: {maxPacketsize: 1}'        | inner.maxPacketsize is not a setting; inner has maxPacketSize",
                "threads: many                      | threads must be a whole number, was 'many'",
                "threads: 1.5                       | threads must be a whole number, was '1.5'",
                "threads: 99999999999               | threads must be -2147483648 to 2147483647, was 99999999999",
                "threads:                           | threads has no value",
                "threads: [1]                       | threads must be a single value",
                "'threads: {a: 1}'                  | threads must be a single value",
                "bytes: 99999999999GiB              | bytes is too large: 99999999999GiB",
                "copies: 40000                      | copies must be -32768 to 32767, was 40000",
                "ratio: half                        | ratio must be a number, was 'half'",
                "ratio: NaN                         | ratio must be a finite number, was 'NaN'",
                "enabled: maybe | enabled must be true or false, was 'maybe'",
                "patience: 10 | patience must be a duration such as 500ms, 10s or 2m, was '10'",
                "policy: random                     | policy must be one of newest-first, oldest-first, was 'random'",
                "name: 1.10                         | name must be text: put it between quotes",
                "name: true                         | name must be text: put it between quotes",
                "ports: [1883, mqtt]                | ports must be a whole number, was 'mqtt'",
                "'hosts: [{a: 1}]'                  | hosts must be a list of single values without commas",
                "'hosts: [\"a,b\"]'                 | hosts must be a list of single values without commas",
                "client: 1                          | client must be a section of names and values",
                "'client: {a: {b: 1}}'              | client must hold single values: put 'a' on one line",
                "inner: 5                           | inner must be a section with keys of its own",
                "[1, 2]                             | the configuration must be a section with keys of its own",
                "'inner: {maxPacketSize: 2}'        | inner.maxPacketSize must be 10 to 1000000, was 2",
                "threads: 0                         | threads must be at least 1, was 0",
                "name: ''                           | name must not be empty"
            })
    void whatDoesNotFitIsRefusedByFileAndFullKey(String yaml, String message) {
        assertRefused(yaml, Map.of()).hasMessageStartingWith(file() + ": " + message);
    }

    @Test
    void whatDoesNotFitInTheEnvironmentIsRefusedByVariableAndFullKey() {
        assertRefused("threads: 3", Map.of("SLUICE_THREADS", "x"))
                .hasMessage("SLUICE_THREADS: threads must be a whole number, was 'x'");
        assertRefused("threads: 3", Map.of("SLUICE_INNER_MAX_PACKET_SIZE", "1"))
                .hasMessage("SLUICE_INNER_MAX_PACKET_SIZE: inner.maxPacketSize must be 10 to 1000000, was 1");
    }

    @Test
    void brokenYamlIsRefusedWithItsLine() {
        assertRefused("name: a\nname: b\n", Map.of()).hasMessageStartingWith(file() + ":2: is not valid YAML: Dup");
        assertRefused("name: a\nports: [1, 2\n", Map.of())
                .hasMessageStartingWith(file() + ":")
                .message()
                .contains("is not valid YAML")
                .hasLineCount(1);
    }

    @Test
    void aFileThatCannotBeReadIsRefusedByName() {
        assertThatThrownBy(() -> Configs.load(SampleConfig.class, file(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file() + ": no such file");
        assertThatThrownBy(() -> Configs.load(SampleConfig.class, folder, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(folder + ": cannot be read");
    }

    record OneSection(SampleConfig.Inner inner) {}

    @Test
    void theSectionsThatARecordNamesAreReadFromAnyRolesFile() throws Exception {
        Files.writeString(file(), EVERY_KEY);
        OneSection read = Configs.loadSections(OneSection.class, file(), Map.of());
        assertThat(read.inner().maxPacketSize()).isEqualTo(65_536);

        Files.writeString(file(), "other: 1\ninner: {maxPacketsize: 1}");
        assertThatThrownBy(() -> Configs.loadSections(OneSection.class, file(), Map.of()))
                .hasMessageStartingWith(file() + ": inner.maxPacketsize is not a setting");
    }

    @Test
    void misspeltVariablesAreFound() {
        Map<String, String> environment =
                Map.of("SLUICE_THREADS", "1", "SLUICE_TREADS", "1", "SLUICE_LOG_LEVEL", "DEBUG", "PATH", "/bin");

        assertThat(Configs.unknownVariables(SampleConfig.class, environment)).containsExactly("SLUICE_TREADS");
    }

    private Path file() {
        return folder.resolve("sample.yaml");
    }

    private SampleConfig load(String yaml) {
        return load(yaml, Map.of());
    }

    private SampleConfig load(String yaml, Map<String, String> environment) {
        try {
            Files.writeString(file(), yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Configs.load(SampleConfig.class, file(), environment);
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String yaml, Map<String, String> environment) {
        return assertThatThrownBy(() -> load(yaml, environment)).isInstanceOf(ConfigException.class);
    }
}
