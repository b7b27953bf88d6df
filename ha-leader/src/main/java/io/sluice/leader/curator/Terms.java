package io.sluice.leader.curator;

import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/**
 * Numbers the terms. Each is greater than the one before, of which ZooKeeper knows, and not below the clock: so the numbers
 * go on when ZooKeeper was emptied or put back to an earlier state, while Kafka remembers what was written in later terms.
 */
final class Terms {

    private final CuratorFramework client;
    private final LongSupplier clock;

    /** @param clock milliseconds since the epoch */
    Terms(CuratorFramework client, LongSupplier clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Begins a term.
     *
     * @param fence the node that has won the election
     * @throws TermOverException if that is gone
     * @throws KeeperException also if somebody else has begun one meanwhile
     */
    Term begin(String fence) throws Exception {
        Stat stat = new Stat();
        long last;
        try {
            last = number(client.getData().storingStatIn(stat).forPath(ZooKeeperLayout.TERM));
        } catch (KeeperException.NoNodeException e) {
            Term first = new Term(clock.getAsLong(), fence);
            Fenced.commit(client, first, client.transactionOp().create().forPath(ZooKeeperLayout.TERM, bytes(first)));
            return first;
        }
        Term next = new Term(Math.max(last + 1, clock.getAsLong()), fence);
        CuratorOp change = client.transactionOp()
                .setData()
                .withVersion(stat.getVersion())
                .forPath(ZooKeeperLayout.TERM, bytes(next));
        Fenced.commit(client, next, change);
        return next;
    }

    private static byte[] bytes(Term term) {
        return Long.toString(term.number()).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The number that the node holds.
     *
     * @return 0 if it holds something else
     */
    static long number(byte[] data) {
        try {
            return Long.parseLong(new String(data, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return 0; // Written by a hand; the clock leads beyond it.
        }
    }
}
