package io.sluice.bench;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a run takes, for every scenario that is measured by time. */
final class TimeOptions {

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

    Duration warmUp() {
        return warmUp;
    }

    Duration duration() {
        return duration;
    }
}
