package io.sluice.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.bench.compare.Curve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {

    private final Curve curve = new Curve("payload", "bytes of payload", 200);

    @Test
    void anAxisGoesFromRoundNumberToRoundNumber() {
        assertThat(Axis.of(List.of(1_300.0, 42_000.0))).isEqualTo(new Axis(1_000, 50_000));
        assertThat(Axis.of(List.of(10.0, 100_000.0))).isEqualTo(new Axis(10, 100_000));
        assertThat(Axis.of(List.of(5.0))).isEqualTo(new Axis(5, 10));
    }

    @Test
    void valuesStandByTheirLogarithm() {
        Axis axis = new Axis(10, 1_000);

        assertThat(axis.position(10)).isZero();
        assertThat(axis.position(100)).isCloseTo(0.5, within(1e-9));
        assertThat(axis.position(1_000)).isEqualTo(1);
        assertThat(axis.ticks().stream().map(Axis::label)).containsExactly("10", "20", "50", "100", "200", "500", "1k");
        assertThat(new Axis(0.5, 2).ticks().stream().map(Axis::label)).containsExactly("0.5", "1", "2");
        assertThat(Axis.label(2e6)).isEqualTo("2M");
    }

    @Test
    void aTableHasALineForEachSize() {
        curve.add("QoS 1", new Point(10, 200_000, 2, 1_500, 5_250));
        curve.add("QoS 1", new Point(100_000, 1_000, 100, 3_000, 20_000));

        assertThat(curve.table())
                .contains("| 10 | QoS 1 | 200,000 | 2.0 | 1.50 | 5.25 |")
                .contains("| 100,000 | QoS 1 | 1,000 | 100.0 | 3.00 | 20.00 |");
    }

    @Test
    void aPlotHasALineForThroughputAndTwoForLatency() {
        curve.add("QoS 1", new Point(10, 200_000, 2, 1_500, 5_250));
        curve.add("QoS 1", new Point(100_000, 1_000, 100, 3_000, 20_000));

        String svg = curve.plot();

        assertThat(svg).startsWith("<svg ").endsWith("</svg>" + System.lineSeparator());
        assertThat(svg.split("<polyline", -1)).hasSize(4);
        // The first panel: both ends of both axes are values, so the line goes from corner to corner.
        assertThat(svg).contains("points=\"60.0,40.0 450.0,290.0\"");
    }
}
