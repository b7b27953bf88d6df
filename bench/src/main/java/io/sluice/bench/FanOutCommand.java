package io.sluice.bench;

import io.sluice.bench.load.Pace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Few to many. */
@Command(
        name = "fan-out",
        description = "One publisher, or a few; many subscribers that all receive everything.",
        sortOptions = false)
final class FanOutCommand extends TrafficCommand {

    @Option(names = "--publishers", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int publishers;

    @Option(names = "--subscribers", paramLabel = "N", defaultValue = "500", description = "Default: ${DEFAULT-VALUE}.")
    private int subscribers;

    @Override
    int run() {
        return run(publishers, subscribers, 1, Pace.RECEIVED);
    }
}
