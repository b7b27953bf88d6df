package io.sluice.bench;

import io.sluice.bench.load.ConnectPlan;
import io.sluice.bench.load.ConnectResult;
import io.sluice.bench.load.ConnectRun;
import io.sluice.bench.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A storm of connects. */
@Command(
        name = "connect",
        description =
                "Clients that connect, are accepted, leave, and are followed by the next; --connecting at a time.",
        sortOptions = false)
final class ConnectCommand extends BenchCommand {

    @Mixin
    private TimeOptions time;

    @Override
    int run() {
        ConnectPlan plan = new ConnectPlan(brokers.brokers(), time.warmUp(), time.duration());
        return output.show(spec, progress -> ConnectRun.run(plan, progress), Figures::of, ConnectResult::isClean);
    }
}
