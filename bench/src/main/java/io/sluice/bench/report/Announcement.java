package io.sluice.bench.report;

import io.sluice.bench.load.Progress;
import io.sluice.bench.load.Totals;
import java.io.PrintWriter;

/** One line when the measurement begins, for whoever watches the broker meanwhile. */
public final class Announcement implements Progress {

    /** The line. */
    public static final String MEASURING = "measuring";

    private final PrintWriter out;

    /** @param out where the line goes */
    public Announcement(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void measuring() {
        out.println(MEASURING);
        out.flush();
    }

    @Override
    public void connecting(int online, int of) {}

    @Override
    public void traffic(Phase phase, long secondsLeft, double publishRate, double deliveryRate, Totals totals) {}

    @Override
    public void connections(Phase phase, long secondsLeft, double connectRate, long failed) {}
}
