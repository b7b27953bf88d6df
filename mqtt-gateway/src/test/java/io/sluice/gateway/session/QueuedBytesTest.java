package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.Qos;
import org.junit.jupiter.api.Test;

class QueuedBytesTest {

    private static final int LIMIT = 1_000;

    private final QueuedBytes all = new QueuedBytes(LIMIT);

    private boolean offer(long ownBytes, int size) {
        return all.offer(ownBytes, size, Qos.AT_LEAST_ONCE);
    }

    @Test
    void whatMayBeDroppedLeavesHalfOfItToTheRest() {
        assertThat(all.offer(0, LIMIT / 2, Qos.AT_MOST_ONCE)).isTrue();
        assertThat(all.offer(LIMIT / 2, 1, Qos.AT_MOST_ONCE)).isFalse();
        assertThat(offer(0, LIMIT / 2)).isTrue();
        assertThat(offer(LIMIT / 2, 1)).isFalse();
    }

    @Test
    void oneClientMayHaveEverythingWhileNobodyElseIsSlow() {
        assertThat(offer(0, LIMIT)).isTrue();
        assertThat(offer(LIMIT, 1)).isFalse();
        assertThat(all.bytes()).isEqualTo(LIMIT);
    }

    @Test
    void whoHasLessThanAnEqualShareFindsRoomWhenOthersHaveTakenIt() {
        assertThat(offer(0, LIMIT)).isTrue();
        assertThat(offer(0, 300)).isTrue();
        assertThat(offer(300, 200)).isTrue();
        assertThat(offer(500, 1)).isFalse();
        assertThat(offer(LIMIT, 1)).isFalse();
    }

    @Test
    void whatIsTakenOutMakesRoomAndSharesGrowWhenClientsCatchUp() {
        assertThat(offer(0, 500)).isTrue();
        assertThat(offer(0, 500)).isTrue();
        assertThat(offer(500, 1)).isFalse();
        all.remove(500, true);
        assertThat(offer(500, 500)).isTrue();
        all.remove(LIMIT, true);
        assertThat(all.bytes()).isZero();
        assertThat(offer(0, LIMIT)).isTrue();
    }
}
