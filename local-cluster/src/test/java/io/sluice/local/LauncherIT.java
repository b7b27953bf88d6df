package io.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people meet who run {@code ./sluice}: each mistake is one clear line and an exit code other than 0. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for sh")
class LauncherIT {

    private static final String[] FREE_PORTS = {
        "--mqtt-ports", "0,0", "--ha-ports", "0,0", "--admin-port", "0", "--kafka-port", "0", "--zookeeper-port", "0"
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"11.0.2, wrong JDK", "1.8.0_202, wrong JDK", "16, wrong JDK"})
    void refusesAnOldJdkOnThePath(String version, String complaint) throws Exception {
        Path java = fakeJava("openjdk version \\\"" + version + "\\\" 2019-01-15");

        try (Sluice sluice = Sluice.run(Map.of("JAVA_HOME", "", "PATH", java.getParent() + ":/usr/bin:/bin"), "up")) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err())
                    .containsExactly("sluice: " + complaint + ": " + java + " is Java " + version
                            + ". Sluice needs a JDK 17 or newer.");
        }
    }

    @Test
    void tellsThatJavaHomeHasNoJdk() throws Exception {
        try (Sluice sluice = Sluice.run(Map.of("JAVA_HOME", folder.toString()), "up")) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err()).singleElement().asString().contains("no JDK found", folder.toString());
        }
    }

    @Test
    void tellsThatTheJavaOnThePathDoesNotRun() throws Exception {
        Path java = fakeJava("The operation could not be completed.");

        try (Sluice sluice = Sluice.run(Map.of("JAVA_HOME", "", "PATH", java.getParent() + ":/usr/bin:/bin"), "up")) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err()).singleElement().asString().contains("no JDK found", "does not run");
        }
    }

    @Test
    void refusesAnUnknownCommand() throws Exception {
        try (Sluice sluice = Sluice.run("upp")) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err()).contains("sluice: unknown command: upp");
        }
    }

    @Test
    void tellsWhichPortsAreInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Sluice sluice = up("--mqtt-ports", "0," + taken.getLocalPort())) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err())
                    .containsExactly("Cannot start: port in use: " + taken.getLocalPort()
                            + " (MQTT: --mqtt-ports); stop what uses it, or choose others with these options");
        }
    }

    @Test
    void tellsThatTheDataFolderIsNoFolder() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        try (Sluice sluice = Sluice.run("up", "--data", file.toString())) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err()).singleElement().asString().contains("the data folder " + file, "--data");
        }
    }

    @Test
    void tellsThatTheDataFolderCannotBeMade() throws Exception {
        Path data = Files.writeString(folder.resolve("file"), "not a folder").resolve("data");

        try (Sluice sluice = Sluice.run("up", "--data", data.toString())) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err())
                    .singleElement()
                    .asString()
                    .contains("the data folder " + data + " cannot be written", "--data");
        }
    }

    @Test
    void tellsThatTheDataFolderCannotBeWritten() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("data"));
        assertThat(closed.toFile().setWritable(false)).isTrue();
        // Root may write everywhere but there.
        Path data = Files.isWritable(closed) ? Path.of("/proc/sluice") : closed;

        try (Sluice sluice = Sluice.run("up", "--data", data.toString())) {
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err())
                    .singleElement()
                    .asString()
                    .contains("the data folder " + data + " cannot be written", "--data");
        }
    }

    @Test
    void tellsWhoHasTheDataFolder() throws Exception {
        try (DataFolder mine = DataFolder.take(folder);
                Sluice sluice = Sluice.run("up", "--data", folder.toString())) {
            assertThat(mine).isNotNull();
            assertThat(sluice.exitCode()).isEqualTo(1);
            assertThat(sluice.err())
                    .singleElement()
                    .asString()
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void tellsThatAConfigurationFileIsMissing() throws Exception {
        for (String command : List.of("gateway", "router", "leader", "doctor")) {
            try (Sluice sluice =
                    Sluice.run(command, "--config", folder.resolve("none.yaml").toString())) {
                assertThat(sluice.exitCode()).as(command).isEqualTo(2);
                assertThat(sluice.err()).as(command).singleElement().asString().contains("none.yaml", "no such file");
            }
        }
    }

    @Test
    void bringsUpAClusterTellsWhereItIsAndStopsCleanly() throws Exception {
        try (Sluice sluice = up()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !sluice.isRunning() || banner(sluice).contains("Metrics for Prometheus"));
            assertThat(banner(sluice))
                    .contains("Sluice is ready after", "mosquitto_sub -h 127.0.0.1", "(primary)", "sluice.log");
            Matcher metrics = Pattern.compile("http://\\S+/metrics").matcher(banner(sluice));
            assertThat(metrics.find()).isTrue();
            assertThat(get(metrics.group())).contains("jvm_memory_used_bytes");

            sluice.terminate();

            assertThat(sluice.exitCode()).isZero();
            assertThat(sluice.out()).last().asString().startsWith("Stopped");
            assertThat(sluice.err()).isEmpty();
        }
    }

    private Sluice up(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("up", "--data", folder.toString()));
        arguments.addAll(List.of(FREE_PORTS));
        arguments.addAll(List.of(more));
        return Sluice.run(arguments.toArray(String[]::new));
    }

    private static String banner(Sluice sluice) {
        return String.join("\n", sluice.out());
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString(UTF_8))
                .body();
    }

    private Path fakeJava(String versionLine) throws IOException {
        Path java = folder.resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"" + versionLine + "\" >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return java;
    }
}
