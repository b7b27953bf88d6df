package io.sluice.bench;

import io.sluice.bench.kafka.KafkaDrain;
import io.sluice.bench.kafka.KafkaDrainPlan;
import io.sluice.bench.kafka.KafkaDrainResult;
import io.sluice.bench.report.Figures;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The ceiling of a drain. */
@Command(
        name = "kafka-drain",
        description = "Records that wait in Kafka, and one bare consumer that fetches all of them.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false)
final class KafkaDrainCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Default: ${DEFAULT-VALUE}.")
    private int messages;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        try {
            KafkaDrainPlan plan = new KafkaDrainPlan(
                    kafka.bootstrapServers(), kafka.partitions(), kafka.keys(), kafka.payload(), messages);
            return output.show(
                    spec, progress -> KafkaDrain.run(plan, progress), Figures::of, KafkaDrainResult::isClean);
        } catch (BenchException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("bench: " + e.getMessage());
            return 1;
        }
    }
}
