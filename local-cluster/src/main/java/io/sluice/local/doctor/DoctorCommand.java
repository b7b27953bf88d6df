package io.sluice.local.doctor;

import io.sluice.kit.config.ConfigException;
import io.sluice.kit.config.Configs;
import io.sluice.local.Logging;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor --config FILE}: one line for each finding; the exit code tells the worst. */
@Command(
        name = "doctor",
        description = {
            "Checks Kafka, its topics, ZooKeeper, clocks and limits, and says what to mend.",
            "Exit code: 0 all is well, 1 with warnings, 2 when something must be mended."
        },
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "The configuration of any role; its sections kafka and zookeeper are used.")
    private Path config;

    @Override
    public Integer call() {
        Logging.off();
        DoctorConfig sections;
        try {
            sections = Configs.loadSections(DoctorConfig.class, config, System.getenv());
        } catch (ConfigException e) {
            System.err.println("Cannot start: " + e.getMessage());
            return 2;
        }
        return new Doctor(sections).examine(System.out::println).exitCode();
    }
}
