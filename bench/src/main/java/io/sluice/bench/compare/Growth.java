package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command behind {@code bench/compare growth}. */
@Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = "Measures one gateway while payload, topics, subscriptions and connections grow, one at a time;"
                + " prints a table and draws a plot of each.")
final class Growth implements Callable<Integer> {

    private static final Duration QUICK_WARM_UP = Duration.ofSeconds(1);
    private static final Duration QUICK_DURATION = Duration.ofSeconds(2);
    private static final int QUICK_MOST = 10_000;
    private static final int QUICK_SAMPLES = 1;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration DURATION = Duration.ofSeconds(3);
    private static final int SAMPLES = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "One short run of each, and nothing larger than 10,000 but payloads.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Curves whose name this finds: payload, topics, subscriptions, connections.")
    private Pattern only;

    @Option(
            names = "--plots",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "Where cost-NAME.svg of each curve is written. Default: here.")
    private Path plots;

    @Option(names = "--folder", paramLabel = "FOLDER", description = "For logs, data and each run's result.")
    private Path folder;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        GrowthRun.Plan plan = new GrowthRun.Plan(
                quick ? QUICK_WARM_UP : WARM_UP,
                quick ? QUICK_DURATION : DURATION,
                quick ? QUICK_SAMPLES : SAMPLES,
                only,
                quick ? QUICK_MOST : Integer.MAX_VALUE);
        long start = System.nanoTime();
        try {
            Files.createDirectories(plots);
            for (Curve curve : new GrowthRun(plan, Compare.folder(folder), err).run()) {
                curve.table().forEach(out::println);
                out.flush();
                Files.writeString(plots.resolve("cost-" + curve.name() + ".svg"), curve.plot());
            }
            err.println("It took " + Duration.ofNanos(System.nanoTime() - start).toMinutes() + " minutes.");
            return 0;
        } catch (BenchException e) {
            err.println("compare: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
