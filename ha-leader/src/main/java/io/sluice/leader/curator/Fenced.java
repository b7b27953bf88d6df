package io.sluice.leader.curator;

import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;

/** Writes to ZooKeeper that count only while a term does. */
final class Fenced {

    private Fenced() {}

    /**
     * Does an operation in one transaction with the proof that the node which won the election exists.
     *
     * @throws TermOverException if it does not
     * @throws KeeperException if the operation itself failed
     */
    static void commit(CuratorFramework client, Term term, CuratorOp operation) throws Exception {
        term.check();
        CuratorOp proof = client.transactionOp().check().forPath(term.fence());
        try {
            client.transaction().forOperations(List.of(proof, operation));
        } catch (KeeperException e) {
            if (failedFirst(e)) {
                term.end();
                throw new TermOverException(term.number());
            }
            throw e;
        }
    }

    private static boolean failedFirst(KeeperException e) {
        return e.getResults() != null
                && !e.getResults().isEmpty()
                && e.getResults().get(0) instanceof OpResult.ErrorResult error
                && error.getErr() != KeeperException.Code.OK.intValue();
    }
}
