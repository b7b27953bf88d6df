package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTextTest {

    private final MetricsText text = MetricsText.of("""
            # HELP drops_total Dropped
            # TYPE drops_total counter
            drops_total{node="a",reason="full"} 2.0
            drops_total{node="a",reason="expired"} 1.5E1
            drops_total_of_another{reason="full"} 100.0
            up 1.0
            """);

    @Test
    void addsUpWhatHasTheLabels() {
        assertThat(text.sum("drops_total")).hasValue(17);
        assertThat(text.sum("drops_total", "reason=\"full\"")).hasValue(2);
        assertThat(text.sum("drops_total", "node=\"a\"", "reason=\"none\"")).hasValue(0);
        assertThat(text.sum("up")).hasValue(1);
    }

    @Test
    void knowsWhatIsNotTold() {
        assertThat(text.sum("drops")).isEmpty();
        assertThat(text.names()).containsExactlyInAnyOrder("drops_total", "drops_total_of_another", "up");
    }
}
