package io.sluice.kit.membership;

import io.sluice.kit.config.ZooKeeperConfig;
import java.time.Duration;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry of a router or a leader candidate in the cluster's register: an ephemeral node. The process works without
 * it; the entry is made as soon as ZooKeeper can be reached, and made again when the ZooKeeper session was lost.
 */
public final class RoleMembership implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RoleMembership.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final CuratorFramework client;
    private final boolean ownsClient;
    private final String path;
    private final byte[] info;
    private final Upkeep upkeep;

    private RoleMembership(CuratorFramework client, boolean ownsClient, String path, Map<String, String> info) {
        this.client = client;
        this.ownsClient = ownsClient;
        this.path = path;
        this.info = Json.write(info);
        upkeep =
                new Upkeep(client, "membership-" + path.substring(path.lastIndexOf('/') + 1), INTERVAL, this::register);
    }

    /**
     * Registers with a connection of its own. Does not wait for ZooKeeper.
     *
     * @param role {@code routers} or {@code leaders/members}
     * @param id unique in its role, without slashes
     * @param info what operators may want to know, such as addresses
     */
    public static RoleMembership join(ZooKeeperConfig config, String role, String id, Map<String, String> info) {
        return new RoleMembership(ZooKeeperClient.start(config), true, path(role, id), info);
    }

    /** Registers with a connection that the caller has and closes. */
    public static RoleMembership join(CuratorFramework client, String role, String id, Map<String, String> info) {
        return new RoleMembership(client, false, path(role, id), info);
    }

    private static String path(String role, String id) {
        if (id.isBlank() || id.contains("/")) {
            throw new IllegalArgumentException("an id must not be empty or contain a slash, was " + id);
        }
        return "/" + role + "/" + id;
    }

    private void register() throws Exception {
        Stat stat = client.checkExists().forPath(path);
        if (stat == null) {
            client.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, info);
        } else if (!isOurs(stat)) {
            // The entry of an earlier life, which goes with its session; or a second process with the same id.
            log.atInfo().addKeyValue("path", path).log("Already registered by another ZooKeeper session; waiting");
        }
    }

    private boolean isOurs(Stat stat) throws Exception {
        return stat.getEphemeralOwner()
                == client.getZookeeperClient().getZooKeeper().getSessionId();
    }

    /** Removes the entry; if the connection is the caller's, the entry goes when that is closed. */
    @Override
    public void close() {
        upkeep.close();
        if (ownsClient) {
            client.close();
        }
    }
}
