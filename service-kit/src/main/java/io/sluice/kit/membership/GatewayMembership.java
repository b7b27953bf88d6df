package io.sluice.kit.membership;

import io.sluice.kit.StartException;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.SlotClaims.Claim;
import io.sluice.kit.membership.SlotClaims.NoFreeSlotException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway's place in the cluster: a slot, and an incarnation, which is one life of the gateway. Without ZooKeeper the
 * gateway works on with both. When its ZooKeeper session is lost it claims a slot again, as the same incarnation, or as
 * a new one if a leader declared the old one lost meanwhile. All methods may be called by any thread.
 */
public final class GatewayMembership implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GatewayMembership.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 6;

    /** How often the slot is checked, and the least time between two reports. */
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Duration LEAVE_PATIENCE = Duration.ofSeconds(3);

    private final CuratorFramework client;
    private final GatewayInfo info;
    private final Listener listener;
    private final SlotClaims claims;
    private final GatewayView view;
    private final Upkeep upkeep;
    private volatile Claim claim;
    private volatile GatewayStatus status = GatewayStatus.STARTING;
    private volatile boolean staysOnRecord;

    // Used by the upkeep thread alone, once the gateway has joined.
    private String incarnation;
    private boolean born;
    private GatewayStatus reported = status;
    private boolean reportedNoFreeSlot;

    /** Hears of changes, on the membership's own thread; it should not block for long. */
    public interface Listener {

        /** The gateway, having joined, has another slot, another incarnation, or both. */
        void slotChanged(int slot, String incarnation);

        /**
         * This incarnation was declared lost: its sessions belong to others now, and its commands are refused.
         * {@link #slotChanged} follows with the new incarnation.
         */
        void declaredLost(String incarnation);
    }

    private GatewayMembership(CuratorFramework client, int slots, GatewayInfo info, Listener listener)
            throws Exception {
        this.client = client;
        this.info = info;
        this.listener = listener;
        claims = new SlotClaims(client, slots, info);
        incarnation = newIncarnation();
        claim = claims.claim(incarnation, false, status)
                .orElseThrow(() -> new IllegalStateException("a new incarnation cannot have been declared lost"));
        born = true;
        view = new GatewayView(client);
        upkeep = new Upkeep(client, "membership-" + info.name(), INTERVAL, this::keepUp);
        log.atInfo()
                .addKeyValue("slot", claim.slot())
                .addKeyValue("incarnation", incarnation)
                .log("Joined the cluster");
    }

    /**
     * Blocks until a slot is claimed, the lowest free one.
     *
     * @param slots how many the cluster has; the same on all gateways
     * @throws StartException if ZooKeeper does not answer or all slots are taken
     */
    public static GatewayMembership join(ZooKeeperConfig config, int slots, GatewayInfo info, Listener listener) {
        CuratorFramework client = ZooKeeperClient.connect(config);
        try {
            return new GatewayMembership(client, slots, info, listener);
        } catch (NoFreeSlotException e) {
            client.close();
            throw new StartException(e.getMessage(), e);
        } catch (Exception e) {
            client.close();
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new StartException(
                    "no slot could be claimed in ZooKeeper at " + config.connect() + ": " + e.getMessage(), e);
        }
    }

    /** The slot that was claimed last. */
    public int slot() {
        return claim.slot();
    }

    /** The incarnation that claimed the slot. */
    public String incarnation() {
        return claim.incarnation();
    }

    /** Whether ZooKeeper can be reached now. */
    public boolean connected() {
        return client.getZookeeperClient().isConnected();
    }

    /** Says how the gateway is. Cheap; written at most every two seconds, and only if it differs. */
    public void report(GatewayStatus newStatus) {
        status = newStatus;
    }

    /** All live gateways by slot, this one included; a moment behind, stale while ZooKeeper is away. Never blocks. */
    public List<GatewayNode> gateways() {
        return view.gateways();
    }

    private void keepUp() throws Exception {
        if (!born || !claims.holds(claim)) {
            claimAgain();
        }
        GatewayStatus current = status;
        if (!current.equals(reported)) {
            try {
                claim = claims.report(claim, current);
                reported = current;
            } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
                log.atDebug().setCause(e).log("Somebody else wrote to this incarnation's node");
                claimAgain();
            }
        }
    }

    private void claimAgain() throws Exception {
        try {
            GatewayStatus current = status;
            Optional<Claim> again = claims.claim(incarnation, born, current);
            if (again.isEmpty()) {
                declaredLost();
                again = claims.claim(incarnation, born, current);
            }
            born = true;
            reportedNoFreeSlot = false;
            moved(again.orElseThrow(() -> new IllegalStateException("declared lost before it was born")));
        } catch (NoFreeSlotException e) {
            if (!reportedNoFreeSlot) {
                reportedNoFreeSlot = true;
                log.atError().addKeyValue("incarnation", incarnation).log("No slot: {}", e.getMessage());
            }
        }
    }

    private void declaredLost() {
        String lost = incarnation;
        incarnation = newIncarnation();
        born = false;
        log.atWarn()
                .addKeyValue("incarnation", lost)
                .addKeyValue("newIncarnation", incarnation)
                .log("Declared lost by the leader; joining as a new incarnation");
        listener.declaredLost(lost);
    }

    private void moved(Claim again) {
        Claim before = claim;
        claim = again;
        if (before.slot() != again.slot() || !before.incarnation().equals(again.incarnation())) {
            log.atInfo()
                    .addKeyValue("slot", again.slot())
                    .addKeyValue("incarnation", again.incarnation())
                    .log("Slot changed");
            listener.slotChanged(again.slot(), again.incarnation());
        }
    }

    private String newIncarnation() {
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        return info.name() + "-" + HexFormat.of().formatHex(random);
    }

    /** Has {@link #close} leave the incarnation on record: the leader is to declare it lost and settle what is left of it. */
    public void stayOnRecord() {
        staysOnRecord = true;
    }

    /**
     * Leaves the cluster: slot and incarnation go at once, so that nobody declares this gateway lost, unless it is to {@link
     * #stayOnRecord}.
     */
    @Override
    public void close() {
        upkeep.close();
        view.close();
        if (connected() && !staysOnRecord) {
            try {
                claims.leave(incarnation, LEAVE_PATIENCE);
            } catch (Exception e) {
                log.atWarn()
                        .addKeyValue("incarnation", incarnation)
                        .setCause(e)
                        .log("Could not leave cleanly; the leader will declare this gateway lost");
            }
        }
        client.close();
    }
}
