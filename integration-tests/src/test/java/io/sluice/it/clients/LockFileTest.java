package io.sluice.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The lock file fixes what is installed, and leaves open from where. */
class LockFileTest {

    @Test
    void namesHashesAndNoPlaces() throws IOException {
        assertThat(Files.readString(Path.of("src/test/js/package-lock.json")))
                .contains("\"integrity\"")
                .doesNotContain("\"resolved\"");
    }
}
