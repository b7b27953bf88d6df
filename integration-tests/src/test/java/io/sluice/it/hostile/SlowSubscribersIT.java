package io.sluice.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.harness.Soaked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscribers that stop reading while messages come fast: what they cost, and who else notices. */
@Soaked
class SlowSubscribersIT {

    private static final Logger log = LoggerFactory.getLogger(SlowSubscribersIT.class);

    private static final int RATE = 500;
    private static final int SECONDS = Extent.of(3, 60);
    private static final int MESSAGES = RATE * SECONDS;
    private static final int MANY = 100;
    /** So few that each of them gets more than the sockets hold. */
    private static final int SOME = Extent.of(2, 20);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How late a message may be acknowledged; in short others have the machine as well, and may take most of it. */
    private static final Duration LATE = Extent.of(Duration.ofSeconds(10), Duration.ofSeconds(3));

    /** More than there are, so that nothing but the limits in bytes keeps the queues short. */
    private static final int QUEUE_MESSAGES = 10 * MESSAGES;

    private static final int QUEUE_BYTES = 2 << 20;
    private static final int ALL_QUEUES_BYTES = 24 << 20;
    /** What is added to each message when all are counted together. */
    private static final int OVERHEAD_BYTES = 200;

    private static final int WRITE_BUFFER_BYTES = 1 << 16;
    /** What is in the heap and in buffers for other reasons: messages on their way, Kafka's clients, free parts. */
    private static final int ALLOWANCE_BYTES = 16 << 20;

    private static GatewayProcess gateway;
    private final List<Flood.Receiver> receivers = new ArrayList<>();

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.start(
                "flooded-gateway",
                "-Xmx160m",
                Map.of(
                        "SLUICE_LIMITS_QUEUE_MESSAGES", Integer.toString(QUEUE_MESSAGES),
                        "SLUICE_LIMITS_QUEUE_BYTES", Integer.toString(QUEUE_BYTES),
                        "SLUICE_LIMITS_ALL_QUEUES_BYTES", Integer.toString(ALL_QUEUES_BYTES),
                        "SLUICE_MQTT_WRITE_BUFFER_BYTES", Integer.toString(WRITE_BUFFER_BYTES)));
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @AfterEach
    void everybodyLeaves() {
        receivers.forEach(Flood.Receiver::close);
        gateway.awaitDeserted();
    }

    @Test
    void oneThatStopsReadingIsNotFeltByOthers() {
        flood(1, new Flood("slow/one", 1, RATE));
    }

    @Test
    void aHundredThatStopReadingAreNotFeltByOthers() {
        flood(MANY, new Flood("slow/all", 1, RATE));
    }

    /** Here they share no message, so that what waits for each of them takes memory of its own. */
    @Test
    void thoseWithMessagesOfTheirOwnStayWithinTheMemoryForAll() {
        flood(SOME, new Flood("slow/each", SOME, RATE));
    }

    /** What QoS 1 promises cannot be kept for them; they are told so, and the others are not told anything. */
    @Test
    void thoseAtQos1AreDisconnectedWhenTheirQueueIsFull() {
        Flood flood = new Flood("slow/sure", 1, RATE);
        try (Witness witness = Witness.start(gateway.address(), "slow-sure")) {
            for (int i = 0; i < SOME; i++) {
                keep(Flood.Receiver.stopped(gateway.address(), flood.topic(0), 1));
            }
            Flood.Receiver reading = keep(Flood.Receiver.stopped(gateway.address(), "slow/#", 1));
            reading.startReading();
            Awaitility.await("everybody has subscribed")
                    .atMost(PATIENCE)
                    .until(() -> gateway.metric("sluice_subscriptions") == SOME + 2);
            double before = disconnectedForQuota();

            publish(flood);

            Awaitility.await("those that stopped are disconnected")
                    .atMost(PATIENCE)
                    .until(() -> disconnectedForQuota() == before + SOME);
            Awaitility.await("the one that reads has everything")
                    .atMost(PATIENCE)
                    .until(() -> reading.received() == MESSAGES || reading.trouble() != null);
            assertThat(reading.trouble()).isNull();
            witness.assertUndisturbed();
        }
    }

    /** There is nothing to be told before the first one. */
    private static double disconnectedForQuota() {
        return gateway.metricNames().contains("sluice_disconnects_total")
                ? gateway.metric("sluice_disconnects_total", "reason=\"quota-exceeded\"")
                : 0;
    }

    private static void publish(Flood flood) {
        Duration late = flood.publish(gateway.address(), MESSAGES);
        log.atInfo().addKeyValue("lateMs", late.toMillis()).log("All messages are acknowledged");
        assertThat(late).as("how late the last message was acknowledged").isLessThan(LATE);
    }

    private void flood(int stopped, Flood flood) {
        try (Witness witness = Witness.start(gateway.address(), flood.topic(0).replace('/', '-'))) {
            double before = gateway.metric("sluice_subscriptions");
            List<Flood.Receiver> slow = new ArrayList<>();
            for (int i = 0; i < stopped; i++) {
                slow.add(keep(Flood.Receiver.stopped(gateway.address(), flood.topic(i), 0)));
            }
            Flood.Receiver reading = keep(Flood.Receiver.stopped(gateway.address(), "slow/#", 1));
            reading.startReading();
            Awaitility.await("everybody has subscribed")
                    .atMost(PATIENCE)
                    .until(() -> gateway.metric("sluice_subscriptions") == before + stopped + 1);
            GatewayProcess.Footprint empty = gateway.footprint();
            double droppedBefore = gateway.metric("sluice_drops_total");
            double fullBefore = gateway.metric("sluice_drops_total", "reason=\"queue-full\"");

            publish(flood);
            Awaitility.await("the one that reads has everything")
                    .atMost(PATIENCE)
                    .until(() -> reading.received() == MESSAGES || reading.trouble() != null);
            assertThat(reading.trouble()).isNull();
            assertBounded(stopped, empty, gateway.footprint());
            witness.assertUndisturbed();

            long dropped = (long) (gateway.metric("sluice_drops_total") - droppedBefore);
            assertThat(gateway.metric("sluice_drops_total", "reason=\"queue-full\"") - fullBefore)
                    .as("drops because of full queues")
                    .isEqualTo((double) dropped)
                    .isPositive();
            slow.forEach(Flood.Receiver::startReading);
            long meant = flood.deliveries(stopped, MESSAGES);
            Awaitility.await("what was not dropped arrives when they read on")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(slow.stream()
                                            .mapToLong(Flood.Receiver::received)
                                            .sum()
                                    + dropped)
                            .isEqualTo(meant));
            assertThat(slow).extracting(Flood.Receiver::trouble).containsOnlyNulls();
            log.info("{} stopped, {} messages for them, {} dropped", stopped, meant, dropped);
        }
    }

    private Flood.Receiver keep(Flood.Receiver receiver) {
        receivers.add(receiver);
        return receiver;
    }

    private static void assertBounded(int stopped, GatewayProcess.Footprint empty, GatewayProcess.Footprint full) {
        double queued = gateway.metric("sluice_queued_messages");
        double bytes = gateway.metric("sluice_queued_bytes");
        log.info("{} stopped, {} messages and {} bytes wait; {} became {}", stopped, queued, bytes, empty, full);
        // Messages of QoS 0 have half of what is for all, and take up to twice as much while shares become smaller.
        double most = Math.min((double) stopped * QUEUE_BYTES, ALL_QUEUES_BYTES / 2.0);
        double mostWithShares = most < ALL_QUEUES_BYTES / 2.0 ? most : ALL_QUEUES_BYTES;
        assertThat(bytes - queued * OVERHEAD_BYTES)
                .as("bytes that wait, as the limits let them")
                .isBetween(0.9 * most, mostWithShares);
        assertThat(full.heapBytes() - empty.heapBytes())
                .as("heap for what waits")
                .isLessThan((long) mostWithShares + ALLOWANCE_BYTES);
        // Beyond the limit of a write buffer one more gathering of packets may be written.
        assertThat(full.bufferBytes() - empty.bufferBytes())
                .as("buffers for what waits")
                .isLessThan((long) stopped * 2 * WRITE_BUFFER_BYTES + ALLOWANCE_BYTES);
    }
}
