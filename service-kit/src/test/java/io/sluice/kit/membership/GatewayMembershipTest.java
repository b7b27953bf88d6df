package io.sluice.kit.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.StartException;
import io.sluice.kit.config.ZooKeeperConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayMembershipTest {

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private EmbeddedZooKeeper zooKeeper;
    private CuratorFramework operator;

    @BeforeEach
    void start() {
        zooKeeper = EmbeddedZooKeeper.start(folder);
        open.add(zooKeeper);
        operator = ZooKeeperClient.connect(config());
        open.add(operator);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void givesEachGatewayTheLowestFreeSlot() {
        GatewayMembership first = join("a", 4);
        GatewayMembership second = join("b", 4);
        GatewayMembership third = join("c", 4);
        assertThat(List.of(first.slot(), second.slot(), third.slot())).containsExactly(0, 1, 2);

        second.close();
        await().until(() -> !exists(ZooKeeperLayout.slot(1)));

        assertThat(join("d", 4).slot()).isEqualTo(1);
    }

    @Test
    void refusesOneGatewayMoreThanThereAreSlots() {
        join("a", 2);
        join("b", 2);

        assertThatThrownBy(() -> join("c", 2))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("all 2 slots are taken");
    }

    @Test
    void givesDistinctSlotsToGatewaysThatJoinTogether() {
        List<GatewayMembership> joined = List.of("a", "b", "c", "d", "e", "f").parallelStream()
                .map(name -> join(name, 6))
                .toList();

        assertThat(joined).extracting(GatewayMembership::slot).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void leavesNothingBehindWhenItLeaves() {
        GatewayMembership gateway = join("a", 2);
        String incarnation = gateway.incarnation();
        assertThat(exists(ZooKeeperLayout.incarnation(incarnation))).isTrue();

        gateway.close();

        assertThat(exists(ZooKeeperLayout.incarnation(incarnation))).isFalse();
        await().until(() -> !exists(ZooKeeperLayout.slot(0)));
    }

    /** So that the leader finds it lost, and what is left of it is settled. */
    @Test
    void leavesItsIncarnationBehindWhenItIsToStayOnRecord() {
        GatewayMembership gateway = join("a", 2);
        String incarnation = gateway.incarnation();

        gateway.stayOnRecord();
        gateway.close();

        await().until(() -> !exists(ZooKeeperLayout.slot(0)));
        assertThat(exists(ZooKeeperLayout.incarnation(incarnation))).isTrue();
    }

    @Test
    void showsEachGatewayTheStatusOfAllOthers() {
        GatewayMembership first = join("a", 2);
        GatewayMembership second = join("b", 2);
        GatewayStatus busy = new GatewayStatus("ready", 17, 0.5, Map.of("messages/received", 3.0));

        second.report(busy);

        await().untilAsserted(() -> assertThat(first.gateways())
                .containsExactly(
                        new GatewayNode(0, first.incarnation(), info("a"), GatewayStatus.STARTING),
                        new GatewayNode(1, second.incarnation(), info("b"), busy)));
        second.close();
        await().untilAsserted(() -> assertThat(first.gateways()).hasSize(1));
    }

    @Test
    void keepsSlotAndIncarnationWhenItsSessionExpires() throws Exception {
        Recorder events = new Recorder();
        GatewayMembership gateway = join("a", 2, events);
        String incarnation = gateway.incarnation();
        long session = owner(0);

        zooKeeper.expire(session);

        await().untilAsserted(() -> assertThat(owner(0)).isNotZero().isNotEqualTo(session));
        assertThat(gateway.slot()).isZero();
        assertThat(gateway.incarnation()).isEqualTo(incarnation);
        assertThat(events.seen).isEmpty();
    }

    @Test
    void takesAnotherSlotWhenItsOwnWasTakenMeanwhile() throws Exception {
        Recorder events = new Recorder();
        GatewayMembership gateway = join("a", 2, events);
        String incarnation = gateway.incarnation();

        // In one step, as after a long pause in which another gateway was faster.
        long session = owner(0);
        operator.transaction()
                .forOperations(
                        operator.transactionOp().delete().forPath(ZooKeeperLayout.slot(0)),
                        operator.transactionOp().create().forPath(ZooKeeperLayout.slot(0), new byte[] {'x'}));
        zooKeeper.expire(session);

        await().untilAsserted(() -> assertThat(events.seen).containsExactly("slot 1 " + incarnation));
        assertThat(gateway.slot()).isEqualTo(1);
    }

    @Test
    void joinsAsANewIncarnationWhenItWasDeclaredLost() throws Exception {
        Recorder events = new Recorder();
        GatewayMembership gateway = join("a", 2, events);
        String lost = gateway.incarnation();

        operator.delete().forPath(ZooKeeperLayout.incarnation(lost));
        zooKeeper.expire(owner(0));

        await().until(() -> !gateway.incarnation().equals(lost));
        await().untilAsserted(() ->
                assertThat(events.seen).containsExactly("lost " + lost, "slot 0 " + gateway.incarnation()));
        assertThat(exists(ZooKeeperLayout.incarnation(gateway.incarnation()))).isTrue();
    }

    @Test
    void doesNotReturnAsAnIncarnationThatIsCondemned() throws Exception {
        Recorder events = new Recorder();
        GatewayMembership gateway = join("a", 2, events);
        String condemned = gateway.incarnation();
        String path = ZooKeeperLayout.incarnation(condemned);
        byte[] sentence = Incarnation.fromJson(operator.getData().forPath(path))
                .condemn(42)
                .toJson();

        operator.setData().forPath(path, sentence);
        zooKeeper.expire(owner(0));

        await().untilAsserted(() -> assertThat(events.seen).hasSize(2).first().isEqualTo("lost " + condemned));
        assertThat(gateway.incarnation()).isNotEqualTo(condemned);
        assertThat(operator.getData().forPath(path)).isEqualTo(sentence);
    }

    @Test
    void worksOnWithoutZooKeeperAndIsBackInItsSlotAfterwards() throws Exception {
        Recorder events = new Recorder();
        GatewayMembership first = join("a", 2, events);
        GatewayMembership second = join("b", 2);
        await().untilAsserted(() -> assertThat(first.gateways()).hasSize(2));

        zooKeeper.stop();
        await().until(() -> !first.connected());
        first.report(new GatewayStatus("ready", 1, 0, Map.of()));

        assertThat(first.gateways()).hasSize(2);
        assertThat(first.slot()).isZero();
        // Longer than the session time-out, so that the client gives its session up.
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        zooKeeper.restart();

        await().atMost(Duration.ofSeconds(20)).until(() -> first.connected() && second.connected());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(second.gateways())
                        .extracting(node -> node.status().state())
                        .containsExactly("ready", "starting"));
        assertThat(events.seen).isEmpty();
    }

    @Test
    void leavesWithinSecondsWithoutZooKeeper() {
        GatewayMembership gateway = join("a", 2);
        zooKeeper.stop();
        long begin = System.nanoTime();

        gateway.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void saysSoWhenZooKeeperDoesNotAnswer() {
        ZooKeeperConfig nobody =
                new ZooKeeperConfig("127.0.0.1:1", "/sluice", Duration.ofSeconds(1), Duration.ofMillis(300));

        assertThatThrownBy(() -> GatewayMembership.join(nobody, 2, info("a"), new Recorder()))
                .isInstanceOf(StartException.class)
                .hasMessage("ZooKeeper at 127.0.0.1:1 did not answer within 300 ms");
    }

    private ZooKeeperConfig config() {
        return new ZooKeeperConfig(zooKeeper.connectString(), "/sluice", Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private GatewayMembership join(String name, int slots) {
        return join(name, slots, new Recorder());
    }

    private GatewayMembership join(String name, int slots, GatewayMembership.Listener listener) {
        GatewayMembership joined = GatewayMembership.join(config(), slots, info(name), listener);
        synchronized (open) {
            open.add(joined);
        }
        return joined;
    }

    private static GatewayInfo info(String name) {
        return new GatewayInfo(name, "127.0.0.1:1883", "127.0.0.1:8081", 3_000);
    }

    private boolean exists(String path) {
        try {
            return operator.checkExists().forPath(path) != null;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The ZooKeeper session that has a slot, 0 if none has. */
    private long owner(int slot) throws Exception {
        Stat stat = operator.checkExists().forPath(ZooKeeperLayout.slot(slot));
        return stat == null ? 0 : stat.getEphemeralOwner();
    }

    /** Notes what it hears. */
    private static final class Recorder implements GatewayMembership.Listener {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public void slotChanged(int slot, String incarnation) {
            seen.add("slot " + slot + " " + incarnation);
        }

        @Override
        public void declaredLost(String incarnation) {
            seen.add("lost " + incarnation);
        }
    }
}
