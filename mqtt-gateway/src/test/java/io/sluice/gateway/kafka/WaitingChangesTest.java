package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingChangesTest {

    private final WaitingChanges changes = new WaitingChanges();
    private final List<String> made = new ArrayList<>();

    private void add(String name, long... ends) {
        changes.add(ends, () -> made.add(name));
    }

    private void reach(long... offsets) {
        changes.take(ends -> offsets[0] >= ends[0] && offsets[1] >= ends[1]);
    }

    @Test
    void letsThemTakeEffectInOrder() {
        add("a", 5, 0);
        add("b", 7, 0);
        add("c", 6, 0);
        reach(4, 0);
        assertThat(made).isEmpty();
        reach(6, 0);
        assertThat(made).containsExactly("a");
        reach(7, 0);
        assertThat(made).containsExactly("a", "b", "c");
    }

    /** Otherwise a SUBSCRIBE waits until the log is as long as it was. */
    @Test
    void waitForNothingThatTheLogHasLost() {
        add("a", 500, 3);
        add("b", 501, 30);
        reach(100, 100);
        assertThat(made).isEmpty();

        changes.waitNoFurtherThan(new long[] {10, 20});
        add("c", 11, 20);
        reach(10, 2);
        assertThat(made).isEmpty();
        reach(10, 3);
        assertThat(made).containsExactly("a");
        reach(10, 20);
        assertThat(made).containsExactly("a", "b");
        reach(11, 20);
        assertThat(made).containsExactly("a", "b", "c");
    }
}
