package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitPaceTest {

    private static final long INTERVAL = 50;

    private final CommitPace pace = new CommitPace(INTERVAL);

    @Test
    void isNotHurriedByWhatNobodyWaitsFor() {
        assertThat(pace.untilNext(1_000)).isNegative();
        pace.held(1_000_000);
        assertThat(pace.untilNext(1_000)).isNegative();
    }

    @Test
    void commitsAtOnceWhatIsAwaitedWhenTheLastCommitIsLongAgo() {
        pace.awaited();
        assertThat(pace.untilNext(1_000)).isZero();

        pace.committed(1_000);
        assertThat(pace.untilNext(1_001)).isNegative();

        pace.awaited();
        assertThat(pace.untilNext(1_000 + INTERVAL)).isZero();
    }

    /** Many who come at once share a commit. */
    @Test
    void waitsForTheRestOfTheInterval() {
        pace.committed(1_000);
        pace.awaited();

        assertThat(pace.untilNext(1_010)).isEqualTo(40);
        assertThat(pace.untilNext(1_049)).isEqualTo(1);
        assertThat(pace.untilNext(1_050)).isZero();
    }

    @Test
    void doesNotWaitForAClockThatWasSetBack() {
        pace.committed(1_000_000);
        pace.awaited();

        assertThat(pace.untilNext(1_000)).isZero();
    }

    /** It would be too much for the heap. */
    @Test
    void commitsWhenMuchIsHeld() {
        pace.committed(1_000);
        pace.held(32 << 20);
        assertThat(pace.untilNext(1_001)).isZero();

        pace.committed(1_001);
        assertThat(pace.untilNext(1_002)).isNegative();
    }
}
