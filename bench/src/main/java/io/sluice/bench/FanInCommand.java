package io.sluice.bench;

import io.sluice.bench.load.Pace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many to few. */
@Command(
        name = "fan-in",
        description = "Many publishers, each with a topic of its own; few subscribers, each with one wildcard filter.",
        sortOptions = false)
final class FanInCommand extends TrafficCommand {

    @Option(names = "--publishers", paramLabel = "N", defaultValue = "500", description = "Default: ${DEFAULT-VALUE}.")
    private int publishers;

    @Option(names = "--subscribers", paramLabel = "N", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int subscribers;

    @Option(
            names = "--divided",
            description = "Each subscriber receives from its share of the publishers; without it from all of them.")
    private boolean divided;

    @Option(
            names = "--shared",
            description = "The subscribers share one subscription, so that each message comes to one of them; with"
                    + " --divided each is alone in its own.")
    private boolean shared;

    @Override
    int run() {
        return run(publishers, subscribers, divided ? subscribers : 1, shared, Pace.RECEIVED);
    }
}
