package io.sluice.bench.compare;

import io.sluice.bench.BenchException;
import io.sluice.bench.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command behind {@code bench/compare store}. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description =
                "Tells what each message of a durable session that keeps up costs in Kafka, topic by topic, and the"
                        + " router in processor time: at 2,000 msg/s and at full speed, 100 pairs at QoS 1.")
final class StoreCost implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "Of each measurement, behind as long a warm-up. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(names = "--folder", paramLabel = "FOLDER", description = "For logs, data and each run's result.")
    private Path folder;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            new StoreCostRun(Compare.folder(folder), duration).run().forEach(out::println);
            out.flush();
            return 0;
        } catch (BenchException e) {
            spec.commandLine().getErr().println("compare: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
