package io.sluice.router.queue;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The tasks of each stream thread, which write their changes together when the first of them commits. Kafka Streams commits all
 * tasks of a thread in one transaction, but one after the other it lets each write its changes and then waits until Kafka has them.
 * That takes as many of Kafka's answers as there are tasks, and the thread does nothing else meanwhile; this way it takes one.
 */
final class CommitTogether {

    private final ThreadLocal<Set<QueueProcessor>> tasks = ThreadLocal.withInitial(LinkedHashSet::new);

    /** A task of this thread is ready. */
    void join(QueueProcessor task) {
        tasks.get().add(task);
    }

    /** A task of this thread ends. */
    void leave(QueueProcessor task) {
        tasks.get().remove(task);
    }

    /** One of this thread's tasks commits. */
    void write() {
        tasks.get().forEach(QueueProcessor::write);
    }
}
