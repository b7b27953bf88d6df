package io.sluice.leader.curator;

import io.sluice.kit.membership.Incarnation;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Term;
import io.sluice.leader.duty.GatewayRegister;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The register of gateways in ZooKeeper. One thread. */
public final class ZooKeeperGatewayRegister implements GatewayRegister {

    private static final Logger log = LoggerFactory.getLogger(ZooKeeperGatewayRegister.class);

    private final CuratorFramework client;
    private final Set<String> reportedDamaged = new HashSet<>();

    /** @param client kept and closed by the caller */
    public ZooKeeperGatewayRegister(CuratorFramework client) {
        this.client = client;
    }

    @Override
    public List<Absent> absent() throws Exception {
        // Records first, slots afterwards: a gateway that joins in between has a slot without a record here, and one
        // that comes back has a record of another version by the time that it has a slot.
        List<Absent> records = new ArrayList<>();
        for (String incarnation : children(ZooKeeperLayout.INCARNATIONS)) {
            addRecord(incarnation, records);
        }
        Set<String> present = new HashSet<>();
        for (String slot : children(ZooKeeperLayout.SLOTS)) {
            byte[] owner = read(ZooKeeperLayout.SLOTS + "/" + slot, new Stat());
            if (owner != null) {
                present.add(new String(owner, StandardCharsets.UTF_8));
            }
        }
        records.removeIf(record -> present.contains(record.incarnation()));
        return records;
    }

    private void addRecord(String incarnation, List<Absent> records) throws Exception {
        Stat stat = new Stat();
        byte[] json = read(ZooKeeperLayout.incarnation(incarnation), stat);
        if (json == null) {
            return; // Left since the list was made.
        }
        try {
            Incarnation known = Incarnation.fromJson(json);
            Duration staleAfter = Duration.ofMillis(known.info().staleAfterMillis());
            records.add(new Absent(incarnation, known.slot(), staleAfter, known.condemned(), stat.getVersion()));
        } catch (IOException e) {
            if (reportedDamaged.add(incarnation)) {
                log.atError()
                        .addKeyValue("incarnation", incarnation)
                        .setCause(e)
                        .log("The record of a gateway is damaged; it cannot be reaped");
            }
        }
    }

    @Override
    public boolean condemn(Term term, Absent gateway) throws Exception {
        String path = ZooKeeperLayout.incarnation(gateway.incarnation());
        try {
            Incarnation known = Incarnation.fromJson(client.getData().forPath(path));
            byte[] condemned = known.condemn(term.number()).toJson();
            Fenced.commit(
                    client,
                    term,
                    client.transactionOp()
                            .setData()
                            .withVersion(gateway.version())
                            .forPath(path, condemned));
            return true;
        } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
            log.atDebug()
                    .addKeyValue("incarnation", gateway.incarnation())
                    .setCause(e)
                    .log("Not condemned: the record has changed");
            return false;
        }
    }

    @Override
    public void remove(Term term, Absent gateway) throws Exception {
        try {
            Fenced.commit(
                    client,
                    term,
                    client.transactionOp().delete().forPath(ZooKeeperLayout.incarnation(gateway.incarnation())));
        } catch (KeeperException.NoNodeException e) {
            log.atDebug()
                    .addKeyValue("incarnation", gateway.incarnation())
                    .setCause(e)
                    .log("The record was gone already");
        }
    }

    private List<String> children(String path) throws Exception {
        try {
            return client.getChildren().forPath(path);
        } catch (KeeperException.NoNodeException e) {
            return List.of(); // No gateway has ever joined.
        }
    }

    private byte[] read(String path, Stat stat) throws Exception {
        try {
            return client.getData().storingStatIn(stat).forPath(path);
        } catch (KeeperException.NoNodeException e) {
            return null;
        }
    }
}
