package io.sluice.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs around each class of tests: none of its buffers, nor of an earlier one's, was lost, in this process and in those that it has
 * started and that have ended.
 */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {

    /** Called by JUnit, which finds it by its name. */
    public NoLeaks() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LeakWatch.begin();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(LeakWatch.leaks()).as("buffers that this process lost").isEmpty();
        for (OsProcess process : OsProcess.ended()) {
            assertThat(process.printed().lines().filter(line -> line.contains(LeakWatch.MARK)))
                    .as("buffers that %s lost", process.name())
                    .isEmpty();
        }
    }
}
