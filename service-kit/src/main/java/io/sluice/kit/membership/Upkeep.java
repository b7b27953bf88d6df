package io.sluice.kit.membership;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a process has in ZooKeeper as it should be: runs one task on a thread of its own, again and again while
 * ZooKeeper is reachable, and at once when it is back. A run that fails is tried again by the next.
 */
final class Upkeep implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
    private static final long CLOSE_SECONDS = 5;

    private final CuratorFramework client;
    private final ScheduledExecutorService thread;
    private final ConnectionStateListener onReconnected;
    private final Task task;
    private final Future<?> repeated;

    Upkeep(CuratorFramework client, String name, Duration interval, Task task) {
        this.client = client;
        this.task = task;
        thread = Executors.newSingleThreadScheduledExecutor(runnable -> {
            Thread created = new Thread(runnable, name);
            created.setDaemon(true);
            return created;
        });
        onReconnected = (unused, state) -> {
            if (state == ConnectionState.RECONNECTED || state == ConnectionState.CONNECTED) {
                runSoon();
            }
        };
        client.getConnectionStateListenable().addListener(onReconnected);
        repeated = thread.scheduleWithFixedDelay(this::run, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void runSoon() {
        try {
            thread.execute(this::run);
        } catch (RejectedExecutionException e) {
            log.atDebug().setCause(e).log("Membership is closed; nothing to keep up");
        }
    }

    private void run() {
        if (!client.getZookeeperClient().isConnected()) {
            return;
        }
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.atWarn().setCause(e).log("Membership could not be kept up; it will be tried again");
        }
    }

    /** Ends the thread; a run that is under way is interrupted. */
    @Override
    public void close() {
        client.getConnectionStateListenable().removeListener(onReconnected);
        repeated.cancel(true);
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.atWarn().log("The membership thread did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is kept up; not to be run by any other thread. */
    interface Task {
        void run() throws Exception;
    }
}
