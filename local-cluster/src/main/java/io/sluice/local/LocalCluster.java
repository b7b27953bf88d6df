package io.sluice.local;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.gateway.Gateway;
import io.sluice.kit.StartException;
import io.sluice.leader.Leader;
import io.sluice.router.Router;
import io.sluice.router.RouterConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A whole cluster in this process: gateways, one router and leader candidates, each put together as it is in a process
 * of its own, on an embedded Kafka and an embedded ZooKeeper.
 *
 * <p>The parts may be closed one by one, to see what the others do; closing twice is no harm.
 */
public final class LocalCluster implements AutoCloseable {

    private final Startup parts = new Startup();
    private final EmbeddedKafka kafka;
    private final EmbeddedZooKeeper zooKeeper;
    private final List<Gateway> gateways = new ArrayList<>();
    private final List<Leader> leaders = new ArrayList<>();
    private Router router;

    private LocalCluster(LocalConfig config, Consumer<String> progress) throws InterruptedException {
        try {
            DataFolder folder = parts.start(DataFolder.take(config.folder()));
            Ports.requireFree(config);
            if (config.fresh()) {
                progress.accept("Emptying " + config.folder());
                folder.clear();
            }
            progress.accept("Starting Kafka and ZooKeeper");
            List<AutoCloseable> servers = parts.startAll(List.of(
                    () -> EmbeddedZooKeeper.start(folder.zooKeeper(), config.zooKeeperPort()),
                    () -> EmbeddedKafka.start(folder.kafka(), config.kafkaPort(), Map.of())));
            zooKeeper = (EmbeddedZooKeeper) servers.get(0);
            kafka = (EmbeddedKafka) servers.get(1);
            progress.accept("Starting leaders, router and gateways");
            startRoles(config, folder.router());
        } catch (RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a cluster and waits until all of it serves.
     *
     * @throws StartException if it cannot, with the cause in one line
     */
    public static LocalCluster start(LocalConfig config) {
        return start(config, step -> {});
    }

    /**
     * Starts a cluster and waits until all of it serves.
     *
     * @param progress told of each step, on the caller's thread
     * @throws StartException if it cannot, with the cause in one line
     */
    public static LocalCluster start(LocalConfig config, Consumer<String> progress) {
        try {
            return new LocalCluster(config, progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while starting", e);
        }
    }

    /** All at once: gateways and router wait by themselves for the topics that the primary leader makes. */
    private void startRoles(LocalConfig config, Path routerFolder) throws InterruptedException {
        RoleSettings settings = new RoleSettings(config, bootstrapServers(), zooKeeperConnect());
        List<Callable<AutoCloseable>> starters = new ArrayList<>();
        each(config.haPorts(), index -> starters.add(() -> Leader.start(settings.leader(index))));
        starters.add(() -> readyRouter(settings.router(routerFolder), config.reachableHost()));
        each(config.mqttPorts(), index -> starters.add(() -> Gateway.start(settings.gateway(index))));
        for (AutoCloseable role : parts.startAll(starters)) {
            if (role instanceof Gateway gateway) {
                gateways.add(gateway);
            } else if (role instanceof Leader leader) {
                leaders.add(leader);
            } else if (role instanceof Router started) {
                router = started;
            }
        }
    }

    /** A router starts without waiting for the topics; here it is to be ready, as everything else. */
    private static Router readyRouter(RouterConfig config, String host) throws InterruptedException {
        Router router = Router.start(config);
        try {
            Readiness.await(host, router.adminPort());
            return router;
        } catch (RuntimeException | InterruptedException e) {
            router.close();
            throw e;
        }
    }

    private static void each(List<Integer> ports, IntConsumer action) {
        IntStream.range(0, ports.size()).forEach(action);
    }

    /** The gateways, in the order of their configured ports. */
    public List<Gateway> gateways() {
        return List.copyOf(gateways);
    }

    /** The leader candidates, in the order of their configured ports. */
    public List<Leader> leaders() {
        return List.copyOf(leaders);
    }

    /** The router. */
    public Router router() {
        return router;
    }

    /** The broker that the cluster runs on. */
    public EmbeddedKafka kafka() {
        return kafka;
    }

    /** The ZooKeeper that the cluster runs on. */
    public EmbeddedZooKeeper zooKeeper() {
        return zooKeeper;
    }

    /** How Kafka clients reach the broker. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** How ZooKeeper clients reach the server. */
    public String zooKeeperConnect() {
        return zooKeeper.connectString();
    }

    /** Stops all: gateways first, then router and leaders, then the servers. State stays in its folder. */
    @Override
    public void close() {
        parts.close();
    }
}
