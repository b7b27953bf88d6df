package io.sluice.bench;

import io.sluice.bench.load.Pace;
import io.sluice.bench.load.TrafficPlan;
import io.sluice.bench.load.TrafficResult;
import io.sluice.bench.load.TrafficRun;
import io.sluice.bench.report.Figures;
import picocli.CommandLine.Mixin;

/** What the scenarios that send messages have in common. */
abstract class TrafficCommand extends BenchCommand {

    @Mixin
    LoadOptions load;

    /** Runs publishers and subscribers that fall into groups. */
    final int run(int publishers, int subscribers, int groups, Pace usualPace) {
        return run(publishers, subscribers, groups, false, usualPace);
    }

    /** Runs publishers and subscribers that fall into groups, of which each may share one subscription. */
    final int run(int publishers, int subscribers, int groups, boolean shared, Pace usualPace) {
        TrafficPlan plan = new TrafficPlan(
                publishers,
                subscribers,
                groups,
                load.topicsPerPublisher(),
                shared,
                load.stopped(),
                load.load(usualPace),
                brokers.brokers());
        return output.show(spec, progress -> TrafficRun.run(plan, progress), Figures::of, TrafficResult::isClean);
    }
}
