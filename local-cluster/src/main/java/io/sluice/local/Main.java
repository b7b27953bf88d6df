package io.sluice.local;

import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayConfig;
import io.sluice.kit.cli.RoleCommand;
import io.sluice.kit.cli.VersionOption;
import io.sluice.leader.Leader;
import io.sluice.leader.LeaderConfig;
import io.sluice.local.doctor.DoctorCommand;
import io.sluice.router.Router;
import io.sluice.router.RouterConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code sluice} command: a cluster in one process, one role as one process, and a doctor. */
@Command(
        name = "sluice",
        description = "An MQTT cluster whose only store is a Kafka log.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionOption.class,
        subcommands = UpCommand.class)
public final class Main {

    private Main() {}

    /** Does not return. */
    public static void main(String[] args) {
        CommandLine sluice = new CommandLine(new Main())
                .addSubcommand("gateway", new RoleCommand<>(GatewayConfig.class, Gateway::startProcess))
                .addSubcommand("router", new RoleCommand<>(RouterConfig.class, Router::start))
                .addSubcommand("leader", new RoleCommand<>(LeaderConfig.class, Leader::start))
                .addSubcommand("drain", new DrainCommand())
                .addSubcommand("bench", io.sluice.bench.Main.command())
                .addSubcommand("doctor", new DoctorCommand());
        System.exit(sluice.execute(args));
    }
}
