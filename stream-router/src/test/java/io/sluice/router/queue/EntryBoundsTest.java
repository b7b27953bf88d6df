package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntryBoundsTest {

    @Test
    void knowsWhereNoEntryStands() {
        EntryBounds bounds = new EntryBounds(new long[] {0, 10});
        assertThat(bounds.isAbsent("a", 0, 0)).isTrue();
        assertThat(bounds.isAbsent("a", 1, 9)).isFalse();
        assertThat(bounds.isAbsent("a", 1, 10)).isTrue();
        bounds.add("a", 0, 5);
        bounds.add("a", 0, 3);
        assertThat(bounds.isAbsent("a", 0, 5)).isFalse();
        assertThat(bounds.isAbsent("a", 0, 6)).isTrue();
        assertThat(bounds.isAbsent("b", 0, 5)).isTrue();
    }

    @Test
    void isSureOfNothingThatItHasForgotten() {
        EntryBounds bounds = new EntryBounds(new long[] {0});
        bounds.add("a", 0, 5);
        for (int i = 0; i < 20_000; i++) {
            bounds.add("other" + i, 0, 1);
        }
        assertThat(bounds.isAbsent("a", 0, 5)).isFalse();
        assertThat(bounds.isAbsent("a", 0, 6)).isTrue();
    }
}
