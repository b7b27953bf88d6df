package io.sluice.bench;

import io.sluice.bench.kafka.HopPlan;
import io.sluice.bench.kafka.HopResult;
import io.sluice.bench.kafka.KafkaHop;
import io.sluice.bench.report.Figures;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The floor. */
@Command(
        name = "kafka-hop",
        description = "A bare Kafka producer and consumer at a fixed rate: the floor of all latencies through a log.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false)
final class KafkaHopCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--rate",
            paramLabel = "MSG/S",
            defaultValue = "2000",
            description = "Latency counts from when a record was due. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            defaultValue = "1ms",
            converter = Durations.class,
            description = "Of the producer. Default: ${DEFAULT-VALUE}.")
    private Duration linger;

    @Option(
            names = "--practice",
            paramLabel = "RECORDS",
            defaultValue = "300000",
            description = "So many go at full speed before the warm-up, so that neither side is cold."
                    + " Default: ${DEFAULT-VALUE}.")
    private int practice;

    @Mixin
    private TimeOptions time;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        try {
            HopPlan plan = new HopPlan(
                    kafka.bootstrapServers(),
                    kafka.partitions(),
                    kafka.keys(),
                    kafka.payload(),
                    rate,
                    linger,
                    practice,
                    time.warmUp(),
                    time.duration());
            return output.show(spec, progress -> KafkaHop.run(plan, progress), Figures::of, HopResult::isClean);
        } catch (BenchException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("bench: " + e.getMessage());
            return 1;
        }
    }
}
