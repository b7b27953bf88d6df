package io.sluice.bench;

import io.sluice.bench.load.Pace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pairs. */
@Command(
        name = "one-to-one",
        description = "Pairs of a publisher and a subscriber, each with a topic of its own.",
        sortOptions = false)
final class OneToOneCommand extends TrafficCommand {

    @Option(
            names = {"-n", "--pairs"},
            paramLabel = "N",
            defaultValue = "100",
            description = "Publishers, and as many subscribers. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Override
    int run() {
        return run(pairs, pairs, pairs, Pace.ACKNOWLEDGED);
    }
}
