package io.sluice.bench.compare;

import io.sluice.bench.compare.Board.Ratios;
import java.util.Locale;

/** The tables of durable sessions, a part of {@link RatioTables}. */
final class DurableTables {

    private static final double SAVING_TARGET = 2.0;
    private static final double QOS_2_TARGET = 0.5;
    private static final double ROUTER_TARGET = 0.25;
    private static final String DRAIN_RATE = "drainRate";
    private static final double DRAIN_TARGET = 1.0;

    private final Board board;
    private final RatioTables tables;

    DurableTables(Board board, RatioTables tables) {
        this.board = board;
        this.tables = tables;
    }

    void add() {
        throughput();
        latency();
        drain();
    }

    private void throughput() {
        tables.heading(
                "Durable sessions: deliveries/s",
                "scenario",
                RatioTables.MOSQUITTO + " in memory",
                RatioTables.MOSQUITTO_SAVING,
                "Sluice",
                "to Mosquitto in memory",
                "target",
                "to the one that saves",
                "target",
                "to its QoS 1",
                "target");
        String first = Scenario.durable().get(0).name();
        for (Scenario scenario : Scenario.durable()) {
            String name = scenario.name();
            if (board.has(name, RatioTables.ONE_GATEWAY)) {
                Ratios memory =
                        board.ratios(name, RatioTables.ONE_GATEWAY, name, RatioTables.MOSQUITTO, scenario.metric());
                Ratios saving = board.ratios(
                        name, RatioTables.ONE_GATEWAY, name, RatioTables.MOSQUITTO_SAVING, scenario.metric());
                Ratios own =
                        board.ratios(name, RatioTables.ONE_GATEWAY, first, RatioTables.ONE_GATEWAY, scenario.metric());
                tables.row(
                        name,
                        tables.limited(scenario, RatioTables.MOSQUITTO),
                        tables.limited(scenario, RatioTables.MOSQUITTO_SAVING),
                        tables.limited(scenario, RatioTables.ONE_GATEWAY),
                        memory.toString(),
                        name.equals(first)
                                ? tables.against(RatioTables.MOSQUITTO, scenario, memory, scenario.target())
                                : RatioTables.NONE,
                        saving.toString(),
                        name.equals(first)
                                ? tables.against(RatioTables.MOSQUITTO_SAVING, scenario, saving, SAVING_TARGET)
                                : RatioTables.NONE,
                        name.equals(first) ? RatioTables.NONE : own.toString(),
                        name.equals(first) ? RatioTables.NONE : RatioTables.atLeast(own, QOS_2_TARGET));
            }
        }
    }

    private void latency() {
        tables.heading(
                "Latency of durable sessions, p50 / p99 ms",
                "rate",
                "clean",
                "durable",
                "ratio p50",
                "ratio p99",
                "target",
                "router, processors");
        for (int rate : Scenario.durableRates()) {
            String durable = RatioTables.durableRate(rate);
            if (board.has(durable, RatioTables.ONE_GATEWAY)) {
                Ratios p50 = board.ratios(
                        durable,
                        RatioTables.ONE_GATEWAY,
                        RatioTables.cleanRate(rate),
                        RatioTables.ONE_GATEWAY,
                        "delivery/p50");
                Ratios p99 = board.ratios(
                        durable,
                        RatioTables.ONE_GATEWAY,
                        RatioTables.cleanRate(rate),
                        RatioTables.ONE_GATEWAY,
                        "delivery/p99");
                boolean reached = Math.max(p50.middle(), p99.middle()) <= RatioTables.LATENCY_TARGET;
                tables.row(
                        durable,
                        tables.times(RatioTables.cleanRate(rate), RatioTables.ONE_GATEWAY),
                        tables.times(durable, RatioTables.ONE_GATEWAY),
                        p50.toString(),
                        p99.toString(),
                        RatioTables.verdict(p50.with(p99), reached, "≤ " + RatioTables.LATENCY_TARGET),
                        router(board.cpu(durable, RatioTables.ONE_GATEWAY, "router")));
            }
        }
    }

    private void drain() {
        tables.heading(
                "What waited for 100 durable sessions, fetched, messages/s",
                RatioTables.KAFKA_CONSUMER,
                RatioTables.MOSQUITTO + " in memory",
                RatioTables.MOSQUITTO_SAVING,
                "Sluice",
                "to the consumer",
                "to Mosquitto in memory",
                "to the one that saves",
                "target");
        String name = Scenario.DRAIN;
        if (board.has(name, RatioTables.ONE_GATEWAY)) {
            Ratios saving = board.ratios(name, RatioTables.ONE_GATEWAY, name, RatioTables.MOSQUITTO_SAVING, DRAIN_RATE);
            tables.row(
                    RatioTables.number(board.median(name, RatioTables.KAFKA_CONSUMER, DRAIN_RATE)),
                    RatioTables.number(board.median(name, RatioTables.MOSQUITTO, DRAIN_RATE)),
                    RatioTables.number(board.median(name, RatioTables.MOSQUITTO_SAVING, DRAIN_RATE)),
                    RatioTables.number(board.median(name, RatioTables.ONE_GATEWAY, DRAIN_RATE)),
                    board.ratios(name, RatioTables.ONE_GATEWAY, name, RatioTables.KAFKA_CONSUMER, DRAIN_RATE)
                            .toString(),
                    board.ratios(name, RatioTables.ONE_GATEWAY, name, RatioTables.MOSQUITTO, DRAIN_RATE)
                            .toString(),
                    saving.toString(),
                    RatioTables.atLeast(saving, DRAIN_TARGET));
        }
    }

    private static String router(double busy) {
        return String.format(Locale.ROOT, "%.2f, ≤ %.2f %s", busy, ROUTER_TARGET, busy <= ROUTER_TARGET ? "✓" : "✗");
    }
}
