package io.sluice.kit.membership;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims of slots in ZooKeeper, for one gateway. Each claim is one transaction that also writes to the node above the
 * slots, so that claims happen one after the other: what a claim has read is still true when it is made. One thread.
 */
final class SlotClaims {

    private static final Logger log = LoggerFactory.getLogger(SlotClaims.class);
    private static final int ANY_VERSION = -1;

    private final CuratorFramework client;
    private final int slots;
    private final GatewayInfo info;

    SlotClaims(CuratorFramework client, int slots, GatewayInfo info) {
        this.client = client;
        this.slots = slots;
        this.info = info;
    }

    /**
     * A slot that an incarnation has.
     *
     * @param slot 0 or more
     * @param incarnation whose slot it is
     * @param version of the incarnation's node
     */
    record Claim(int slot, String incarnation, int version) {}

    /** All slots are taken. */
    static final class NoFreeSlotException extends Exception {
        private static final long serialVersionUID = 1L;

        NoFreeSlotException(int slots) {
            super("all " + slots
                    + " slots are taken by other gateways; stop one, or configure more slots on all of them");
        }
    }

    /**
     * Claims a slot: the one that the incarnation had if nobody else has it, the lowest free one otherwise. May be
     * repeated when it is not known how an attempt ended.
     *
     * @param born whether the incarnation is known to have had a slot before, so that the lack of its node means that it
     *     was declared lost
     * @return empty if the incarnation was declared lost
     */
    Optional<Claim> claim(String incarnation, boolean born, GatewayStatus status) throws Exception {
        ensureParents();
        while (true) {
            int slotsVersion =
                    client.checkExists().forPath(ZooKeeperLayout.SLOTS).getVersion();
            Stat stat = new Stat();
            Incarnation known = read(incarnation, stat);
            if (known == null ? born : known.condemned()) {
                releaseSlotsOf(incarnation);
                return Optional.empty();
            }
            Stat held = known == null ? null : heldBy(incarnation, known.slot());
            if (held != null && held.getEphemeralOwner() == session()) {
                return Optional.of(new Claim(known.slot(), incarnation, stat.getVersion()));
            }
            int slot = held != null ? known.slot() : freeSlot(known == null ? 0 : known.slot());
            int version = known == null ? ANY_VERSION : stat.getVersion();
            List<CuratorOp> operations = operations(
                    slotsVersion, held != null, version, new Incarnation(slot, info, status, 0), incarnation);
            try {
                client.transaction().forOperations(operations);
                return Optional.of(new Claim(slot, incarnation, version + 1));
            } catch (KeeperException.BadVersionException
                    | KeeperException.NodeExistsException
                    | KeeperException.NoNodeException e) {
                // Another claim came first, or this one succeeded and its answer was lost: look again.
                log.atDebug().addKeyValue("slot", slot).setCause(e).log("Claim overtaken");
            }
        }
    }

    private List<CuratorOp> operations(
            int slotsVersion, boolean ownLeftover, int version, Incarnation content, String incarnation)
            throws Exception {
        String slotPath = ZooKeeperLayout.slot(content.slot());
        List<CuratorOp> operations = new ArrayList<>();
        operations.add(
                client.transactionOp().setData().withVersion(slotsVersion).forPath(ZooKeeperLayout.SLOTS, new byte[0]));
        if (ownLeftover) {
            // Of a ZooKeeper session of ours that is not over yet. Nobody else can have claimed it since it was read.
            operations.add(client.transactionOp().delete().forPath(slotPath));
        }
        operations.add(client.transactionOp()
                .create()
                .withMode(CreateMode.EPHEMERAL)
                .forPath(slotPath, incarnation.getBytes(StandardCharsets.UTF_8)));
        String path = ZooKeeperLayout.incarnation(incarnation);
        operations.add(
                version == ANY_VERSION
                        ? client.transactionOp().create().forPath(path, content.toJson())
                        : client.transactionOp().setData().withVersion(version).forPath(path, content.toJson()));
        return operations;
    }

    /** Whether this ZooKeeper session still has the slot. */
    boolean holds(Claim claim) throws Exception {
        Stat stat = client.checkExists().forPath(ZooKeeperLayout.slot(claim.slot()));
        return stat != null && stat.getEphemeralOwner() == session();
    }

    /**
     * Writes a status to the incarnation's node.
     *
     * @return the claim with the node's new version
     * @throws KeeperException if the node is gone or somebody else wrote to it
     */
    Claim report(Claim claim, GatewayStatus status) throws Exception {
        Stat stat = client.setData()
                .withVersion(claim.version())
                .forPath(
                        ZooKeeperLayout.incarnation(claim.incarnation()),
                        new Incarnation(claim.slot(), info, status, 0).toJson());
        return new Claim(claim.slot(), claim.incarnation(), stat.getVersion());
    }

    /**
     * Removes the incarnation, so that nobody declares it lost; its slot goes with the ZooKeeper session.
     *
     * @param patience how long at most; in the background, because Curator would try for much longer
     */
    void leave(String incarnation, Duration patience) throws Exception {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        client.delete()
                .inBackground((unused, event) -> answer.complete(event.getResultCode()))
                .forPath(ZooKeeperLayout.incarnation(incarnation));
        Code code = Code.get(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        if (code != Code.OK && code != Code.NONODE) {
            throw KeeperException.create(code, ZooKeeperLayout.incarnation(incarnation));
        }
    }

    private void ensureParents() throws Exception {
        for (String path : List.of(ZooKeeperLayout.SLOTS, ZooKeeperLayout.INCARNATIONS)) {
            if (client.checkExists().forPath(path) == null) {
                try {
                    client.create().creatingParentsIfNeeded().forPath(path, new byte[0]);
                } catch (KeeperException.NodeExistsException e) {
                    log.atTrace().addKeyValue("path", path).log("Another gateway made it first");
                }
            }
        }
    }

    private Incarnation read(String incarnation, Stat stat) throws Exception {
        try {
            return Incarnation.fromJson(
                    client.getData().storingStatIn(stat).forPath(ZooKeeperLayout.incarnation(incarnation)));
        } catch (KeeperException.NoNodeException e) {
            return null;
        } catch (IOException e) {
            throw new IOException("the node of incarnation " + incarnation + " is damaged", e);
        }
    }

    /** The slot's node if it names the incarnation, null otherwise. */
    private Stat heldBy(String incarnation, int slot) throws Exception {
        Stat stat = new Stat();
        try {
            byte[] owner = client.getData().storingStatIn(stat).forPath(ZooKeeperLayout.slot(slot));
            return incarnation.equals(new String(owner, StandardCharsets.UTF_8)) ? stat : null;
        } catch (KeeperException.NoNodeException e) {
            return null;
        }
    }

    private int freeSlot(int preferred) throws Exception {
        Set<String> taken = client.getChildren().forPath(ZooKeeperLayout.SLOTS).stream()
                .map(name -> ZooKeeperLayout.SLOTS + "/" + name)
                .collect(Collectors.toSet());
        if (preferred < slots && !taken.contains(ZooKeeperLayout.slot(preferred))) {
            return preferred;
        }
        for (int slot = 0; slot < slots; slot++) {
            if (!taken.contains(ZooKeeperLayout.slot(slot))) {
                return slot;
            }
        }
        throw new NoFreeSlotException(slots);
    }

    /** An incarnation that was declared lost has no slot; should one be left in this session, it is given back. */
    private void releaseSlotsOf(String incarnation) throws Exception {
        for (String name : client.getChildren().forPath(ZooKeeperLayout.SLOTS)) {
            String path = ZooKeeperLayout.SLOTS + "/" + name;
            Stat stat = client.checkExists().forPath(path);
            if (stat != null && stat.getEphemeralOwner() == session()) {
                client.delete().quietly().forPath(path);
                log.atInfo()
                        .addKeyValue("incarnation", incarnation)
                        .addKeyValue("path", path)
                        .log("Slot given back");
            }
        }
    }

    private long session() throws Exception {
        return client.getZookeeperClient().getZooKeeper().getSessionId();
    }
}
