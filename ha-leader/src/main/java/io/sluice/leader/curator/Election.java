package io.sluice.leader.curator;

import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Leadership;
import io.sluice.leader.Term;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate in the election. The latch says who is first; a term begins when the node that is first was found to belong
 * to the present ZooKeeper session. A term ends at once
 * when the connection is troubled, before anybody else can be elected, and when the node is found missing.
 */
public final class Election implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Election.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Looks in a row that may miss the own node, which the latch makes in the background. */
    private static final int MOST_DOUBTS = 5;

    private final CuratorFramework client;
    private final Terms terms;
    private final String id;
    private final Leadership leadership;
    private final ScheduledExecutorService thread;
    private final Future<?> repeated;
    private volatile Term current;

    // Used by the election's thread alone.
    private LeaderLatch latch;
    private int doubts;
    private boolean closed;

    /**
     * Becomes a candidate.
     *
     * @param client kept and closed by the caller
     * @param id of the candidate, for those who look
     * @param leadership called on the election's thread
     * @param clock milliseconds since the epoch
     */
    public Election(CuratorFramework client, String id, Leadership leadership, LongSupplier clock) {
        this.client = client;
        this.terms = new Terms(client, clock);
        this.id = id;
        this.leadership = leadership;
        thread = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "election-" + id));
        repeated = thread.scheduleWithFixedDelay(this::settle, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The term under which this candidate is primary, null if it is not. Any thread. */
    public Term term() {
        Term term = current;
        return term == null || term.isOver() ? null : term;
    }

    /** Brings the term in line with the latch. */
    private void settle() {
        if (closed) {
            return;
        }
        try {
            if (latch == null) {
                stand();
            }
            if (current != null && (current.isOver() || !connected() || !proven(current))) {
                revoke();
            }
            if (current == null && latch.hasLeadership()) {
                grant();
            } else if (current == null && connected()) {
                standAgainIfForgotten();
            }
        } catch (Exception e) {
            log.atWarn()
                    .addKeyValue("candidate", id)
                    .setCause(e)
                    .log("ZooKeeper is troubled; no leadership without it");
            revoke();
        }
    }

    private void stand() throws Exception {
        doubts = 0;
        latch = new LeaderLatch(client, ZooKeeperLayout.LATCH, id);
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                settleSoon();
            }

            @Override
            public void notLeader() {
                // On Curator's thread and at once: the duties look at the term before each write.
                Term term = current;
                if (term != null) {
                    term.end();
                }
                settleSoon();
            }
        });
        latch.start();
    }

    /** The latch does not watch its own node; without one, this candidate would wait for ever. */
    private void standAgainIfForgotten() throws Exception {
        String node = latch.getOurPath();
        doubts = node != null && belongsToSession(client.checkExists().forPath(node)) ? 0 : doubts + 1;
        if (doubts > MOST_DOUBTS) {
            log.atInfo().addKeyValue("candidate", id).log("Standing again: this candidate's node is gone");
            leaveLatch();
            stand();
        }
    }

    private void settleSoon() {
        try {
            thread.execute(this::settle);
        } catch (RejectedExecutionException e) {
            log.atDebug().setCause(e).log("The election is closed");
        }
    }

    private void grant() throws Exception {
        String node = latch.getOurPath();
        Stat stat = node == null ? null : client.checkExists().forPath(node);
        if (!belongsToSession(stat)) {
            // Left over from a session that is lost, or removed: it will not keep anybody else from being elected.
            log.atInfo().addKeyValue("candidate", id).log("Standing again: the node that won is not this session's");
            leaveLatch();
            return;
        }
        Term term = terms.begin(node);
        current = term;
        if (!latch.hasLeadership()) {
            current = null; // Lost between the two looks; the latch calls again when it is won.
            return;
        }
        log.atInfo()
                .addKeyValue("candidate", id)
                .addKeyValue("term", term.number())
                .log("Primary");
        leadership.granted(term);
    }

    private boolean connected() {
        return client.getZookeeperClient().isConnected();
    }

    private boolean proven(Term term) throws Exception {
        return belongsToSession(client.checkExists().forPath(term.fence()));
    }

    private boolean belongsToSession(Stat stat) throws Exception {
        return stat != null
                && stat.getEphemeralOwner()
                        == client.getZookeeperClient().getZooKeeper().getSessionId();
    }

    private void revoke() {
        Term term = current;
        if (term != null) {
            term.end();
            current = null;
            log.atInfo()
                    .addKeyValue("candidate", id)
                    .addKeyValue("term", term.number())
                    .log("Not primary any more");
            leadership.revoked(term);
        }
    }

    private void leaveLatch() throws IOException {
        if (latch != null) {
            latch.close();
            latch = null;
        }
    }

    /** Ends the term, waits until its duties have stopped, and hands over at once. */
    @Override
    public void close() {
        Term term = current;
        if (term != null) {
            term.end();
        }
        repeated.cancel(true);
        thread.execute(() -> {
            closed = true;
            revoke();
            try {
                leaveLatch();
            } catch (IOException e) {
                log.atInfo().setCause(e).log("The election goes on when this ZooKeeper session has ended");
            }
        });
        thread.shutdown();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                    log.atError().log("The duties do not stop");
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
