package io.sluice.leader.curator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.kit.membership.ZooKeeperClient;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Leadership;
import io.sluice.leader.Term;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElectionTest {

    @TempDir
    Path folder;

    private EmbeddedZooKeeper zooKeeper;
    /** By how much the clock of a candidate is ahead. */
    private volatile long clockMillis;

    @BeforeEach
    void start() {
        zooKeeper = EmbeddedZooKeeper.start(folder);
    }

    @AfterEach
    void stop() {
        zooKeeper.close();
    }

    @Test
    void makesOneCandidatePrimary() {
        try (Candidate first = new Candidate("a")) {
            await().until(first::isPrimary);
            try (Candidate second = new Candidate("b")) {
                await().during(Duration.ofSeconds(1)).until(() -> first.isPrimary() && !second.isPrimary());
            }
        }
    }

    @Test
    void givesEachPrimaryAHigherTermThanTheOneBefore() {
        Candidate before = new Candidate("a");
        await().until(before::isPrimary);
        long term = before.term();
        for (String id : List.of("b", "c", "d")) {
            Candidate next = new Candidate(id);
            before.close();
            await().until(next::isPrimary);

            assertThat(next.term()).isGreaterThan(term);
            term = next.term();
            before = next;
        }
        before.close();
    }

    /** Kafka remembers the terms that were, and would refuse for ever what is written in lower ones. */
    @Test
    void goesOnWithTheTermsWhenZooKeeperWasEmptied(@TempDir Path other) throws Exception {
        long term;
        try (Candidate candidate = new Candidate("a")) {
            await().until(candidate::isPrimary);
            for (int i = 0; i < 100; i++) {
                candidate.client.setData().forPath(ZooKeeperLayout.LATCH);
            }
        }
        try (Candidate candidate = new Candidate("a")) {
            await().until(candidate::isPrimary);
            term = candidate.term();
        }
        zooKeeper.close();
        zooKeeper = EmbeddedZooKeeper.start(other);
        try (Candidate candidate = new Candidate("a")) {
            await().until(candidate::isPrimary);

            assertThat(candidate.term()).isGreaterThan(term);
        }
    }

    @Test
    void givesAHigherTermAlsoByAClockThatIsBehind() {
        long term;
        try (Candidate first = new Candidate("a")) {
            await().until(first::isPrimary);
            term = first.term();
        }
        clockMillis = -3_600_000;
        try (Candidate second = new Candidate("b")) {
            await().until(second::isPrimary);

            assertThat(second.term()).isGreaterThan(term);
        }
    }

    @Test
    void handsOverAtOnceWhenThePrimaryStops() {
        try (Candidate standby = new Candidate("b", Duration.ofMinutes(1))) {
            Candidate primary = new Candidate("a", Duration.ofMinutes(1));
            await().until(() -> primary.isPrimary() || standby.isPrimary());
            Candidate first = primary.isPrimary() ? primary : standby;
            Candidate second = first == primary ? standby : primary;

            first.close();

            await().atMost(Duration.ofSeconds(2)).until(second::isPrimary);
            assertThat(first.heard).hasSize(2).last().asString().startsWith("revoked");
            second.close();
        }
    }

    @Test
    void endsTheTermWhenItsSessionExpiresAndElectsTheOther() throws Exception {
        try (Candidate first = new Candidate("a")) {
            await().until(first::isPrimary);
            long term = first.term();
            try (Candidate second = new Candidate("b")) {
                zooKeeper.expire(first.session());

                await().until(() -> first.heard.contains("revoked " + term));
                await().until(() -> first.isPrimary() || second.isPrimary());
                assertThat(Math.max(first.term(), second.term())).isGreaterThan(term);
            }
        }
    }

    @Test
    void hasNoPrimaryWithoutZooKeeperAndOneAgainAfterwards() {
        try (Candidate first = new Candidate("a");
                Candidate second = new Candidate("b")) {
            await().until(() -> first.isPrimary() || second.isPrimary());
            long term = Math.max(first.term(), second.term());

            zooKeeper.stop();
            await().atMost(Duration.ofSeconds(2)).until(() -> !first.isPrimary() && !second.isPrimary());
            // Longer than the session time-out: the clients give their sessions up, the server has not forgotten them.
            await().during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !first.isPrimary() && !second.isPrimary());
            zooKeeper.restart();

            await().atMost(Duration.ofSeconds(30)).until(() -> first.isPrimary() || second.isPrimary());
            await().during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> first.isPrimary() != second.isPrimary());
            assertThat(Math.max(first.term(), second.term())).isGreaterThanOrEqualTo(term);
        }
    }

    @Test
    void endsTheTermWhenTheNodeThatWonIsGone() throws Exception {
        try (Candidate candidate = new Candidate("a")) {
            await().until(candidate::isPrimary);
            Term lost = candidate.election.term();

            candidate.client.delete().forPath(lost.fence());

            await().until(lost::isOver);
            await().until(candidate::isPrimary);
            assertThat(candidate.term()).isGreaterThan(lost.number());
        }
    }

    @Test
    void standsAgainWhenItsNodeIsGone() throws Exception {
        try (Candidate primary = new Candidate("a")) {
            await().until(primary::isPrimary);
            try (Candidate standby = new Candidate("b")) {
                await().until(() -> nodes(standby).size() == 2);
                String node = nodes(standby).stream()
                        .filter(path -> !path.equals(primary.election.term().fence()))
                        .findFirst()
                        .orElseThrow();

                standby.client.delete().forPath(node);

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> nodes(standby).size() == 2);
                assertThat(primary.isPrimary()).isTrue();
                assertThat(standby.isPrimary()).isFalse();
            }
        }
    }

    private static List<String> nodes(Candidate candidate) throws Exception {
        return candidate.client.getChildren().forPath(ZooKeeperLayout.LATCH).stream()
                .map(name -> ZooKeeperLayout.LATCH + "/" + name)
                .toList();
    }

    /** A candidate with a connection of its own, which notes what it hears. */
    private final class Candidate implements Leadership, AutoCloseable {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final CuratorFramework client;
        private final Election election;
        private boolean closed;

        Candidate(String id) {
            this(id, Duration.ofSeconds(1));
        }

        Candidate(String id, Duration sessionTimeout) {
            client = ZooKeeperClient.connect(
                    new ZooKeeperConfig(zooKeeper.connectString(), "/sluice", sessionTimeout, Duration.ofSeconds(10)));
            election = new Election(client, id, this, () -> System.currentTimeMillis() + clockMillis);
        }

        boolean isPrimary() {
            return election.term() != null;
        }

        long term() {
            Term term = election.term();
            return term == null ? 0 : term.number();
        }

        long session() throws Exception {
            return client.getZookeeperClient().getZooKeeper().getSessionId();
        }

        @Override
        public void granted(Term term) {
            heard.add("granted " + term.number());
        }

        @Override
        public void revoked(Term term) {
            assertThat(term.isOver()).isTrue();
            heard.add("revoked " + term.number());
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                election.close();
                client.close();
            }
        }
    }
}
