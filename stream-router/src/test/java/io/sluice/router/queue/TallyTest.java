package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {

    private final Tally tally = new Tally();

    @Test
    void knowsTheOldestMessageWhileNoneHasLeft() {
        tally.queued(5, 1);
        tally.queued(7, 1);
        assertThat(tally.isOldestKnown()).isTrue();
        assertThat(tally.oldest()).isEqualTo(5);

        tally.queued(3, 1);

        assertThat(tally.isOldestKnown()).isTrue();
        assertThat(tally.oldest()).isEqualTo(3);
    }

    @Test
    void knowsTheOldestMessageNoLongerWhenOneHasLeft() {
        tally.queued(5, 1);
        tally.queued(7, 1);

        tally.unqueued(1);
        tally.queued(9, 1);

        assertThat(tally.isOldestKnown()).isFalse();
        assertThat(tally.oldest()).isEqualTo(5);
    }

    @Test
    void learnsAnewWhichMessageIsTheOldest() {
        tally.queued(5, 1);
        tally.queued(7, 1);
        tally.unqueued(1);

        tally.oldest(7);
        assertThat(tally.isOldestKnown()).isTrue();

        tally.unqueued(1);
        tally.queued(9, 1);
        assertThat(tally.isOldestKnown()).isTrue();
        assertThat(tally.oldest()).isEqualTo(9);
    }
}
