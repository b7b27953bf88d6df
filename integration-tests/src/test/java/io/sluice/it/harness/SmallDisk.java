package io.sluice.it.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own on a folder, so small that it can be filled: what is written to it then fails as on any full disk
 * (ENOSPC). It stands in memory. A test that may not mount one is skipped and says so.
 */
public final class SmallDisk implements AutoCloseable {

    private static final int CHUNK = 64 << 10;

    private final Path folder;
    private final Path filler;

    private SmallDisk(Path folder) {
        this.folder = folder;
        filler = folder.resolve("filler");
    }

    /** Mounts one on a folder, which is made when missing. */
    public static SmallDisk on(Path folder, int megabytes) {
        String mount = Tools.require("mount");
        try {
            Files.createDirectories(folder);
            String trouble =
                    run(mount, "-t", "tmpfs", "-o", "size=" + megabytes + "m", "sluice-test", folder.toString());
            Tools.demand(trouble.isEmpty(), "a small file system cannot be mounted here: " + trouble);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SmallDisk(folder);
    }

    /** Takes all room that is left. What is written to files that are there already may still find room in their last blocks. */
    public void fill() {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] chunk = new byte[CHUNK];
            while (room() > 0) {
                out.write(chunk, 0, (int) Math.min(room(), chunk.length));
            }
        } catch (IOException e) {
            // Somebody else took the last of it.
            if (room() > 0) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What is left, in bytes. */
    public long room() {
        return folder.toFile().getUsableSpace();
    }

    /** Gives back what {@link #fill} took. */
    public void makeRoom() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? "" : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Unmounts it; whoever used it has ended. */
    @Override
    public void close() {
        try {
            String trouble = run(Tools.require("umount"), folder.toString());
            if (!trouble.isEmpty()) {
                throw new AssertionError("cannot unmount " + folder + ": " + trouble);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
