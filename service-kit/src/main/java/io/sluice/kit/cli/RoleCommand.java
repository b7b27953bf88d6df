package io.sluice.kit.cli;

import io.sluice.kit.StartException;
import io.sluice.kit.config.Configs;
import io.sluice.kit.config.RoleConfig;
import io.sluice.kit.logging.ProcessLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command that runs one role as one process: {@code --config FILE}, start, wait for SIGTERM or SIGINT, stop. Exit
 * codes: 0 after a clean stop, 1 if it cannot start or stop, 2 if the command line or the configuration is wrong. What
 * an operator can mend is one line on stderr.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     RoleCommand.main("gateway", new RoleCommand<>(GatewayConfig.class, Gateway::start), args);
 * }
 * }</pre>
 *
 * @param <C> the role's configuration
 */
@Command(
        description = "Runs this role until it is told to stop (SIGTERM or Ctrl-C).",
        mixinStandardHelpOptions = true,
        versionProvider = VersionOption.class)
public final class RoleCommand<C extends Record & RoleConfig> implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(RoleCommand.class);

    private final Class<C> configuration;
    private final Starter<C> starter;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML file with the settings that differ from their defaults. Environment variables"
                    + " SLUICE_<KEY> override it.")
    private Path config;

    /**
     * Starts a role.
     *
     * @param <C> the role's configuration
     */
    @FunctionalInterface
    public interface Starter<C> {
        /**
         * Returns when the role serves.
         *
         * @return closes the role, cleanly and within seconds
         * @throws StartException if it cannot, for a reason that the operator can mend
         */
        AutoCloseable start(C config) throws Exception;
    }

    /** A command of its own, or a subcommand of one that knows several roles. */
    public RoleCommand(Class<C> configuration, Starter<C> starter) {
        this.configuration = configuration;
        this.starter = starter;
    }

    /** Runs a role as the process that this is. Does not return. */
    public static void main(String name, RoleCommand<?> command, String... args) {
        System.exit(new CommandLine(command).setCommandName(name).execute(args));
    }

    /** Called by the command line, on the main thread. */
    @Override
    public Integer call() {
        warnOfVariables();
        return RunningProcess.run(this::start);
    }

    private AutoCloseable start() throws Exception {
        C loaded = Configs.load(configuration, config, System.getenv());
        ProcessLog.writtenBy(spec.name(), loaded.name());
        return starter.start(loaded);
    }

    private void warnOfVariables() {
        List<String> unknown = Configs.unknownVariables(configuration, System.getenv());
        if (!unknown.isEmpty()) {
            log.atWarn().addKeyValue("variables", unknown).log("No setting is overridden by these variables");
        }
    }
}
