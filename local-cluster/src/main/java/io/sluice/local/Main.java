package io.sluice.local;

import io.sluice.kit.cli.VersionOption;
import io.sluice.local.doctor.DoctorCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sluice} command: a cluster in one process, one role as one process, and a doctor. */
@Command(
        name = "sluice",
        description = "An MQTT cluster whose only store is a Kafka log.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionOption.class)
public final class Main {

    private Main() {}

    /** Does not return. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("doctor")) {
            Logging.off();
        }
        CommandLine sluice = new CommandLine(new Main())
                .addSubcommand("gateway", io.sluice.gateway.Main.command())
                .addSubcommand("doctor", new DoctorCommand());
        System.exit(sluice.execute(args));
    }
}
