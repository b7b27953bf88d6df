package io.sluice.leader.curator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.GatewayInfo;
import io.sluice.kit.membership.GatewayStatus;
import io.sluice.kit.membership.Incarnation;
import io.sluice.kit.membership.ZooKeeperClient;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import io.sluice.leader.duty.GatewayRegister.Absent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperGatewayRegisterTest {

    private static final String FENCE = ZooKeeperLayout.LATCH + "/node";
    private static final Duration STALE_AFTER = Duration.ofSeconds(3);
    private static final Incarnation RECORD = new Incarnation(
            3, new GatewayInfo("a", "127.0.0.1:1883", "127.0.0.1:8081", 3_000), GatewayStatus.STARTING, 0);

    @TempDir
    Path folder;

    private final Term term = new Term(7, FENCE);
    private EmbeddedZooKeeper zooKeeper;
    private CuratorFramework client;
    private ZooKeeperGatewayRegister register;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(folder);
        client = ZooKeeperClient.connect(new ZooKeeperConfig(
                zooKeeper.connectString(), "/sluice", Duration.ofSeconds(10), Duration.ofSeconds(10)));
        client.create().creatingParentsIfNeeded().forPath(FENCE, new byte[0]);
        register = new ZooKeeperGatewayRegister(client);
    }

    @AfterEach
    void stop() {
        client.close();
        zooKeeper.close();
    }

    @Test
    void knowsNobodyInANewCluster() throws Exception {
        assertThat(register.absent()).isEmpty();
    }

    @Test
    void knowsWhoHasARecordAndNoSlot() throws Exception {
        record("present");
        record("absent");
        client.create()
                .creatingParentsIfNeeded()
                .forPath(ZooKeeperLayout.slot(3), "present".getBytes(StandardCharsets.UTF_8));

        assertThat(register.absent()).containsExactly(new Absent("absent", 3, STALE_AFTER, false, 0));
    }

    @Test
    void condemnsThenRemoves() throws Exception {
        record("a-1");

        assertThat(register.condemn(term, onlyAbsent())).isTrue();
        assertThat(onlyAbsent()).isEqualTo(new Absent("a-1", 3, STALE_AFTER, true, 1));

        register.remove(term, onlyAbsent());
        assertThat(register.absent()).isEmpty();
        // Once more, as after an answer that was lost.
        register.remove(term, new Absent("a-1", 3, STALE_AFTER, true, 1));
    }

    @Test
    void doesNotCondemnWhoseRecordHasChanged() throws Exception {
        record("a-1");
        Absent seen = onlyAbsent();
        client.setData().forPath(ZooKeeperLayout.incarnation("a-1"), RECORD.toJson());

        assertThat(register.condemn(term, seen)).isFalse();
        assertThat(onlyAbsent().condemned()).isFalse();
    }

    @Test
    void doesNotCondemnWhoHasLeft() throws Exception {
        assertThat(register.condemn(term, new Absent("gone", 3, STALE_AFTER, false, 0)))
                .isFalse();
    }

    @Test
    void writesNothingWhenTheNodeThatWonIsGone() throws Exception {
        record("a-1");
        Absent seen = onlyAbsent();
        client.delete().forPath(FENCE);

        assertThatThrownBy(() -> register.condemn(term, seen)).isInstanceOf(TermOverException.class);
        assertThat(term.isOver()).isTrue();
        assertThatThrownBy(() -> register.remove(new Term(7, FENCE), seen)).isInstanceOf(TermOverException.class);
        assertThat(register.absent()).containsExactly(seen);
    }

    @Test
    void leavesDamagedRecordsAlone() throws Exception {
        client.create().creatingParentsIfNeeded().forPath(ZooKeeperLayout.incarnation("broken"), new byte[] {'?'});
        record("a-1");

        assertThat(register.absent()).extracting(Absent::incarnation).containsExactly("a-1");
    }

    private void record(String incarnation) throws Exception {
        client.create().creatingParentsIfNeeded().forPath(ZooKeeperLayout.incarnation(incarnation), RECORD.toJson());
    }

    private Absent onlyAbsent() throws Exception {
        assertThat(register.absent()).hasSize(1);
        return register.absent().get(0);
    }
}
