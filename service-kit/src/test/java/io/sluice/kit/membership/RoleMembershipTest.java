package io.sluice.kit.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.config.ZooKeeperConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleMembershipTest {

    private static final String PATH = "/routers/router-1";

    @TempDir
    Path folder;

    private EmbeddedZooKeeper zooKeeper;
    private CuratorFramework operator;

    @BeforeEach
    void start() {
        zooKeeper = EmbeddedZooKeeper.start(folder);
        operator = ZooKeeperClient.connect(config());
    }

    @AfterEach
    void close() {
        operator.close();
        zooKeeper.close();
    }

    @Test
    void isThereFromJoiningToLeaving() throws Exception {
        try (RoleMembership router = join()) {
            await().until(() -> operator.checkExists().forPath(PATH) != null);
            assertThat(new String(operator.getData().forPath(PATH), StandardCharsets.UTF_8))
                    .isEqualTo("{\"admin\":\"127.0.0.1:8083\"}");
        }
        await().until(() -> operator.checkExists().forPath(PATH) == null);
    }

    @Test
    void isThereAgainAfterItsSessionExpired() {
        try (RoleMembership router = join()) {
            await().until(() -> operator.checkExists().forPath(PATH) != null);
            long session = owner();

            zooKeeper.expire(session);

            await().untilAsserted(() -> assertThat(owner()).isNotZero().isNotEqualTo(session));
        }
    }

    @Test
    void waitsUntilAnEarlierLifeIsForgotten() throws Exception {
        CuratorFramework earlier = ZooKeeperClient.connect(config());
        earlier.create()
                .creatingParentsIfNeeded()
                .withMode(org.apache.zookeeper.CreateMode.EPHEMERAL)
                .forPath(PATH, new byte[0]);
        long session = owner();
        try (RoleMembership router = join()) {
            earlier.close();
            await().untilAsserted(() -> assertThat(owner()).isNotZero().isNotEqualTo(session));
        }
    }

    private ZooKeeperConfig config() {
        return new ZooKeeperConfig(zooKeeper.connectString(), "/sluice", Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private RoleMembership join() {
        return RoleMembership.join(config(), "routers", "router-1", Map.of("admin", "127.0.0.1:8083"));
    }

    private long owner() {
        try {
            Stat stat = operator.checkExists().forPath(PATH);
            return stat == null ? 0 : stat.getEphemeralOwner();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
