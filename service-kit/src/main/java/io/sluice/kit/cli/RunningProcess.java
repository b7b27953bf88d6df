package io.sluice.kit.cli;

import io.sluice.kit.StartException;
import io.sluice.kit.config.ConfigException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a process: start, wait for SIGTERM or SIGINT, stop. What an operator can mend is one line on stderr.
 */
public final class RunningProcess {

    private static final Logger log = LoggerFactory.getLogger(RunningProcess.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private RunningProcess() {}

    /**
     * Runs until the process is told to stop; called on the main thread, once.
     *
     * @param start returns when all serves, with what stops it; a {@link StartException} is shown as one line
     * @return the exit code: 0 after a clean stop, 1 if it cannot start or stop, 2 if the configuration is wrong
     */
    public static int run(Callable<? extends AutoCloseable> start) {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> log.atError()
                .setCause(failure)
                .addKeyValue("thread", thread.getName())
                .log("A thread has failed"));
        Termination termination = Termination.watch(STOP_PATIENCE);
        return termination.finished(run(start, termination));
    }

    /** Has the process that {@link #run} runs stop, as SIGTERM does. Returns at once; any thread. */
    public static void requestStop() {
        new Thread(() -> System.exit(0), "stop").start();
    }

    private static int run(Callable<? extends AutoCloseable> start, Termination termination) {
        AutoCloseable role;
        try {
            role = start.call();
        } catch (ConfigException e) {
            return refuse(e, 2);
        } catch (StartException e) {
            return termination.isRequested() ? 0 : refuse(e, 1);
        } catch (KafkaException e) {
            // Kafka's clients tell so of names that cannot be resolved and of settings that they do not take.
            StartException reason = new StartException("Kafka's client: " + innermost(e), e);
            return termination.isRequested() ? 0 : refuse(reason, 1);
        } catch (Exception e) {
            return termination.isRequested() ? 0 : fail("Cannot start", e);
        } finally {
            termination.started();
        }
        if (role instanceof SlowToClose slow) {
            termination.allow(STOP_PATIENCE.plus(slow.closeTime()));
        }
        log.atInfo().log("Started");
        return stopWhenTold(termination, role);
    }

    private static int stopWhenTold(Termination termination, AutoCloseable role) {
        try {
            termination.await();
        } catch (InterruptedException e) {
            // It was told to stop in the moment in which its start ended.
            log.atDebug().log("Interrupted");
        }
        log.atInfo().log("Stopping");
        try {
            role.close();
        } catch (Exception e) {
            return fail("Cannot stop cleanly", e);
        }
        log.atInfo().log("Stopped");
        return 0;
    }

    private static int refuse(StartException reason, int code) {
        log.atDebug().setCause(reason).log("Cannot start");
        System.err.println("Cannot start: " + reason.getMessage());
        return code;
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static int fail(String what, Exception cause) {
        log.atError().setCause(cause).log(what);
        System.err.println(what + ": " + cause);
        return 1;
    }
}
