package io.sluice.leader.duty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LossDetectorTest {

    private static final String GATEWAY = "gateway-1";
    private static final Duration STALE_AFTER = Duration.ofSeconds(3);

    private final MovableClock clock = new MovableClock();
    private final LossDetector detector = new LossDetector(Duration.ofSeconds(10), clock);

    @Test
    void losesWhoIsAbsentAndSilentForTheWholeTime() {
        lookFor(Duration.ofSeconds(9), Set.of(GATEWAY));
        assertThat(look(Set.of(GATEWAY))).isEmpty();

        lookFor(Duration.ofSeconds(1), Set.of(GATEWAY));

        assertThat(look(Set.of(GATEWAY))).containsExactly(GATEWAY);
    }

    @Test
    void doesNotLoseWhoWritesHeartbeats() {
        for (int second = 0; second < 60; second++) {
            detector.heartbeat(GATEWAY);
            assertThat(look(Set.of(GATEWAY))).isEmpty();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void doesNotLoseWhoIsInZooKeeper() {
        lookFor(Duration.ofSeconds(9), Set.of(GATEWAY));
        look(Set.of());
        clock.advance(Duration.ofSeconds(1));

        lookFor(Duration.ofSeconds(9), Set.of(GATEWAY));

        assertThat(look(Set.of(GATEWAY))).isEmpty();
    }

    @Test
    void countsOnlyTimeForWhichAllHeartbeatsWereRead() {
        look(Set.of(GATEWAY));
        // The log is read slowly: what was written in these seconds is not known yet.
        clock.advance(Duration.ofSeconds(60));

        assertThat(detector.absent(Map.of(GATEWAY, STALE_AFTER))).isEmpty();
    }

    @Test
    void beginsAnewAfterKafkaWasAway() {
        lookFor(Duration.ofSeconds(9), Set.of(GATEWAY));
        clock.advance(Duration.ofSeconds(60));

        assertThat(look(Set.of(GATEWAY))).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        lookFor(Duration.ofSeconds(8), Set.of(GATEWAY));
        assertThat(look(Set.of(GATEWAY))).isEmpty();

        lookFor(Duration.ofSeconds(2), Set.of(GATEWAY));
        assertThat(look(Set.of(GATEWAY))).containsExactly(GATEWAY);
    }

    /** Until then it may do what only a gateway may that was not declared lost. */
    @Test
    void doesNotLoseWhoMayTakeItselfForAlive() {
        Duration staleAfter = Duration.ofSeconds(15);
        Set<String> absent = Set.of(GATEWAY);
        for (int second = 0; second < 16; second++) {
            assertThat(look(absent, staleAfter)).isEmpty();
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(look(absent, staleAfter)).containsExactly(GATEWAY);
    }

    @Test
    void tellsOneGatewayFromAnother() {
        for (int second = 0; second < 10; second++) {
            detector.heartbeat("gateway-2");
            look(Set.of(GATEWAY, "gateway-2"));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(look(Set.of(GATEWAY, "gateway-2"))).containsExactly(GATEWAY);
    }

    /** A look each second. */
    private void lookFor(Duration time, Set<String> absent) {
        for (int second = 0; second < time.toSeconds(); second++) {
            look(absent);
            clock.advance(Duration.ofSeconds(1));
        }
    }

    private Set<String> look(Set<String> absent) {
        return look(absent, STALE_AFTER);
    }

    private Set<String> look(Set<String> absent, Duration staleAfter) {
        detector.heartbeatsSeenUntil(clock.getAsLong());
        return detector.absent(absent.stream().collect(Collectors.toMap(id -> id, id -> staleAfter)));
    }
}
