package io.sluice.bench;

import io.sluice.bench.load.IdlePlan;
import io.sluice.bench.load.IdleResult;
import io.sluice.bench.load.IdleRun;
import io.sluice.bench.report.Figures;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Connections that only stay. */
@Command(
        name = "idle",
        description = "Clients that connect, subscribe, and then do nothing but stay.",
        sortOptions = false)
final class IdleCommand extends BenchCommand {

    /** What is printed when all are there: whoever waits to measure the broker looks for it. */
    static final String ALL_UP = "all up";

    @Option(
            names = {"-n", "--connections"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--subscriptions",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of each client, to topics that nobody publishes to. Default: ${DEFAULT-VALUE}.")
    private int subscriptions;

    @Option(names = "--wildcards", description = "The filters have a wildcard.")
    private boolean wildcards;

    @Option(
            names = "--hold",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Durations.class,
            description = "How long they stay. Default: ${DEFAULT-VALUE}.")
    private Duration hold;

    @Override
    int run() {
        IdlePlan plan = new IdlePlan(connections, subscriptions, wildcards, hold, brokers.brokers());
        PrintWriter out = spec.commandLine().getOut();
        Runnable allUp = () -> {
            out.println(ALL_UP);
            out.flush();
        };
        return output.show(spec, progress -> IdleRun.run(plan, progress, allUp), Figures::of, IdleResult::isClean);
    }
}
