package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueuedBytesTest {

    private static final int LIMIT = 1_000;

    private final QueuedBytes all = new QueuedBytes(LIMIT);

    @Test
    void oneClientMayHaveEverythingWhileNobodyElseIsSlow() {
        assertThat(all.offer(0, LIMIT)).isTrue();
        assertThat(all.offer(LIMIT, 1)).isFalse();
        assertThat(all.bytes()).isEqualTo(LIMIT);
    }

    @Test
    void whoHasLessThanAnEqualShareFindsRoomWhenOthersHaveTakenIt() {
        assertThat(all.offer(0, LIMIT)).isTrue();
        assertThat(all.offer(0, 300)).isTrue();
        assertThat(all.offer(300, 200)).isTrue();
        assertThat(all.offer(500, 1)).isFalse();
        assertThat(all.offer(LIMIT, 1)).isFalse();
    }

    @Test
    void whatIsTakenOutMakesRoomAndSharesGrowWhenClientsCatchUp() {
        assertThat(all.offer(0, 500)).isTrue();
        assertThat(all.offer(0, 500)).isTrue();
        assertThat(all.offer(500, 1)).isFalse();
        all.remove(500, true);
        assertThat(all.offer(500, 500)).isTrue();
        all.remove(LIMIT, true);
        assertThat(all.bytes()).isZero();
        assertThat(all.offer(0, LIMIT)).isTrue();
    }
}
