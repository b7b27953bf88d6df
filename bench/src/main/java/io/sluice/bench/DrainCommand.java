package io.sluice.bench;

import io.sluice.bench.load.DrainPlan;
import io.sluice.bench.load.DrainResult;
import io.sluice.bench.load.DrainRun;
import io.sluice.bench.report.Figures;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What waited for clients who were away. */
@Command(
        name = "drain",
        description =
                "Durable sessions that subscribe and leave, messages that are queued for them, and the return of all, at once or in waves.",
        sortOptions = false)
final class DrainCommand extends BenchCommand {

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int sessions;

    @Option(
            names = "--publishers",
            paramLabel = "N",
            description = "They share the sessions evenly. Default: one for each session.")
    private Integer publishers;

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
            names = "--wave",
            paramLabel = "N",
            description = "So many sessions have a connection at the same time. Default: all of them.")
    private Integer wave;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description =
                    "Stands in client ids and topics, so that runs that do a step each know each other; the sessions"
                            + " stay then. Default: a random one, and the sessions end with the run.")
    private String id;

    @Option(
            names = "--steps",
            paramLabel = "STEP",
            split = ",",
            defaultValue = "CREATE,QUEUE,FETCH",
            description = "What is done, of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Set<DrainPlan.Step> steps = EnumSet.noneOf(DrainPlan.Step.class);

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
        DrainPlan plan = new DrainPlan(
                sessions,
                publishers == null ? sessions : publishers,
                messages,
                qos,
                payload,
                wave == null ? sessions : wave,
                id,
                steps,
                patience,
                brokers.durable());
        return output.show(spec, progress -> DrainRun.run(plan, progress), Figures::of, DrainResult::isClean);
    }
}
