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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker sees it when the product breaks its promises, and sees nothing when it does not. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SabotageIT {

    private static final String GATEWAY = "gateway-1";
    private static final Duration ARRIVAL = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static Path choice;
    private static ProcessCluster cluster;

    @BeforeAll
    static void startCluster() throws IOException {
        choice = folder.resolve("sabotage");
        choose(Set.of(Sabotage.NONE));
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

    /** The first, so that no process has seen anything else. */
    @Test
    @Order(1)
    void theCheckerFindsNothingWrongWhenNobodyBreaksAnything() {
        String name = "sabotage-none-durable";
        clean("sabotage-none")
                .during(clean -> durable(name, Crowd.sharing(name, 2)).during(durable -> {
                    clean.awaitVisits(3);
                    durable.awaitMore(1_200);
                    durable.settle();
                    clean.settle();
                }));
    }

    /**
     * By what is done the promise that has to be seen as broken by it, and those that may be as well: what is repeated comes over
     * one connection; of what is swapped the last ones never come.
     */
    static Stream<Arguments> cleanSessions() {
        return Stream.of(
                Arguments.of(Sabotage.LOSE, Promise.SUBSCRIBED_GETS_ALL, Set.of()),
                Arguments.of(
                        Sabotage.REPEAT,
                        Promise.NOTHING_TWICE,
                        EnumSet.of(Promise.REPETITION_IS_MARKED, Promise.IDENTIFIER_STAYS)),
                Arguments.of(Sabotage.SWAP, Promise.IN_ORDER, EnumSet.of(Promise.SUBSCRIBED_GETS_ALL)));
    }

    @ParameterizedTest
    @MethodSource("cleanSessions")
    void theCheckerNamesThePromise(Sabotage sabotage, Promise broken, Set<Promise> more) throws IOException {
        sabotage(Set.of(sabotage));
        clean("sabotage-" + sabotage).during(crowd -> {
            crowd.awaitMore(600);
            assertSeen(crowd, Map.of(sabotage, broken), more);
        });
    }

    /** A visitor shows a clear that was forgotten only if nothing was set since, which few of them meet. */
    @Test
    void theCheckerSeesThatClearsAreForgottenAndMessagesWrittenTwice() throws IOException {
        Map<Sabotage, Promise> broken = Map.of(
                Sabotage.FORGET_CLEARS, Promise.RETAINED_IS_SEEN,
                Sabotage.APPEND_TWICE, Promise.REPETITION_HAS_CAUSE);
        sabotage(broken.keySet());
        clean("sabotage-clears").during(crowd -> {
            Awaitility.await("a visitor finds what was cleared")
                    .atMost(PATIENCE)
                    .until(() -> crowd.judge().stream()
                            .anyMatch(violation -> violation.promise() == Promise.RETAINED_IS_SEEN));
            assertSeen(crowd, broken, Set.of());
        });
    }

    /** The gateway dies with messages that it has acknowledged, and with its clients' wills. */
    @Test
    void theCheckerSeesWhatIsLostWithAGateway() throws IOException {
        Map<Sabotage, Promise> broken = Map.of(
                Sabotage.ACKNOWLEDGE_EARLY, Promise.ACKNOWLEDGED_IS_LOGGED,
                Sabotage.FORGET_WILLS_OF_THE_LOST, Promise.WILL_ONCE);
        sabotage(broken.keySet());
        clean("sabotage-lost").during(crowd -> {
            crowd.history().fault("acknowledged before the log has it");
            cluster.link(GATEWAY, ProcessCluster.KAFKA).cut();
            crowd.awaitMore(50);
            crowd.mayLose(cluster.mqtt(GATEWAY));
            awaitDone(Sabotage.ACKNOWLEDGE_EARLY);
            cluster.get(GATEWAY).kill();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).reset();
            cluster.link(GATEWAY, ProcessCluster.KAFKA).mend();
            cluster.start(GATEWAY);
            cluster.awaitReady(GATEWAY);
            awaitDone(Sabotage.FORGET_WILLS_OF_THE_LOST);
            assertThat(promises(crowd)).containsAll(broken.values());
        });
    }

    /**
     * As above. What is lost or skipped may come later, out of order, when its publisher has sent it twice; so does what has the
     * identifier of another message, for which its client takes it. A will is a message like others.
     */
    static Stream<Arguments> durableSessions() {
        return Stream.of(
                Arguments.of(
                        Map.of(
                                Sabotage.SETTLE_EARLY, Promise.SUBSCRIBED_GETS_ALL,
                                Sabotage.GIVE_TWICE, Promise.REPETITION_HAS_CAUSE),
                        EnumSet.of(Promise.IN_ORDER, Promise.WILL_ONCE)),
                Arguments.of(
                        Map.of(Sabotage.SKIP_ON_PAGES, Promise.SUBSCRIBED_GETS_ALL),
                        EnumSet.of(Promise.IN_ORDER, Promise.WILL_ONCE)),
                Arguments.of(
                        Map.of(Sabotage.CHANGE_IDENTIFIERS, Promise.IDENTIFIER_STAYS),
                        EnumSet.of(Promise.NOTHING_TWICE, Promise.SUBSCRIBED_GETS_ALL, Promise.IN_ORDER)),
                Arguments.of(
                        Map.of(Sabotage.FORGET_RECEIPTS, Promise.NOTHING_TWICE),
                        EnumSet.of(Promise.REPETITION_IS_MARKED)),
                Arguments.of(
                        Map.of(
                                Sabotage.FORGET_PUBREC, Promise.NOTHING_TWICE,
                                Sabotage.HASTEN_WILLS, Promise.WILL_ONCE),
                        Set.of()));
    }

    @ParameterizedTest
    @MethodSource("durableSessions")
    void theCheckerNamesThePromiseOfDurableSessions(Map<Sabotage, Promise> broken, Set<Promise> more)
            throws IOException {
        sabotage(broken.keySet());
        String name = "sabotage-" + Sabotage.choice(broken.keySet()).replace(',', '-');
        List<Plan> sharing = broken.containsKey(Sabotage.GIVE_TWICE) ? Crowd.sharing(name, 1) : List.of();
        durable(name, sharing).during(crowd -> {
            crowd.awaitMore(1_200);
            assertSeen(crowd, broken, more);
        });
    }

    /** Each of these promises was seen to be broken, none but these and some more was, and it was done indeed. */
    private static void assertSeen(Crowd crowd, Map<Sabotage, Promise> broken, Set<Promise> more) {
        Set<Promise> all = EnumSet.copyOf(broken.values());
        all.addAll(more);
        assertThat(promises(crowd)).containsAll(broken.values()).isSubsetOf(all);
        broken.keySet().forEach(SabotageIT::awaitDone);
    }

    private static Set<Promise> promises(Crowd crowd) {
        List<Violation> violations = crowd.judgeWhenSettled(ARRIVAL);
        return Set.copyOf(violations.stream().map(Violation::promise).distinct().toList());
    }

    // --- what is done

    private static void choose(Set<Sabotage> sabotages) throws IOException {
        // All at once, since somebody reads it all the time.
        Path written = folder.resolve("sabotage.new");
        Files.writeString(written, Sabotage.choice(sabotages));
        Files.move(written, choice, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** From now on this is done. */
    private static void sabotage(Set<Sabotage> sabotages) throws IOException {
        choose(sabotages);
        sabotages.forEach(sabotage -> awaitPrinted(sabotage, sabotage.announcement()));
    }

    private static void awaitDone(Sabotage sabotage) {
        awaitPrinted(sabotage, sabotage.deed());
    }

    private static void awaitPrinted(Sabotage sabotage, String line) {
        String process = sabotage.where() + "-1";
        Awaitility.await(process + " prints " + line)
                .atMost(PATIENCE)
                .until(() -> cluster.get(process).printed().contains(line));
    }

    // --- to whom

    private static Crowd clean(String name) {
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

    private static Crowd durable(String name, List<Plan> more) {
        List<Plan> plans = new ArrayList<>(Crowd.durable(name, 2));
        plans.addAll(more);
        Duration interval = Duration.ofMillis(20);
        return Crowd.start(name, cluster.bootstrapServers(), plans, 1, interval, cluster.mqtt(GATEWAY))
                .restless(Duration.ofMillis(200));
    }
}
