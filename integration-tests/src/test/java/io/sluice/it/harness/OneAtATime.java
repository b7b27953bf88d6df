package io.sluice.it.harness;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Of the classes that have this no two run at the same time, in whichever test process they are: one that breaks many processes and one
 * that measures how long something takes.
 */
public final class OneAtATime implements BeforeAllCallback, AfterAllCallback {

    private static final Path LOCK = Path.of("target", "one-at-a-time.lock");

    private FileChannel channel;

    /** Called by JUnit, once for each class. */
    public OneAtATime() {}

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Files.createDirectories(LOCK.getParent());
        channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock(); // Until the channel is closed, or the process ends.
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        channel.close();
    }
}
