package io.sluice.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code bench}, for itself and as a part of a larger command line. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Loads any MQTT broker and tells what it does with it.",
        subcommands = {
            OneToOneCommand.class,
            FanInCommand.class,
            FanOutCommand.class,
            ConnectCommand.class,
            IdleCommand.class,
            DrainCommand.class,
            KafkaHopCommand.class,
            KafkaDrainCommand.class
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** The command with all its scenarios. */
    public static CommandLine command() {
        return new CommandLine(new Main());
    }

    /** Runs the command and ends with its exit code. */
    public static void main(String[] args) {
        System.exit(command().execute(args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
