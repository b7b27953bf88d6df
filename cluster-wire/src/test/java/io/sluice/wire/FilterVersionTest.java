package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FilterVersionTest {

    private static final TopicFilter FILTER = new TopicFilter("a/#");
    private static final SubscriptionOptions OPTIONS = new SubscriptionOptions(Qos.EXACTLY_ONCE, false, true, 7);

    @Test
    void holdsFromItsFirstOffsetOfEachPartitionOn() {
        FilterVersion version = new FilterVersion(FILTER, OPTIONS, 1, new long[] {5, 10}, null);

        assertThat(version.isOpen()).isTrue();
        assertThat(version.covers(0, 4)).isFalse();
        assertThat(version.covers(0, 5)).isTrue();
        assertThat(version.covers(1, 5)).isFalse();
        assertThat(version.covers(1, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void holdsNoLongerFromItsEndOn() {
        FilterVersion version = new FilterVersion(FILTER, OPTIONS, 1, new long[] {5, 10}, new long[] {8, 10});

        assertThat(version.isOpen()).isFalse();
        assertThat(version.covers(0, 7)).isTrue();
        assertThat(version.covers(0, 8)).isFalse();
        assertThat(version.covers(1, 10)).isFalse();
    }

    @Test
    void refusesAStretchThatEndsBeforeItBegins() {
        assertThatThrownBy(() -> new FilterVersion(FILTER, OPTIONS, 1, new long[] {5}, new long[] {4}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FilterVersion(FILTER, OPTIONS, 1, new long[] {5}, new long[] {5, 5}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
