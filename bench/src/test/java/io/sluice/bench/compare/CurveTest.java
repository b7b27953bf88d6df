package io.sluice.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.bench.compare.Curve.Point;
import io.sluice.bench.compare.Curve.Sample;
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

    private static Point point(double size, double throughput, double megabytes, double p50, double p99) {
        return new Point(size, sample(throughput), sample(megabytes), sample(p50), sample(p99), 2, 2, 0);
    }

    private static Sample sample(Double... values) {
        return new Sample(List.of(values));
    }

    @Test
    void aTableHasALineForEachSize() {
        curve.add("QoS 1", point(10, 200_000, 2, 1.5, 5.25));
        Sample rates = sample(1_200.0, 900.0, 1_000.0);
        Sample times = sample(3.0, 1.0, 4.0);
        curve.add("QoS 1", new Point(100_000, rates, sample(100.0), times, sample(20.0), 6, 5, 1));

        assertThat(curve.table())
                .contains("| 10 | QoS 1 | 200,000 | 2.0 | 1.50 | 5.25 | 2 of 2 | 0 |")
                .contains("| 100,000 | QoS 1 | 1,000 (900–1,200) | 100.0 | 3.00 (1.00–4.00) | 20.00 | 5 of 6 | 1 |");
    }

    @Test
    void aPlotHasALineForThroughputAndTwoForLatency() {
        curve.add("QoS 1", point(10, 200_000, 2, 1.5, 5.25));
        curve.add("QoS 1", point(100_000, 1_000, 100, 3, 20));

        String svg = curve.plot();

        assertThat(svg).startsWith("<svg ").endsWith("</svg>" + System.lineSeparator());
        assertThat(svg.split("<polyline", -1)).hasSize(4);
        // The first panel: both ends of both axes are values, so the line goes from corner to corner.
        assertThat(svg).contains("points=\"60.0,40.0 450.0,290.0\"");
    }
}
