package io.sluice.it.failover;

import static io.sluice.it.harness.ProcessCluster.KAFKA;
import static io.sluice.it.harness.ProcessCluster.ZOOKEEPER;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.OneAtATime;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.Soaked;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything at once: durable sessions, shared subscriptions, clean sessions and visitors, the durable ones restless, while one part of the cluster after the
 * other is killed, stopped for a while, or cut off. At the end nothing is missing and all promises were kept.
 *
 * <p>{@code -Dsluice.breaking.seed} makes the same faults, and deeds of clients, in the same order; {@code
 * -Dsluice.breaking.length}, such as PT1M, how long it takes.
 */
@Soaked
@ExtendWith(OneAtATime.class)
class BreakingIT {

    private static final Logger log = LoggerFactory.getLogger(BreakingIT.class);

    private static final Duration LENGTH =
            Duration.parse(System.getProperty("sluice.breaking.length", Extent.of("PT3M", "PT30M")));
    private static final long SEED = Long.getLong("sluice.breaking.seed", System.currentTimeMillis() % 1_000_000);
    private static final int GROUPS = Extent.of(3, 50);
    private static final int FIVES = Extent.of(2, 10);
    private static final Duration INTERVAL = Extent.of(Duration.ofMillis(200), Duration.ofSeconds(1));
    private static final Duration RESTLESSNESS = Extent.of(Duration.ofSeconds(4), Duration.ofSeconds(20));
    /** The longest that a fault lasts, so that others take over; and that traffic flows before the next one. */
    private static final int LONGEST_MS = Extent.of(5_000, 12_000);

    private static final int QUIET_MS = Extent.of(1_000, 8_000);

    private static final String[] MEMBERS = {
        "leader-1", "leader-2", "router-1", "router-2", "gateway-1", "gateway-2", "gateway-3"
    };

    @TempDir
    private static Path folder;

    private static ProcessCluster cluster;
    private final Random random = new Random(SEED);
    private Crowd crowd;

    @BeforeAll
    static void startCluster() {
        cluster = new ProcessCluster("breaking", folder, MEMBERS)
                .with("gateway", "SLUICE_LIMITS_QUEUE_MESSAGES", Extent.of("50", "12"));
        cluster.startAll();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Something that fails, and is mended before this returns. */
    private record Fault(String name, Runnable happens) {}

    private List<Fault> faults() {
        return List.of(
                new Fault("gateway killed", () -> kill(any("gateway"))),
                new Fault("router killed", () -> kill(any("router"))),
                new Fault("leader killed", () -> kill(cluster.awaitPrimary())),
                new Fault("gateway stopped", () -> pause(any("gateway"), lasting())),
                new Fault("router stopped", () -> pause(any("router"), lasting())),
                new Fault("leader stopped", () -> pause(cluster.awaitPrimary(), lasting())),
                new Fault("gateway cut off from Kafka", () -> cut(any("gateway"), KAFKA)),
                new Fault("router cut off from Kafka", () -> cut(any("router"), KAFKA)),
                new Fault("gateway cut off from ZooKeeper", () -> cut(any("gateway"), ZOOKEEPER)),
                new Fault("links to Kafka reset", this::resetLinks),
                new Fault("Kafka stopped", () -> pause(KAFKA, lasting())),
                new Fault("Kafka killed", () -> kill(KAFKA)),
                new Fault("ZooKeeper killed", () -> kill(ZOOKEEPER)),
                new Fault("ZooKeeper stopped", () -> pause(ZOOKEEPER, Duration.ofSeconds(30))));
    }

    @Test
    void promisesAreKeptWhateverFails() {
        log.atInfo().addKeyValue("seed", SEED).addKeyValue("length", LENGTH).log("Breaking what can break");
        crowd = start();
        crowd.during(unused -> run());
    }

    private void run() {
        crowd.awaitFlow(crowd.history().note("seed " + SEED));
        breakThings();
        crowd.awaitFlow(crowd.history().note("nothing fails any more"));
        crowd.history().calm();
        crowd.settle();
        log.atInfo().addKeyValue("events", crowd.history().events().size()).log("All promises were kept");
    }

    private static Crowd start() {
        List<Plan> plans = new ArrayList<>(Crowd.everyKind("clean", "breaking/clean"));
        plans.addAll(Crowd.durable("breaking", GROUPS));
        plans.addAll(Crowd.sharing("breaking", FIVES));
        return Crowd.start(
                        "breaking",
                        cluster.bootstrapServers(),
                        plans,
                        SEED,
                        INTERVAL,
                        cluster.mqtt("gateway-1"),
                        cluster.mqtt("gateway-2"),
                        cluster.mqtt("gateway-3"))
                .withDurableVisitors()
                .restless(RESTLESSNESS);
    }

    private void breakThings() {
        long end = System.nanoTime() + LENGTH.toNanos();
        List<Fault> next = new ArrayList<>();
        while (System.nanoTime() - end < 0) {
            if (next.isEmpty()) {
                next.addAll(faults());
                Collections.shuffle(next, random);
            }
            Fault fault = next.remove(0);
            crowd.mayLoseNoMore();
            crowd.history().fault(fault.name());
            log.atInfo().addKeyValue("fault", fault.name()).log("Something fails");
            fault.happens().run();
            ProcessCluster.last(Duration.ofMillis(QUIET_MS / 4 + random.nextInt(QUIET_MS)));
        }
    }

    private String any(String kind) {
        List<String> those =
                Stream.of(MEMBERS).filter(member -> member.startsWith(kind)).toList();
        return those.get(random.nextInt(those.size()));
    }

    private Duration lasting() {
        return Duration.ofMillis(1_000 + random.nextInt(LONGEST_MS));
    }

    private void kill(String process) {
        Duration away = lasting();
        crowd.history().note("kill -9 " + process + " for " + away);
        begins(process);
        cluster.get(process).kill();
        ProcessCluster.last(away);
        cluster.start(process);
        mended(process);
    }

    private void pause(String process, Duration length) {
        crowd.history().note("kill -STOP " + process + " for " + length);
        begins(process);
        cluster.get(process).pause();
        ProcessCluster.last(length);
        cluster.get(process).resume();
        mended(process);
    }

    private void cut(String process, String server) {
        Duration length = lasting();
        crowd.history().note("cut " + process + " - " + server + " for " + length);
        begins(process);
        cluster.link(process, server).cut();
        ProcessCluster.last(length);
        cluster.link(process, server).mend();
        mended(process);
    }

    private void resetLinks() {
        crowd.history().note("reset all links to kafka");
        Stream.of(MEMBERS).forEach(member -> cluster.link(member, KAFKA).reset());
    }

    /** While a gateway is in trouble its clients may lose their connections; faults of all else they do not notice. */
    private void begins(String process) {
        if (process.startsWith("gateway")) {
            crowd.mayLose(cluster.mqtt(process));
        }
    }

    private void mended(String process) {
        crowd.history().note(process + " goes on");
        Stream.of(KAFKA, ZOOKEEPER).forEach(cluster::awaitReady);
        Stream.of(MEMBERS).filter(member -> !member.startsWith("leader")).forEach(cluster::awaitReady);
        crowd.history().note("all serve");
    }
}
