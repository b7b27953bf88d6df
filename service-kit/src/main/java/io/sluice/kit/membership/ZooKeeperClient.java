package io.sluice.kit.membership;

import io.sluice.kit.StartException;
import io.sluice.kit.config.ZooKeeperConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;

/** Opens connections to ZooKeeper, all in the same way. */
public final class ZooKeeperClient {

    private static final int RETRY_BASE_MS = 50;
    private static final int RETRY_MAX_MS = 1_000;
    private static final int RETRIES = 5;

    private ZooKeeperClient() {}

    /** A client that is connecting; paths are below the cluster's root. To be closed by the caller. */
    public static CuratorFramework start(ZooKeeperConfig config) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(config.connect())
                .namespace(config.root().substring(1))
                .sessionTimeoutMs(millis(config.sessionTimeout()))
                .connectionTimeoutMs(Math.min(millis(config.connectionTimeout()), millis(config.sessionTimeout())))
                .retryPolicy(new BoundedExponentialBackoffRetry(RETRY_BASE_MS, RETRY_MAX_MS, RETRIES))
                .build();
        client.start();
        return client;
    }

    /**
     * A client that is connected. To be closed by the caller.
     *
     * @throws StartException if ZooKeeper does not answer within the connection time-out
     */
    public static CuratorFramework connect(ZooKeeperConfig config) {
        CuratorFramework client = start(config);
        Duration patience = config.connectionTimeout();
        try {
            if (client.blockUntilConnected(millis(patience), TimeUnit.MILLISECONDS)) {
                return client;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
        throw new StartException(
                "ZooKeeper at " + config.connect() + " did not answer within " + patience.toMillis() + " ms");
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
