package io.sluice.it.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of others that tests drive. A test whose program is missing is skipped and says so; with
 * {@code SLUICE_REQUIRE_ALL_TESTS=1} in the environment it fails instead.
 */
public final class Tools {

    private static final boolean REQUIRED = "1".equals(System.getenv("SLUICE_REQUIRE_ALL_TESTS"));
    private static final long NPM_SECONDS = 180;

    private Tools() {}

    /** Where a program is; without it the test ends here. */
    public static String require(String program) {
        Optional<Path> found = find(program);
        demand(found.isPresent(), program + " is not installed");
        return found.orElseThrow().toString();
    }

    /** Demands something else that a test cannot do without. */
    public static void demand(boolean there, String otherwise) {
        if (REQUIRED) {
            Assertions.assertTrue(there, otherwise);
        } else {
            Assumptions.assumeTrue(there, "SKIPPED: " + otherwise);
        }
    }

    private static Optional<Path> find(String program) {
        // Debian keeps servers where ordinary users' PATH does not look.
        String path = System.getenv("PATH") + File.pathSeparator + "/usr/local/sbin:/usr/sbin:/sbin";
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The folder of the Node.js clients with what they need from npm; without it the test ends here. */
    public static Path nodeClients() {
        return nodeFolder(Path.of("src/test/js"), "mqtt");
    }

    /**
     * A folder with a lock file of npm, with what that names; without it the test ends here.
     *
     * @param needed a package of it, by which it is seen whether they are there
     */
    public static synchronized Path nodeFolder(Path folder, String needed) {
        require("node");
        Path absolute = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(absolute.resolve("node_modules").resolve(needed))) {
            String npm = require("npm");
            demand(install(absolute, npm), "npm ci failed in " + absolute);
        }
        return absolute;
    }

    private static boolean install(Path folder, String npm) {
        try {
            Path log = Files.createDirectories(Path.of("target")).resolve("npm.log");
            Process process = new ProcessBuilder(npm, "ci", "--no-audit", "--no-fund")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(NPM_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
