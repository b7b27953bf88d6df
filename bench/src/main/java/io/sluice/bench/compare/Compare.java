package io.sluice.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sluice.bench.BenchException;
import io.sluice.bench.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command behind {@code bench/compare}. It needs all of Sluice on its class path. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        subcommands = {Growth.class, Sessions.class, StoreCost.class},
        description = "Runs the scenarios of the load generator against Sluice and Mosquitto in turn, and a bare Kafka"
                + " producer and consumer as the floor of latency; prints how they relate.")
public final class Compare implements Callable<Integer> {

    private static final Duration QUICK_WARM_UP = Duration.ofSeconds(4);
    private static final Duration QUICK_DURATION = Duration.ofSeconds(5);
    private static final Duration QUICK_IDLE_WATCH = Duration.ofSeconds(5);
    private static final int QUICK_IDLE_CONNECTIONS = 4_000;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration DURATION = Duration.ofSeconds(10);
    private static final Duration IDLE_WATCH = Duration.ofSeconds(20);
    private static final int IDLE_CONNECTIONS = 18_000;
    private static final int QUICK_DRAIN_MESSAGES = 100_000;
    private static final int DRAIN_MESSAGES = 1_000_000;
    private static final int ROUNDS = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "One round of short runs, for a first impression.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "Default: 3, with --quick 1.")
    private Integer rounds;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Scenarios whose name this finds, such as 'QoS 1', 'idle', 'memory' or 'gateways'.")
    private Pattern only;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = Durations.class,
            description = "How long each run may wait for other processes to leave the machine alone; one that they"
                    + " disturbed is repeated in that time. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    @Option(
            names = "--drain-messages",
            paramLabel = "N",
            description = "That wait for 100 durable sessions; a tenth of it for the Mosquitto that saves every change."
                    + " Default: 1000000, with --quick 100000.")
    private Integer drainMessages;

    @Option(
            names = "--gateway-options",
            paramLabel = "OPTIONS",
            split = " ",
            description = "Further options of the gateways' JVMs, with spaces between.")
    private List<String> gatewayOptions = List.of();

    @Option(
            names = "--against",
            paramLabel = "DIST",
            description = "Folder of the distribution of an older build: clean sessions are measured on both, one right"
                    + " after the other.")
    private Path against;

    @Option(names = "--folder", paramLabel = "FOLDER", description = "For logs, data and each run's result.")
    private Path folder;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all measurements to a file as JSON.")
    private Path json;

    private Compare() {}

    /** Runs the command and ends with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).execute(args));
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Comparison comparison = new Comparison(plan(), folder(folder), err);
            out.println(comparison.run());
            out.flush();
            if (json != null) {
                new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValue(json.toFile(), comparison.board().all());
            }
            return 0;
        } catch (BenchException e) {
            err.println("compare: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Comparison.Plan plan() {
        return new Comparison.Plan(
                rounds == null ? (quick ? 1 : ROUNDS) : rounds,
                quick ? QUICK_WARM_UP : WARM_UP,
                quick ? QUICK_DURATION : DURATION,
                patience,
                quick ? QUICK_IDLE_CONNECTIONS : IDLE_CONNECTIONS,
                quick ? QUICK_IDLE_WATCH : IDLE_WATCH,
                drainMessages == null ? (quick ? QUICK_DRAIN_MESSAGES : DRAIN_MESSAGES) : drainMessages,
                only,
                gatewayOptions,
                against);
    }

    /** The folder that was asked for, or a new one. */
    static Path folder(Path folder) throws IOException {
        return folder == null
                ? Files.createTempDirectory("sluice-compare-")
                : Files.createDirectories(folder).toAbsolutePath();
    }
}
