package io.sluice.bench.report;

import io.sluice.bench.load.Progress;
import io.sluice.bench.load.Totals;
import java.io.PrintWriter;
import java.util.Locale;

/** One line that is written over and over; where the output is no terminal, one line each time. */
public final class ProgressLine implements Progress {

    private final PrintWriter out;
    private final boolean terminal;
    private boolean shown;

    /** @param terminal whether the line may be written over */
    public ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void connecting(int online, int of) {
        show("connecting  %,d of %,d", online, of);
    }

    @Override
    public void traffic(Phase phase, long secondsLeft, double publishRate, double deliveryRate, Totals totals) {
        show(
                "%-9s %3d s  %,.0f publishes/s  %,.0f deliveries/s  %,d sent  %,d delivered%s",
                name(phase),
                secondsLeft,
                publishRate,
                deliveryRate,
                totals.sent(),
                totals.delivered(),
                trouble(totals));
    }

    private static String trouble(Totals totals) {
        String text = "";
        if (totals.duplicates() > 0) {
            text += String.format(Locale.ROOT, "  %,d duplicates", totals.duplicates());
        }
        if (totals.late() > 0) {
            text += String.format(Locale.ROOT, "  %,d reordered", totals.late());
        }
        if (totals.refused() > 0) {
            text += String.format(Locale.ROOT, "  %,d refused", totals.refused());
        }
        return text;
    }

    @Override
    public void connections(Phase phase, long secondsLeft, double connectRate, long failed) {
        show("%-9s %3d s  %,.0f connects/s  %,d failed", name(phase), secondsLeft, connectRate, failed);
    }

    private static String name(Phase phase) {
        return switch (phase) {
            case WARM_UP -> "warm-up";
            case MEASURING -> "measuring";
            case DRAINING -> "draining";
        };
    }

    private void show(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        out.print(terminal ? "\r\033[K" + line : line + System.lineSeparator());
        out.flush();
        shown = true;
    }

    /** Takes the line away, so that other output can follow. */
    public void clear() {
        if (terminal && shown) {
            out.print("\r\033[K");
            out.flush();
        }
    }
}
