package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command behind {@code bench/compare sessions}. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description =
                "Many durable sessions, each with a filter of its own, that are away while messages are queued for"
                        + " them; a router that has lost its disk meanwhile; and their return in waves through two gateways. Prints what"
                        + " it takes of time, memory and disk, and what was lost.")
final class Sessions implements Callable<Integer> {

    private static final int LOST = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}.")
    private int sessions;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "10",
            description = "Queued for each. Default: ${DEFAULT-VALUE}.")
    private int messages;

    @Option(
            names = "--wave",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Sessions that are connected at the same time. Default: ${DEFAULT-VALUE}.")
    private int wave;

    @Option(
            names = "--router-heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            description = "The router's -Xmx. Default: ${DEFAULT-VALUE}.")
    private String routerHeap;

    @Option(names = "--folder", paramLabel = "FOLDER", description = "For logs, data and each step's result.")
    private Path folder;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        try {
            SessionsRun.Plan plan = new SessionsRun.Plan(sessions, messages, wave, routerHeap);
            SessionsRun run = new SessionsRun(plan, Compare.folder(folder), err);
            run.run().forEach(out::println);
            out.flush();
            err.println("It took " + Duration.ofNanos(System.nanoTime() - start).toMinutes() + " minutes.");
            return run.isClean() ? 0 : LOST;
        } catch (BenchException e) {
            err.println("compare: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
