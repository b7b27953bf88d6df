package io.sluice.local;

import io.sluice.kit.StartException;
import io.sluice.kit.cli.RunningProcess;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code up}: the whole cluster in this process, until Ctrl-C or SIGTERM. */
@Command(
        name = "up",
        description = "Starts a whole cluster in this process, with its own Kafka and ZooKeeper.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Where the state is kept. Default: ${DEFAULT-VALUE}")
    private Path data;

    @Option(names = "--fresh", description = "Begin with an empty cluster: deletes the state in the data folder.")
    private boolean fresh;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; 0.0.0.0 lets other machines in. Nothing is protected by"
                    + " passwords. Default: ${DEFAULT-VALUE}")
    private String host;

    @Option(
            names = "--mqtt-ports",
            paramLabel = "PORT",
            split = ",",
            defaultValue = "1883,1884",
            description = "One gateway for each. Default: ${DEFAULT-VALUE}. For all ports: 0 takes a free one.")
    private List<Integer> mqttPorts;

    @Option(
            names = "--ha-ports",
            paramLabel = "PORT",
            split = ",",
            defaultValue = "8082,8083",
            description = "One leader candidate for each. Default: ${DEFAULT-VALUE}")
    private List<Integer> haPorts;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "8090",
            description = "Health and metrics of the router; the gateways take the ports after it."
                    + " Default: ${DEFAULT-VALUE}")
    private int adminPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Kafka, for programs on this machine. Default: ${DEFAULT-VALUE}")
    private int kafkaPort;

    @Option(
            names = "--zookeeper-port",
            paramLabel = "PORT",
            defaultValue = "2181",
            description = "ZooKeeper, for programs on this machine. Default: ${DEFAULT-VALUE}")
    private int zooKeeperPort;

    /** Called by the command line, on the main thread. */
    @Override
    public Integer call() {
        Path logs = data.resolve("logs");
        Logging.toFile(logs);
        return RunningProcess.run(() -> start(logs));
    }

    private AutoCloseable start(Path logs) {
        Progress progress = new Progress(System.out);
        LocalConfig config = config();
        LocalCluster cluster = LocalCluster.start(config, progress);
        System.out.print(new Banner(cluster, config.reachableHost(), logs, progress.elapsed()).text());
        System.out.flush();
        return () -> {
            System.out.println("Stopping");
            cluster.close();
            System.out.println("Stopped; the state is kept in " + data);
        };
    }

    private LocalConfig config() {
        try {
            return new LocalConfig(
                    data, fresh, host, mqttPorts, haPorts, adminPort, kafkaPort, zooKeeperPort, System.getenv());
        } catch (IllegalArgumentException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    /** A line for each step, with the time that has passed. */
    private static final class Progress implements Consumer<String> {

        private final long began = System.nanoTime();
        private final PrintStream out;

        Progress(PrintStream out) {
            this.out = out;
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - began);
        }

        @Override
        public void accept(String step) {
            out.printf("%5.1f s  %s%n", elapsed().toMillis() / 1_000.0, step);
            out.flush();
        }
    }
}
