package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.harness.ProcessCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker sees it when the product breaks its promises. */
class SabotageIT {

    private static final String GATEWAY = "gateway-1";
    private static final Duration ARRIVAL = Duration.ofSeconds(3);

    @TempDir
    private static Path folder;

    private static Path choice;
    private static ProcessCluster cluster;

    @BeforeAll
    static void startCluster() throws IOException {
        choice = folder.resolve("sabotage");
        choose(Sabotage.NONE);
        cluster = new ProcessCluster("sabotage", folder, "leader-1", "router-1", GATEWAY)
                .withJvmOption("gateway", Sabotage.jvmOption("gateway", choice))
                .withJvmOption("router", Sabotage.jvmOption("router", choice));
        cluster.startAll();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** By what is done, the promises that are broken by it. */
    static Stream<Arguments> cleanSessions() {
        return Stream.of(
                Arguments.of(Sabotage.LOSE, EnumSet.of(Promise.SUBSCRIBED_GETS_ALL)),
                Arguments.of(
                        Sabotage.REPEAT,
                        EnumSet.of(Promise.NOTHING_TWICE, Promise.REPETITION_IS_MARKED, Promise.IDENTIFIER_STAYS)),
                Arguments.of(Sabotage.FORGET_CLEARS, EnumSet.of(Promise.RETAINED_IS_SEEN)));
    }

    @ParameterizedTest
    @MethodSource("cleanSessions")
    void theCheckerNamesThePromise(Sabotage sabotage, Set<Promise> broken) throws IOException {
        sabotage(sabotage);
        crowd(sabotage).during(crowd -> {
            // A visitor shows a clear that was forgotten only if nothing was set since, which few of them meet.
            crowd.awaitVisits(sabotage == Sabotage.FORGET_CLEARS ? 30 : 3);
            crowd.awaitMore(600);
            assertThat(promises(crowd)).isNotEmpty().isSubsetOf(broken);
        });
    }

    @Test
    void theCheckerSeesThatMessagesAreSwapped() throws IOException {
        sabotage(Sabotage.SWAP);
        crowd(Sabotage.SWAP).during(crowd -> {
            crowd.awaitMore(1_000);
            // The last ones that were held back never come.
            assertThat(promises(crowd))
                    .contains(Promise.IN_ORDER)
                    .isSubsetOf(Promise.IN_ORDER, Promise.SUBSCRIBED_GETS_ALL);
        });
    }

    @Test
    void theCheckerSeesThatMessagesAreAcknowledgedBeforeTheLogHasThem() throws IOException {
        sabotage(Sabotage.ACKNOWLEDGE_EARLY);
        crowd(Sabotage.ACKNOWLEDGE_EARLY).during(crowd -> {
            crowd.history().fault("acknowledged before the log has it");
            cluster.link(GATEWAY, ProcessCluster.KAFKA).cut();
            crowd.awaitMore(50);
            crowd.mayLose(cluster.mqtt(GATEWAY));
            cluster.get(GATEWAY).kill();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).reset();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).mend();
            cluster.start(GATEWAY);
            cluster.awaitReady(GATEWAY);
            assertThat(promises(crowd)).contains(Promise.ACKNOWLEDGED_IS_LOGGED);
        });
    }

    /**
     * As above. What is lost or skipped may come later, out of order, when its publisher has sent it twice; so does what has the
     * identifier of another message, for which its client takes it. A will is a message like others.
     */
    static Stream<Arguments> durableSessions() {
        return Stream.of(
                Arguments.of(
                        Sabotage.SETTLE_EARLY,
                        EnumSet.of(Promise.SUBSCRIBED_GETS_ALL, Promise.IN_ORDER, Promise.WILL_ONCE)),
                Arguments.of(
                        Sabotage.SKIP_ON_PAGES,
                        EnumSet.of(Promise.SUBSCRIBED_GETS_ALL, Promise.IN_ORDER, Promise.WILL_ONCE)),
                Arguments.of(Sabotage.FORGET_PUBREC, EnumSet.of(Promise.NOTHING_TWICE)),
                Arguments.of(
                        Sabotage.CHANGE_IDENTIFIERS,
                        EnumSet.of(
                                Promise.IDENTIFIER_STAYS,
                                Promise.NOTHING_TWICE,
                                Promise.SUBSCRIBED_GETS_ALL,
                                Promise.IN_ORDER)),
                Arguments.of(Sabotage.FORGET_RECEIPTS, EnumSet.of(Promise.NOTHING_TWICE, Promise.REPETITION_IS_MARKED)),
                Arguments.of(Sabotage.HASTEN_WILLS, EnumSet.of(Promise.WILL_ONCE)));
    }

    @ParameterizedTest
    @MethodSource("durableSessions")
    void theCheckerNamesThePromiseOfDurableSessions(Sabotage sabotage, Set<Promise> broken) throws IOException {
        sabotage(sabotage);
        String name = "sabotage-" + sabotage;
        InetSocketAddress gateway = cluster.mqtt(GATEWAY);
        Crowd.start(name, cluster.bootstrapServers(), Crowd.durable(name, 2), 1, Duration.ofMillis(20), gateway)
                .restless(Duration.ofMillis(200))
                .during(crowd -> {
                    crowd.awaitMore(1_200);
                    assertThat(promises(crowd)).isNotEmpty().isSubsetOf(broken);
                });
    }

    private static Set<Promise> promises(Crowd crowd) {
        List<Violation> violations = crowd.judgeWhenSettled(ARRIVAL);
        return Set.copyOf(violations.stream().map(Violation::promise).distinct().toList());
    }

    private static void sabotage(Sabotage sabotage) throws IOException {
        choose(sabotage);
        String process = sabotage.where() + "-1";
        Awaitility.await(process + " knows what to do")
                .until(() -> cluster.get(process).printed().contains(sabotage.announcement()));
    }

    /** All at once, since somebody reads it all the time. */
    private static void choose(Sabotage sabotage) throws IOException {
        Path written = folder.resolve("sabotage.new");
        Files.writeString(written, sabotage.name());
        Files.move(written, choice, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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
