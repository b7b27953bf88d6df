package io.sluice.router;

import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.sluice.kit.StartException;
import io.sluice.kit.http.AdminServer;
import io.sluice.kit.membership.RoleMembership;
import io.sluice.kit.metrics.Metrics;
import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.streams.StreamsRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A router, put together: the only place that makes its services. */
public final class Router implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Router.class);
    private static final String ROLE = "routers";

    /** What was started, the last one first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final AdminServer admin;

    private Router(RouterConfig config) {
        checkWritable(config.stateFolder());
        try {
            Metrics metrics = start(Metrics.create("router", config.name()));
            RouterHealth health = new RouterHealth();
            admin = start(AdminServer.start(config.admin(), health, metrics, Map.of()));
            String address = config.admin().host() + ":" + admin.port();
            start(RoleMembership.join(config.zookeeper(), ROLE, config.name(), Map.of("address", address)));
            new DiskSpaceMetrics(config.stateFolder().toFile()).bindTo(metrics.registry());
            RouterMetrics meters = new RouterMetrics(metrics.registry());
            meters.expect(config.kafka().topics());
            List<StreamsRun> runs = List.of(
                    start(StreamsRun.retained(config, metrics, meters)),
                    start(StreamsRun.match(config, metrics, meters)),
                    start(StreamsRun.queue(config, metrics, meters)));
            // All at the same time.
            start(() -> runs.forEach(StreamsRun::stop));
            health.started(runs);
            log.atInfo()
                    .addKeyValue("router", config.name())
                    .addKeyValue("address", address)
                    .log("Router started");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a router. Does not wait for Kafka or ZooKeeper: the router is ready, as {@code /ready} tells, when the
     * leader has made the topics and the log is being read.
     *
     * @throws StartException if it cannot, with the cause in one line
     */
    public static Router start(RouterConfig config) {
        return new Router(config);
    }

    private static void checkWritable(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StartException("stateFolder " + folder + " cannot be made: " + e, e);
        }
        if (!Files.isWritable(folder)) {
            throw new StartException("stateFolder " + folder + " cannot be written to");
        }
    }

    private <T extends AutoCloseable> T start(T service) {
        started.push(service);
        return service;
    }

    /** The port of health and metrics. */
    public int adminPort() {
        return admin.port();
    }

    /** Stops: what was read is written and committed. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) { // AutoCloseable's signature; the rest has to be closed all the same.
                log.atWarn().setCause(e).log("A part of the router did not close cleanly");
            }
        }
    }
}
