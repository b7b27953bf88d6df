package io.sluice.bench;

import io.sluice.bench.load.DrainPlan;
import io.sluice.bench.load.DrainResult;
import io.sluice.bench.load.DrainRun;
import io.sluice.bench.report.Figures;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What waited for clients who were away. */
@Command(
        name = "drain",
        description =
                "Durable sessions that subscribe and leave, messages that are queued for them, and the return of all.",
        sortOptions = false)
final class DrainCommand extends BenchCommand {

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int sessions;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "For all sessions together. Default: ${DEFAULT-VALUE}.")
    private int messages;

    @Option(names = "--qos", paramLabel = "QOS", defaultValue = "1", description = "1 or 2. Default: ${DEFAULT-VALUE}.")
    private int qos;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "Of each message; 10 or more. Default: ${DEFAULT-VALUE}.")
    private int payload;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = Durations.class,
            description =
                    "How long nothing may arrive before what is missing counts as lost. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    @Override
    int run() {
        DrainPlan plan = new DrainPlan(sessions, messages, qos, payload, patience, brokers.durable());
        return output.show(spec, progress -> DrainRun.run(plan, progress), Figures::of, DrainResult::isClean);
    }
}
