package io.sluice.kit.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into an orderly stop. The JVM runs its shutdown hook on such a signal and would then exit
 * with the signal's code; here the hook waits for the main thread to close what it has started and exits with the code
 * that it has found.
 */
final class Termination {

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread main = Thread.currentThread();
    private final Thread hook = new Thread(this::onShutdown, "termination");
    private volatile Duration patience;
    private boolean starting = true;
    private volatile int exitCode = 1;

    private Termination(Duration patience) {
        this.patience = patience;
    }

    /**
     * Watches from now on; called by the main thread.
     *
     * @param patience after this long a stop that hangs is cut off with exit code 1
     */
    static Termination watch(Duration patience) {
        Termination termination = new Termination(patience);
        Runtime.getRuntime().addShutdownHook(termination.hook);
        return termination;
    }

    /** A stop may take as long as this from now on. */
    void allow(Duration longer) {
        patience = longer;
    }

    private void onShutdown() {
        requested.countDown();
        interruptStart();
        try {
            if (!finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("The stop took longer than " + patience.toSeconds() + " s and was cut off");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /** A start may wait for others for long; a stop may be interrupted by nobody. */
    private synchronized void interruptStart() {
        if (starting) {
            main.interrupt();
        }
    }

    /** The start is over: from here on the main thread is not interrupted. */
    synchronized void started() {
        starting = false;
    }

    /** Whether the process was told to stop. */
    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits until the process is told to stop. */
    void await() throws InterruptedException {
        requested.await();
    }

    /** The main thread has nothing left to do but to exit with this code. */
    int finished(int code) {
        exitCode = code;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process was told to stop: the hook is running and waits for this.
            finished.countDown();
        }
        return code;
    }
}
