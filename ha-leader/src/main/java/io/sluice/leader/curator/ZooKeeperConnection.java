package io.sluice.leader.curator;

import io.sluice.kit.StartException;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.RoleMembership;
import io.sluice.kit.membership.ZooKeeperClient;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Leadership;
import io.sluice.leader.duty.GatewayRegister;
import io.sluice.leader.duty.TopicProvisioning;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;

/** A candidate's one connection to ZooKeeper, and all that uses it. What is made here has to be closed before it. */
public final class ZooKeeperConnection implements AutoCloseable {

    private final CuratorFramework client;

    private ZooKeeperConnection(CuratorFramework client) {
        this.client = client;
    }

    /**
     * Connects.
     *
     * @throws StartException if ZooKeeper does not answer within the connection time-out
     */
    public static ZooKeeperConnection open(ZooKeeperConfig config) {
        return new ZooKeeperConnection(ZooKeeperClient.connect(config));
    }

    /** Whether ZooKeeper can be reached now. */
    public boolean connected() {
        return client.getZookeeperClient().isConnected();
    }

    /** Begins to watch the cluster. */
    public ClusterView view() {
        return new ClusterView(client);
    }

    /** The register of gateways. */
    public GatewayRegister register() {
        return new ZooKeeperGatewayRegister(client);
    }

    /** Where the primary's findings are shown. */
    public TopicProvisioning.Board board() {
        return new ZooKeeperBoard(client);
    }

    /** Makes this candidate known, until this connection is closed. */
    public RoleMembership join(String id, Map<String, String> info) {
        return RoleMembership.join(client, ZooKeeperLayout.LEADERS.substring(1), id, info);
    }

    /** Stands in the election. */
    public Election stand(String id, Leadership leadership) {
        return new Election(client, id, leadership, System::currentTimeMillis);
    }

    @Override
    public void close() {
        client.close();
    }
}
