package io.sluice.kit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs a role as the process that it is for its operator. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to stop there")
class RoleCommandTest {

    @TempDir
    Path folder;

    /** Stopped through its handle, since {@link Process#destroy} would close what is still to be read. */
    private Process process;

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aRoleServesUntilItIsToldToStop() throws Exception {
        start(Map.of(), "--config", file("behaviour: serve\nname: seven").toString());
        awaitLine("serving as seven");

        process.toHandle().destroy();

        assertThat(exitCode()).isZero();
        assertThat(rest()).contains("closed");
        assertThat(errors()).isEmpty();
    }

    @Test
    void theEnvironmentOverridesTheFileAndMisspeltVariablesAreNamed() throws Exception {
        start(
                Map.of("SLUICE_NAME", "eight", "SLUICE_NAMES", "x"),
                "--config",
                file("name: seven").toString());

        assertThat(awaitLine("serving as")).isEqualTo("serving as eight");
        assertThat(seen).anyMatch(line -> line.contains("WARN") && line.endsWith("variables=\"[SLUICE_NAMES]\""));
        process.toHandle().destroy();
        assertThat(exitCode()).isZero();
    }

    @Test
    void aLineOfTheLogTellsWhatAndWhoAndCannotBeForged() throws Exception {
        start(
                Map.of(),
                "--config",
                file("behaviour: log\nname: \"a\\nERROR forged\"").toString());
        awaitLine("logged");

        assertThat(seen)
                .anyMatch(
                        line -> line.matches("\\S+ INFO  \\[main] SampleRole - Sample runs name=\"a\\?ERROR forged\""));
    }

    @Test
    void aThreadThatFailsIsInTheLog() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "log"));
        awaitLine("logged");

        assertThat(seen).anyMatch(line -> line.endsWith("RunningProcess - A thread has failed thread=\"failing\""));
        assertThat(seen).anyMatch(line -> line.contains("IllegalStateException: a defect"));
    }

    @Test
    void aStartThatWaitsIsInterrupted() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "wait"));
        awaitLine("waiting");

        process.toHandle().destroy();

        assertThat(exitCode()).isZero();
        assertThat(errors()).isEmpty();
    }

    @Test
    void whatPreventsTheStartIsOneLine() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "refuse"));

        assertThat(exitCode()).isEqualTo(1);
        assertThat(errors()).containsExactly("Cannot start: all 64 slots are taken");
    }

    @Test
    void whatKafkasClientsDoNotTakeIsOneLine() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "ask-kafka"));

        assertThat(exitCode()).isEqualTo(1);
        assertThat(errors())
                .containsExactly(
                        "Cannot start: Kafka's client: No resolvable bootstrap urls given in bootstrap.servers");
    }

    @Test
    void aWrongConfigurationIsOneLine() throws Exception {
        Path file = file("colour: red");
        start(Map.of(), "--config", file.toString());

        assertThat(exitCode()).isEqualTo(2);
        assertThat(errors())
                .containsExactly(
                        "Cannot start: " + file + ": colour is not a setting; the configuration has behaviour, name");
    }

    @Test
    void aDefectInTheStartIsOneLineAndATraceInTheLog() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "fail"));

        assertThat(exitCode()).isEqualTo(1);
        assertThat(errors()).containsExactly("Cannot start: java.lang.IllegalStateException: a defect");
        assertThat(rest()).anyMatch(line -> line.contains("at io.sluice.kit.cli.SampleRole"));
    }

    @Test
    void aStopThatFailsShowsInTheExitCode() throws Exception {
        start(Map.of("SLUICE_BEHAVIOUR", "fail-to-close"));
        awaitLine("serving");

        process.toHandle().destroy();

        assertThat(exitCode()).isEqualTo(1);
        assertThat(errors()).containsExactly("Cannot stop cleanly: java.lang.IllegalStateException: a defect");
    }

    @Test
    void helpAndVersionAndWrongOptions() throws Exception {
        start(Map.of(), "--help");
        assertThat(exitCode()).isZero();
        assertThat(rest())
                .anyMatch(line -> line.startsWith("Usage: sample"))
                .anyMatch(line -> line.contains("--config"));

        start(Map.of(), "--version");
        assertThat(exitCode()).isZero();
        assertThat(rest()).containsExactly("Sluice development");

        start(Map.of(), "--confg", "x");
        assertThat(exitCode()).isEqualTo(2);
    }

    private final List<String> seen = new ArrayList<>();
    private BufferedReader output;

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("role.yaml"), yaml);
    }

    private void start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SampleRole.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(folder.resolve("stderr").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        process = builder.start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    private String awaitLine(String start) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.add(line);
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new AssertionError("The process ended: " + seen + errors());
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<String> rest() {
        return output.lines().toList();
    }

    private List<String> errors() throws IOException {
        return Files.readAllLines(folder.resolve("stderr"));
    }
}
