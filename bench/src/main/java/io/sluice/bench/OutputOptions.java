package io.sluice.bench;

import io.sluice.bench.load.Progress;
import io.sluice.bench.report.Announcement;
import io.sluice.bench.report.ProgressLine;
import io.sluice.bench.report.ResultFile;
import io.sluice.bench.report.Silence;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of all scenarios: what is shown of a run. */
final class OutputOptions {

    private static final int UNCLEAN = 3;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the result to a file as JSON; times in microseconds.")
    private Path json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Shows no progress.")
    private boolean quiet;

    @Option(
            names = "--announce",
            description = "Shows no progress but a line '" + Announcement.MEASURING + "' when the measurement begins.")
    private boolean announce;

    @Option(
            names = "--check",
            description = "Ends with exit code 3 when anything was lost, repeated, reordered, refused or disconnected.")
    private boolean check;

    /** Runs a scenario, shows what there is to see, and gives the exit code. */
    <R> int show(CommandSpec command, Function<Progress, R> scenario, Function<R, String> figures, Clean<R> clean) {
        PrintWriter err = command.commandLine().getErr();
        ProgressLine line = new ProgressLine(err, isTerminal());
        R result;
        try {
            result = scenario.apply(progress(command, line));
        } finally {
            line.clear();
        }
        if (json != null) {
            List<String> arguments = command.commandLine().getParseResult().originalArgs();
            ResultFile.write(json, command.name(), arguments, result);
        }
        PrintWriter out = command.commandLine().getOut();
        out.print(figures.apply(result));
        out.flush();
        return check && !clean.isClean(result) ? UNCLEAN : 0;
    }

    private Progress progress(CommandSpec command, ProgressLine line) {
        if (announce) {
            return new Announcement(command.commandLine().getOut());
        }
        return quiet ? new Silence() : line;
    }

    /** Whether the standard error output is a terminal, as far as Linux tells. */
    private static boolean isTerminal() {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a result is all that it should be. */
    interface Clean<R> {
        boolean isClean(R result);
    }
}
