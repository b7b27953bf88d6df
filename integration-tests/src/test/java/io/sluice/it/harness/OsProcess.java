package io.sluice.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A process of its own that a test started and may kill. What it prints goes to a file under {@code target/processes}.
 * Closing ends it, if it still runs.
 */
public final class OsProcess implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** Those that may run still. */
    private static final Queue<OsProcess> STARTED = new ConcurrentLinkedQueue<>();

    private final String name;
    private final Process process;
    private final Path output;

    private OsProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /** Starts a program with more variables in its environment. */
    public static OsProcess start(String name, List<String> command, Map<String, String> environment) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "processes"));
            Path output = output(folder, name);
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            OsProcess started = new OsProcess(name, builder.start(), output);
            STARTED.add(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that starts again under its name prints to a file of its own, as do those that another test process starts. */
    private static Path output(Path folder, String name) throws IOException {
        for (int time = 1; ; time++) {
            Path output = folder.resolve(time == 1 ? name + ".log" : name + "." + time + ".log");
            try {
                return Files.createFile(output);
            } catch (FileAlreadyExistsException e) {
                // The next one.
            }
        }
    }

    /** Of those that were started in this process the ones that have ended, each once. */
    static List<OsProcess> ended() {
        List<OsProcess> ended =
                STARTED.stream().filter(process -> !process.isAlive()).toList();
        STARTED.removeAll(ended);
        return ended;
    }

    /** What it is called in file names and messages. */
    public String name() {
        return name;
    }

    /** Its number. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** kill -9: it gets no chance to say good-bye. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** kill -STOP: it stands still, with all its connections open. */
    public void pause() {
        signal("STOP");
    }

    /** kill -CONT. */
    public void resume() {
        signal("CONT");
    }

    /** kill -TERM. */
    public void terminate() {
        process.destroy();
    }

    /** kill -TERM, and waits until it ended by itself. */
    public int stop() {
        terminate();
        return awaitEnd();
    }

    /** Waits until it ended by itself. */
    public int awaitEnd() {
        return awaitEnd(END);
    }

    /** Waits until it ended by itself. */
    public int awaitEnd(Duration patience) {
        try {
            boolean ended = process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
            assertThat(ended)
                    .as("%s ended within %s; it printed:%n%s", name, patience, printed())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until it answers a GET with 200, which for a role's /ready means that it serves. */
    public void awaitOk(String url, Duration patience) {
        Awaitility.await(name + " answers " + url)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(isAlive())
                        .as("%s runs; it printed:%n%s", name, printed())
                        .isTrue())
                .until(() -> status(url) == 200);
    }

    /** The status that a POST without a body is answered with. */
    public static int post(String url) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.noBody());
            return send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status that a GET is answered with, 0 if there is no answer. */
    public static int status(String url) {
        try {
            return send(url, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** What a GET is answered with. */
    public static String get(String url) {
        try {
            return send(url, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> HttpResponse<T> send(String url, HttpResponse.BodyHandler<T> body) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url)), body);
    }

    private static <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws IOException {
        try {
            return HTTP.send(request.timeout(ANSWER).build(), body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The ports of others to which it is connected by TCP. Linux tells; elsewhere the test is skipped. */
    public Set<Integer> connectedPorts() {
        Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
        Tools.demand(Files.isDirectory(descriptors), "connections of another process can be seen on Linux alone");
        try (Stream<Path> files = Files.list(descriptors)) {
            Set<String> sockets = files.map(OsProcess::link).collect(Collectors.toSet());
            Set<Integer> connected = new HashSet<>();
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                for (String line : Files.readAllLines(Path.of(table))) {
                    // sl, local address, remote address, state (01: established), …, inode
                    String[] columns = line.trim().split("\\s+", -1);
                    if (columns[3].equals("01") && sockets.contains("socket:[" + columns[9] + "]")) {
                        connected.add(Integer.parseInt(columns[2].substring(columns[2].indexOf(':') + 1), 16));
                    }
                }
            }
            return connected;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return ""; // It was closed meanwhile.
        }
    }

    /** What the JDK's {@code jcmd} answers to a command about it; without a JDK, or elsewhere than on Linux, the test is skipped. */
    String jcmd(String command) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Tools.demand(Files.isExecutable(jcmd) && Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux and a JDK");
        try {
            Process asking = new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command).start();
            return new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed so far. */
    public String printed() {
        try {
            return Files.exists(output) ? new String(Files.readAllBytes(output), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
