package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.load.SequenceTracker.Arrival;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceTrackerTest {

    private final SequenceTracker tracker = new SequenceTracker();

    @Test
    void allIsWell() {
        for (int i = 0; i < 100; i++) {
            assertThat(tracker.arrived(i)).isEqualTo(Arrival.IN_ORDER);
        }
        assertThat(tracker.missingOf(100)).isZero();
        assertThat(tracker.missingOf(103)).isEqualTo(3);
    }

    @Test
    void aGapThatIsFilledLaterIsLateNotLost() {
        tracker.arrived(0);
        assertThat(tracker.arrived(3)).isEqualTo(Arrival.IN_ORDER);
        assertThat(tracker.arrived(2)).isEqualTo(Arrival.LATE);
        assertThat(tracker.arrived(2)).isEqualTo(Arrival.DUPLICATE);
        assertThat(tracker.arrived(3)).isEqualTo(Arrival.DUPLICATE);
        assertThat(tracker.missingOf(4)).isEqualTo(1);
    }

    @Test
    void agreesWithASetForAnyOrderOfArrival() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            SequenceTracker judged = new SequenceTracker();
            Set<Long> seen = new HashSet<>();
            long highest = -1;
            for (int i = 0; i < 300; i++) {
                long number = Math.max(0, i / 2 + random.nextInt(20) - 10);
                Arrival expected =
                        !seen.add(number) ? Arrival.DUPLICATE : number > highest ? Arrival.IN_ORDER : Arrival.LATE;
                highest = Math.max(highest, number);
                assertThat(judged.arrived(number))
                        .as("seed %d, arrival %d", seed, i)
                        .isEqualTo(expected);
            }
            assertThat(judged.missingOf(200)).isEqualTo(200 - seen.size());
        }
    }
}
