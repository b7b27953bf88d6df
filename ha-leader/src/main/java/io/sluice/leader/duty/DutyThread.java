package io.sluice.leader.duty;

import io.sluice.leader.Term;
import java.time.Duration;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one duty while a term lasts. Begun and ended by one thread. */
final class DutyThread {

    private static final Logger log = LoggerFactory.getLogger(DutyThread.class);

    private final String name;
    private final Work work;
    private Thread thread;

    /** What is done. */
    interface Work {

        /**
         * Does it until the term is over.
         *
         * @throws InterruptedException when it has to stop; the same in Kafka's form is as good
         */
        void run(Term term) throws InterruptedException;
    }

    DutyThread(String name, Work work) {
        this.name = name;
        this.work = work;
    }

    void begin(Term term) {
        thread = new Thread(() -> run(term), name + "-" + term.number());
        thread.start();
    }

    private void run(Term term) {
        try {
            work.run(term);
        } catch (InterruptedException | InterruptException e) {
            log.atDebug().addKeyValue("duty", name).setCause(e).log("Stopped");
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("duty", name)
                    .setCause(e)
                    .log("The duty failed; it is done again in the next term");
        }
    }

    void end() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            // Again and again: a library may have swallowed the first one.
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(1).toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does something that is quick and that an interrupt would hurt: the interrupt waits. */
    static void undisturbed(Runnable quick) {
        boolean interrupted = Thread.interrupted();
        try {
            quick.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
