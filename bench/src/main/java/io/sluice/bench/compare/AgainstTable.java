package io.sluice.bench.compare;

import io.sluice.bench.compare.Board.Ratios;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What clean sessions do in an older build, and in this one: a part of {@link RatioTables}. */
final class AgainstTable {

    private static final double MICROS_PER_MS = 1_000;

    private final Board board;
    private final RatioTables tables;

    AgainstTable(Board board, RatioTables tables) {
        this.board = board;
        this.tables = tables;
    }

    void add() {
        tables.heading(
                "Clean sessions: this build against the one before", "scenario", "before", "now", "now to before");
        List<Scenario> rates = new ArrayList<>(Scenario.throughput());
        rates.add(Scenario.connects());
        for (Scenario scenario : rates) {
            add(scenario.name(), scenario.name() + ", per second", scenario.metric(), "%,.0f", 1);
        }
        for (int rate : Scenario.rates()) {
            String name = RatioTables.rate(rate);
            add(name, name + ", p50 ms", "delivery/p50", "%.2f", MICROS_PER_MS);
            add(name, name + ", p99 ms", "delivery/p99", "%.2f", MICROS_PER_MS);
        }
    }

    private void add(String scenario, String label, String metric, String format, double unit) {
        if (board.has(scenario, RatioTables.BEFORE)) {
            Ratios ratios = board.ratios(scenario, RatioTables.ONE_GATEWAY, scenario, RatioTables.BEFORE, metric);
            tables.row(
                    label,
                    String.format(Locale.ROOT, format, board.median(scenario, RatioTables.BEFORE, metric) / unit),
                    String.format(Locale.ROOT, format, board.median(scenario, RatioTables.ONE_GATEWAY, metric) / unit),
                    ratios + (ratios.clean() ? "" : " (not clean)"));
        }
    }
}
