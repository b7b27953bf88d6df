package io.sluice.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Line plots side by side, as SVG; all axes are logarithmic. */
final class Plot {

    private static final int PANEL_WIDTH = 470;
    private static final int HEIGHT = 340;
    private static final int LEFT = 60;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int LABEL_GAP = 6;
    private static final int TEXT_HEIGHT = 15;
    private static final List<String> COLOURS = List.of("#1b6ca8", "#c8553d", "#588157", "#8d5a97");

    private final StringBuilder svg = new StringBuilder();
    private final int left;
    private final Axis across;
    private final Axis up;

    private Plot(int panel, Axis across, Axis up) {
        this.left = panel * PANEL_WIDTH + LEFT;
        this.across = across;
        this.up = up;
    }

    /**
     * One plot.
     *
     * @param title what its vertical axis tells
     * @param lines by name, each from size to value, more than 0 both
     */
    record Panel(String title, Map<String, Map<Double, Double>> lines) {}

    /** Draws panels that have the same horizontal axis. */
    static String svg(String unit, List<Panel> panels) {
        StringBuilder all = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\""
                        + " fill=\"white\"/>%n",
                panels.size() * PANEL_WIDTH,
                HEIGHT));
        for (int i = 0; i < panels.size(); i++) {
            Map<String, Map<Double, Double>> lines = panels.get(i).lines();
            Axis across = Axis.of(lines.values().stream()
                    .flatMap(line -> line.keySet().stream())
                    .collect(Collectors.toSet()));
            Axis up = Axis.of(lines.values().stream()
                    .flatMap(line -> line.values().stream())
                    .collect(Collectors.toSet()));
            Plot plot = new Plot(i, across, up);
            plot.frame(panels.get(i).title(), unit);
            plot.lines(lines);
            all.append(plot.svg);
        }
        return all.append("</svg>").append(System.lineSeparator()).toString();
    }

    private void frame(String title, String unit) {
        int right = left + PANEL_WIDTH - LEFT - RIGHT;
        text(left, TOP - TEXT_HEIGHT, "start", title);
        text((left + right) / 2.0, HEIGHT - TEXT_HEIGHT / 2.0, "middle", unit);
        for (double tick : up.ticks()) {
            rule(left, y(tick), right, y(tick));
            text(left - LABEL_GAP, y(tick) + LABEL_GAP / 2.0, "end", Axis.label(tick));
        }
        for (double tick : across.ticks()) {
            if (isPowerOfTen(tick) || across.to() / across.from() < 1_000) {
                rule(x(tick), TOP, x(tick), HEIGHT - BOTTOM);
                text(x(tick), HEIGHT - BOTTOM + TEXT_HEIGHT, "middle", Axis.label(tick));
            }
        }
    }

    private static boolean isPowerOfTen(double value) {
        double power = Math.log10(value);
        return Math.abs(power - Math.rint(power)) < 1e-6;
    }

    private void lines(Map<String, Map<Double, Double>> lines) {
        int number = 0;
        for (Map.Entry<String, Map<Double, Double>> line : lines.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            String points = line.getValue().entrySet().stream()
                    .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.getKey()), y(point.getValue())))
                    .collect(Collectors.joining(" "));
            element("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>", colour, points);
            line.getValue()
                    .forEach((size, value) -> element(
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x(size), y(value), colour));
            element(
                    "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
                    left + LABEL_GAP, HEIGHT - BOTTOM - LABEL_GAP - number * TEXT_HEIGHT, colour, line.getKey());
            number++;
        }
    }

    private double x(double size) {
        return left + across.position(size) * (PANEL_WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.position(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void rule(double x1, double y1, double x2, double y2) {
        element("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>", x1, y1, x2, y2);
    }

    private void text(double x, double y, String anchor, String text) {
        element("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
    }

    private void element(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
