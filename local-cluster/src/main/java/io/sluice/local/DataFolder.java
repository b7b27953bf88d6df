package io.sluice.local;

import io.sluice.kit.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a local cluster keeps its state. One process has it at a time: it holds a lock on a file in it. */
final class DataFolder implements AutoCloseable {

    private static final String LOCK_FILE = "sluice.lock";
    private static final String KAFKA = "kafka";
    private static final String ZOOKEEPER = "zookeeper";
    private static final String ROUTER = "router";

    private final Path folder;
    private final FileChannel lockFile;

    private DataFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder when it is missing and takes it.
     *
     * @throws StartException when it cannot be written, or another process has it
     */
    static DataFolder take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel lockFile = FileChannel.open(
                    folder.resolve(LOCK_FILE),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            lock(folder, lockFile);
            return new DataFolder(folder, lockFile);
        } catch (FileAlreadyExistsException e) {
            throw new StartException(
                    "the data folder " + folder + " is not a folder; choose another one with --data", e);
        } catch (AccessDeniedException e) {
            throw new StartException(
                    "the data folder " + folder + " cannot be written: " + e.getMessage()
                            + " is not accessible; mend its permissions or choose another one with --data",
                    e);
        } catch (IOException e) {
            throw new StartException(
                    "the data folder " + folder + " cannot be written (" + e.getMessage()
                            + "); choose another one with --data",
                    e);
        }
    }

    private static void lock(Path folder, FileChannel lockFile) throws IOException {
        FileLock lock = null;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another cluster in this very process: told as any other owner.
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
        if (lock == null) {
            String owner = owner(lockFile);
            lockFile.close();
            throw new StartException("the data folder " + folder + " is in use by " + owner
                    + "; stop it, or choose another folder with --data");
        }
        lockFile.truncate(0);
        lockFile.write(StandardCharsets.US_ASCII.encode(
                Long.toString(ProcessHandle.current().pid())));
    }

    private static String owner(FileChannel lockFile) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(32);
        lockFile.read(pid, 0);
        String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString().strip();
        return text.isEmpty() ? "another process" : "process " + text;
    }

    Path kafka() {
        return folder.resolve(KAFKA);
    }

    Path zooKeeper() {
        return folder.resolve(ZOOKEEPER);
    }

    Path router() {
        return folder.resolve(ROUTER);
    }

    /** Deletes all state of a cluster, and nothing else that may be in the folder. */
    void clear() {
        try {
            for (Path part : List.of(kafka(), zooKeeper(), router())) {
                delete(part);
            }
        } catch (IOException e) {
            throw new StartException("the data folder " + folder + " cannot be emptied (" + e.getMessage() + ")", e);
        }
    }

    private static void delete(Path part) throws IOException {
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Gives the folder back; the lock goes with the channel. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
