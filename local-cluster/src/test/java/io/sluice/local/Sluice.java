package io.sluice.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of the {@code ./sluice} script on the distribution that this build has made. */
final class Sluice implements AutoCloseable {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DISTRIBUTION = Path.of("target/dist").toAbsolutePath();
    private static final long PATIENCE_S = 60;

    private final Process process;
    private final Lines out;
    private final Lines err;

    private Sluice(Process process) {
        this.process = process;
        out = new Lines(process.inputReader(UTF_8));
        err = new Lines(process.errorReader(UTF_8));
    }

    static Sluice run(String... arguments) throws IOException {
        return run(Map.of(), arguments);
    }

    /** @param environment goes over the one of this process; an empty value removes a variable */
    static Sluice run(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ROOT.resolve("sluice").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SLUICE_DIST", DISTRIBUTION.toString());
        environment.forEach((variable, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(variable);
            } else {
                builder.environment().put(variable, value);
            }
        });
        return new Sluice(builder.start());
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running after " + PATIENCE_S + " s: " + out() + err());
        }
        out.await();
        err.await();
        return process.exitValue();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** SIGTERM. By its handle, since {@link Process#destroy()} also closes the streams that are being read. */
    void terminate() {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    List<String> out() {
        return out.soFar();
    }

    List<String> err() {
        return err.soFar();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Reads a stream to its end on a thread of its own. */
    private static final class Lines {

        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        private final Thread reading;

        Lines(BufferedReader reader) {
            reading = new Thread(() -> readAll(reader), "reader");
            reading.setDaemon(true);
            reading.start();
        }

        private void readAll(BufferedReader reader) {
            try (reader) {
                reader.lines().forEach(lines::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void await() throws InterruptedException {
            reading.join(TimeUnit.SECONDS.toMillis(PATIENCE_S));
        }

        List<String> soFar() {
            synchronized (lines) {
                return List.copyOf(lines);
            }
        }
    }
}
