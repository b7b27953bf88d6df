package io.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all scenarios have in common: a broker, an output, and one line when something is in the way. */
@Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true)
abstract class BenchCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    BrokerOptions brokers;

    @Mixin
    OutputOptions output;

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (BenchException e) {
            spec.commandLine().getErr().println("bench: " + e.getMessage());
            return 1;
        }
    }

    /** Runs the scenario and gives the exit code. */
    abstract int run();
}
