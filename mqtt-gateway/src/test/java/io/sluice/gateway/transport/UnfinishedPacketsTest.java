package io.sluice.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnfinishedPacketsTest {

    private static final int LARGE = 100_000;

    private final UnfinishedPackets unfinished = new UnfinishedPackets(3 * LARGE);

    @Test
    void whoGrowsBeyondTheLimitOfAllIsToBeDropped() {
        assertThat(unfinished.changed(0, LARGE)).isFalse();
        assertThat(unfinished.changed(0, 2 * LARGE)).isFalse();
        assertThat(unfinished.changed(LARGE, LARGE + 1)).isTrue();
        assertThat(unfinished.changed(LARGE + 1, 0)).isFalse();
        assertThat(unfinished.changed(2 * LARGE, 3 * LARGE)).isFalse();
        assertThat(unfinished.bytes()).isEqualTo(3 * LARGE);
    }

    @Test
    void whoShrinksOrStaysIsLeftAloneEvenBeyondTheLimit() {
        assertThat(unfinished.changed(0, 4 * LARGE)).isTrue();
        assertThat(unfinished.changed(LARGE, LARGE)).isFalse();
        assertThat(unfinished.changed(4 * LARGE, 4 * LARGE - 1)).isFalse();
    }

    @Test
    void smallBeginningsDoNotCount() {
        assertThat(unfinished.changed(0, 4 * LARGE)).isTrue();
        assertThat(unfinished.changed(0, UnfinishedPackets.SMALL_BYTES)).isFalse();
        assertThat(unfinished.changed(4 * LARGE, 0)).isFalse();
        assertThat(unfinished.changed(UnfinishedPackets.SMALL_BYTES, UnfinishedPackets.SMALL_BYTES + 1))
                .isFalse();
        assertThat(unfinished.bytes()).isEqualTo(UnfinishedPackets.SMALL_BYTES + 1);
    }
}
