package io.sluice.bench.load;

/** What is counted on one event loop. */
final class Counters {
    long sent;
    long acknowledged;
    long refused;
    long delivered;
    long duplicates;
    long late;
    long foreign;
    long writtenOff;

    Totals snapshot() {
        return new Totals(sent, acknowledged, refused, delivered, duplicates, late, foreign, writtenOff);
    }
}
