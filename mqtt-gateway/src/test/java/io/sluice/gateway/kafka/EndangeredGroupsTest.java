package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.GroupId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndangeredGroupsTest {

    private static final GroupId NEAR = GroupId.of("$share/near/t");
    private static final GroupId FAR = GroupId.of("$share/far/t");

    @Test
    void aGroupIsToldOnceWhenAQuarterOfTheRetentionIsLeftAndAgainWhenItFallsBehindAgain() {
        EndangeredGroups groups = new EndangeredGroups();
        assertThat(groups.update(Map.of(NEAR, 5_000L, FAR, 1_000L), 8_499, 10_000))
                .isEmpty();
        assertThat(groups.count()).isZero();

        assertThat(groups.update(Map.of(NEAR, 5_000L, FAR, 1_000L), 8_500, 10_000))
                .containsOnlyKeys(FAR);
        assertThat(groups.update(Map.of(NEAR, 5_000L, FAR, 1_000L), 8_600, 10_000))
                .isEmpty();
        assertThat(groups.count()).isOne();

        assertThat(groups.update(Map.of(), 8_700, 10_000)).isEmpty();
        assertThat(groups.count()).isZero();
        assertThat(groups.update(Map.of(FAR, 1_000L), 8_800, 10_000)).containsOnlyKeys(FAR);
    }
}
