package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntryBoundsTest {

    @Test
    void knowsWhereNoEntryStands() {
        EntryBounds bounds = new EntryBounds(new long[] {0, 10}, (session, partition) -> 9);
        assertThat(bounds.isAbsent(1, 0, 0)).isTrue();
        assertThat(bounds.isAbsent(1, 1, 10)).isTrue();
        assertThat(bounds.isAbsent(1, 1, 8)).isFalse();
        assertThat(bounds.isAbsent(1, 1, 9)).isTrue();
        bounds.add(1, 0, 5);
        bounds.add(1, 0, 3);
        assertThat(bounds.isAbsent(1, 0, 5)).isFalse();
        assertThat(bounds.isAbsent(1, 0, 6)).isTrue();
        assertThat(bounds.isAbsent(2, 0, 5)).isTrue();
        bounds.add(3, 1, 2);
        assertThat(bounds.isAbsent(3, 1, 8)).isFalse();
    }

    @Test
    void looksForWhatItHasForgotten() {
        EntryBounds bounds = new EntryBounds(new long[] {0}, (session, partition) -> 6);
        bounds.add(-1, 0, 5);
        for (int i = 0; i < 20_000; i++) {
            bounds.add(i, 0, 1);
        }
        assertThat(bounds.isAbsent(-1, 0, 5)).isFalse();
        assertThat(bounds.isAbsent(-1, 0, 6)).isTrue();
    }
}
