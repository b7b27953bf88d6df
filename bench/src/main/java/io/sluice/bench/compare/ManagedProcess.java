package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A process that was started here, and is ended here by its handle. Its output goes to a file. */
final class ManagedProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 15;
    private static final long POLL_MS = 50;
    private static final int CONNECT_TIMEOUT_MS = 500;
    private static final int LINES_OF_LOG = 10;
    private static final Pattern HEAP_USED = Pattern.compile("(?:heap|generation).*used (\\d+)K");

    private final String name;
    private final Path log;
    private final Process process;
    private final Thread hook = new Thread(this::kill);

    private ManagedProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a program. One that starts again under its name prints to a file of its own. */
    static ManagedProcess start(String name, Path folder, List<String> command) {
        Path log = folder.resolve(name + ".log");
        for (int time = 2; Files.exists(log); time++) {
            log = folder.resolve(name + "." + time + ".log");
        }
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ManagedProcess(name, log, process);
        } catch (IOException e) {
            throw new BenchException("cannot start " + name + ": " + e.getMessage());
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /**
     * Returns when something holds.
     *
     * @throws BenchException if the process ends before, or it takes too long
     */
    void await(String what, Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new BenchException(name + " ended with code " + process.exitValue() + " before " + what + tail());
            }
            if (System.nanoTime() > end) {
                throw new BenchException(name + ": not " + what + " after " + atMost.toSeconds() + " s" + tail());
            }
            pause();
        }
    }

    /** Returns when the process has ended by itself, and gives its exit code. */
    int await(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchException(name + " did not end within " + atMost.toSeconds() + " s" + tail());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its output, for a message that tells what went wrong. */
    String tail() {
        List<String> lines = output().lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size());
        return System.lineSeparator() + log + ":" + System.lineSeparator() + String.join(System.lineSeparator(), last);
    }

    /** Processor time since the start. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Resident memory in bytes. */
    long residentBytes() {
        return memory("VmRSS:");
    }

    /** The most resident memory that it ever had, in bytes. */
    long mostResidentBytes() {
        return memory("VmHWM:");
    }

    private long memory(String kind) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
                if (line.startsWith(kind)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new BenchException("no " + kind + " for " + name);
    }

    /** What is left in its heap after full collections, in bytes. */
    long liveHeapBytes() {
        jcmd("GC.run");
        jcmd("GC.run");
        // G1 tells of one heap, the serial collector of two generations.
        long used = HEAP_USED
                .matcher(jcmd("GC.heap_info"))
                .results()
                .mapToLong(part -> Long.parseLong(part.group(1)) << 10)
                .sum();
        if (used == 0) {
            throw new BenchException("the heap of " + name + " cannot be read");
        }
        return used;
    }

    private String jcmd(String command) {
        try {
            Process asking = new ProcessBuilder(Jvm.tool("jcmd"), Long.toString(pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            asking.waitFor();
            return output;
        } catch (IOException e) {
            throw new BenchException("jcmd: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** A port that nobody listens on now. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** kill -9; returns when it is gone. */
    void killNow() {
        kill();
        await(Duration.ofSeconds(STOP_SECONDS));
    }

    private void kill() {
        process.destroyForcibly();
    }

    /** Asks it to end, and after a while insists. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
                process.waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // This JVM is ending already; the hook does the rest.
            kill();
        }
    }
}
