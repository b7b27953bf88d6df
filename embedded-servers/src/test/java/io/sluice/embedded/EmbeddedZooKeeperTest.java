package io.sluice.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperTest {

    private static final int SESSION_TIMEOUT_MS = 10_000;

    @TempDir
    Path folder;

    @Test
    void nodesSurviveARestartOnTheSamePort() throws Exception {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder)) {
            int port = server.port();
            try (ZooKeeper client = connect(server)) {
                client.create("/kept", "here".getBytes(UTF_8), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }

            server.stop();
            server.restart();

            assertThat(server.port()).isEqualTo(port);
            try (ZooKeeper client = connect(server)) {
                assertThat(client.getData("/kept", false, null)).isEqualTo("here".getBytes(UTF_8));
            }
        }
    }

    @Test
    void anExpiredSessionLosesItsNodes() throws Exception {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder);
                ZooKeeper owner = connect(server);
                ZooKeeper watcher = connect(server)) {
            owner.create("/mine", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);

            server.expire(owner.getSessionId());

            await().until(() -> watcher.exists("/mine", false) == null);
        }
    }

    @Test
    void aTakenPortIsABindException() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedZooKeeper.start(folder, taken.getLocalPort()))
                    .hasCauseInstanceOf(BindException.class);
        }
    }

    private static ZooKeeper connect(EmbeddedZooKeeper server) throws IOException {
        ZooKeeper client = new ZooKeeper(server.connectString(), SESSION_TIMEOUT_MS, event -> {});
        await().until(() -> client.getState().isConnected());
        return client;
    }
}
