package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Mosquitto of this machine, on a free loopback port, configured by the {@code mosquitto.conf} beside this class. */
public final class Mosquitto implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

    private final ManagedProcess process;
    private final int port;

    private Mosquitto(ManagedProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** What it writes to disk of sessions and messages. */
    public enum Saving {
        /** Nothing: what it keeps is in memory. */
        NOTHING,
        /** All of it after every change, as whoever must not lose anything has to set it. */
        EVERY_CHANGE
    }

    /** Whether there is one. */
    public static boolean isInstalled() {
        return binary().isPresent();
    }

    /**
     * Starts one and returns when it serves clients.
     *
     * @param folder for its configuration, log and, if it saves, its data
     * @throws BenchException if it does not start
     */
    public static Mosquitto start(Path folder, Saving saving) {
        Path binary = binary().orElseThrow(() -> new BenchException("mosquitto is not installed"));
        int port = ManagedProcess.freePort();
        String name = saving == Saving.NOTHING ? "mosquitto" : "mosquitto-saving";
        Path file = folder.resolve(name + ".conf");
        try (InputStream shared = Mosquitto.class.getResourceAsStream("mosquitto.conf")) {
            String text = new String(shared.readAllBytes(), StandardCharsets.UTF_8);
            text += "listener " + port + " 127.0.0.1\n";
            if (saving == Saving.EVERY_CHANGE) {
                text += "persistence true\npersistence_location " + folder.toAbsolutePath() + "/\n";
                text += "autosave_interval 1\nautosave_on_changes true\n";
            }
            // Started by root it would change to a user who cannot write here.
            text += "user " + System.getProperty("user.name") + "\n";
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ManagedProcess process = ManagedProcess.start(name, folder, List.of(binary.toString(), "-c", file.toString()));
        Mosquitto mosquitto = new Mosquitto(process, port);
        try {
            process.await("listening", START_TIMEOUT, () -> ManagedProcess.listens(port));
        } catch (BenchException e) {
            mosquitto.close();
            throw e;
        }
        return mosquitto;
    }

    private static Optional<Path> binary() {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":")));
        folders.add("/usr/sbin");
        return folders.stream()
                .map(folder -> Path.of(folder, "mosquitto"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    ManagedProcess process() {
        return process;
    }

    /** host:port. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }
}
