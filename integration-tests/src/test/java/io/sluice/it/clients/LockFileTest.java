package io.sluice.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lock file fixes what is installed, and leaves open from where. */
class LockFileTest {

    @ParameterizedTest
    @ValueSource(strings = {"src/test/js", "../deploy/grafana/generate"})
    void namesHashesAndNoPlaces(String folder) throws IOException {
        assertThat(Files.readString(Path.of(folder, "package-lock.json")))
                .contains("\"integrity\"")
                .doesNotContain("\"resolved\"");
    }
}
