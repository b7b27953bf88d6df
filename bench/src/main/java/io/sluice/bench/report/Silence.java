package io.sluice.bench.report;

import io.sluice.bench.load.Progress;
import io.sluice.bench.load.Totals;

/** Shows no progress. */
public final class Silence implements Progress {

    @Override
    public void connecting(int online, int of) {}

    @Override
    public void traffic(Phase phase, long secondsLeft, double publishRate, double deliveryRate, Totals totals) {}

    @Override
    public void connections(Phase phase, long secondsLeft, double connectRate, long failed) {}
}
