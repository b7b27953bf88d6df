package io.sluice.bench;

import io.sluice.bench.load.ConnectPlan;
import io.sluice.bench.load.ConnectResult;
import io.sluice.bench.load.ConnectRun;
import io.sluice.bench.report.Figures;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A storm of connects. */
@Command(
        name = "connect",
        description =
                "Clients that connect, are accepted, leave, and are followed by the next; --connecting at a time.",
        sortOptions = false)
final class ConnectCommand extends BenchCommand {

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Durations.class,
            description = "Before anything is measured. Default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "Of the measurement. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Override
    int run() {
        ConnectPlan plan = new ConnectPlan(brokers.brokers(), warmUp, duration);
        return output.show(spec, progress -> ConnectRun.run(plan, progress), Figures::of, ConnectResult::isClean);
    }
}
