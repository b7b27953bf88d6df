package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.harness.ProcessCluster;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checker sees it when the product breaks its promises. */
class SabotageIT {

    private static final String GATEWAY = "gateway-1";

    @TempDir
    private static Path folder;

    private static ProcessCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = new ProcessCluster("sabotage", folder, "leader-1", GATEWAY);
        cluster.startAll();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"LOSE, SUBSCRIBED_GETS_ALL", "REPEAT, NOTHING_TWICE", "FORGET_CLEARS, RETAINED_IS_SEEN"})
    void theCheckerNamesThePromise(Sabotage sabotage, Promise promise) {
        sabotage(sabotage);
        try (Crowd crowd = crowd(sabotage)) {
            // A visitor shows a clear that was forgotten only if nothing was set since, which few of them meet.
            crowd.awaitVisits(sabotage == Sabotage.FORGET_CLEARS ? 30 : 3);
            crowd.awaitMore(600);
            assertThat(crowd.judgeWhenSettled())
                    .isNotEmpty()
                    .extracting(Violation::promise)
                    .containsOnly(promise);
        }
    }

    @Test
    void theCheckerSeesThatMessagesAreSwapped() {
        sabotage(Sabotage.SWAP);
        try (Crowd crowd = crowd(Sabotage.SWAP)) {
            crowd.awaitMore(1_000);
            // The last ones that were held back never come.
            assertThat(crowd.judgeWhenSettled())
                    .extracting(Violation::promise)
                    .contains(Promise.IN_ORDER)
                    .isSubsetOf(Promise.IN_ORDER, Promise.SUBSCRIBED_GETS_ALL);
        }
    }

    @Test
    void theCheckerSeesThatMessagesAreAcknowledgedBeforeTheLogHasThem() {
        sabotage(Sabotage.ACKNOWLEDGE_EARLY);
        try (Crowd crowd = crowd(Sabotage.ACKNOWLEDGE_EARLY)) {
            cluster.link(GATEWAY, ProcessCluster.KAFKA).cut();
            crowd.awaitMore(50);
            crowd.mayLose(cluster.mqtt(GATEWAY));
            cluster.get(GATEWAY).kill();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).reset();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).mend();
            cluster.start(GATEWAY);
            cluster.awaitReady(GATEWAY);
            List<Violation> violations = crowd.judgeWhenSettled();
            assertThat(violations).extracting(Violation::promise).contains(Promise.ACKNOWLEDGED_IS_LOGGED);
        }
    }

    private static void sabotage(Sabotage sabotage) {
        cluster.get(GATEWAY).kill();
        cluster.start(GATEWAY, sabotage.jvmOption());
        cluster.awaitReady(GATEWAY);
    }

    private static Crowd crowd(Sabotage sabotage) {
        String name = "sabotage-" + sabotage;
        InetSocketAddress gateway = cluster.mqtt(GATEWAY);
        return Crowd.start(
                        name,
                        cluster.bootstrapServers(),
                        Crowd.everyKind(name),
                        Duration.ofMillis(50),
                        gateway,
                        gateway)
                .withVisitors();
    }
}
