package io.sluice.leader;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kit.StartException;
import io.sluice.kit.http.AdminServer;
import io.sluice.kit.membership.RoleMembership;
import io.sluice.kit.metrics.Metrics;
import io.sluice.leader.curator.ClusterView;
import io.sluice.leader.curator.Election;
import io.sluice.leader.curator.ZooKeeperConnection;
import io.sluice.leader.duty.ClusterTopics;
import io.sluice.leader.duty.GatewayWatch;
import io.sluice.leader.duty.KafkaSettings;
import io.sluice.leader.duty.TopicProvisioning;
import io.sluice.wire.Topics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A leader candidate, put together: the only place that makes its services. */
public final class Leader implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Leader.class);
    private static final List<String> GATEWAY_STATES = List.of("starting", "ready", "not-ready", "draining");

    /** What was started, the last one first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final AdminServer server;
    private volatile Election election;

    private Leader(LeaderConfig config) {
        try {
            Metrics metrics = start(Metrics.create("leader", config.name()));
            ZooKeeperConnection zooKeeper = start(ZooKeeperConnection.open(config.zookeeper()));
            ClusterView view = start(zooKeeper.view());
            KafkaSettings kafka = new KafkaSettings(
                    config.kafka().clientProperties(), config.kafka().topics());
            Admin admin = start(Admin.create(kafka.admin()));
            metrics.bindKafka(admin);

            TopicProvisioning provisioning = new TopicProvisioning(
                    new ClusterTopics(admin, kafka.topics(), config.kafka().replicationFactor()), zooKeeper.board());
            GatewayWatch watch = new GatewayWatch(
                    kafka, admin, zooKeeper.register(), config.lostAfter(), System::nanoTime, metrics.registry());

            HaEndpoints endpoints = new HaEndpoints(config, view, this::term, zooKeeper::connected);
            LeaderHealth health = new LeaderHealth(zooKeeper::connected, this::isPrimary, provisioning, watch);
            server = start(AdminServer.start(config.admin().adminConfig(), health, metrics, endpoints.all()));
            String address = config.admin().host() + ":" + server.port();
            RoleMembership membership = start(zooKeeper.join(config.name(), Map.of("address", address)));
            log.atDebug().addKeyValue("member", membership).log("Candidate registered");

            meters(metrics.registry(), view, zooKeeper);
            retention(metrics.registry(), view, kafka.topics());
            Reign reign = new Reign(List.of(provisioning, watch), metrics.registry());
            election = start(zooKeeper.stand(config.name(), reign));
            log.atInfo()
                    .addKeyValue("leader", config.name())
                    .addKeyValue("address", address)
                    .log("Leader candidate ready");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a candidate; returns when it stands in the election. Kafka may come later.
     *
     * @throws StartException if it cannot, with the cause in one line
     */
    public static Leader start(LeaderConfig config) {
        return new Leader(config);
    }

    private <T extends AutoCloseable> T start(T service) {
        started.push(service);
        return service;
    }

    private void meters(MeterRegistry registry, ClusterView view, ZooKeeperConnection zooKeeper) {
        Gauge.builder("sluice.zookeeper.connected", zooKeeper, connection -> connection.connected() ? 1 : 0)
                .description("1 while ZooKeeper can be reached, else 0")
                .register(registry);
        Gauge.builder("sluice.leader.primary", this, leader -> leader.isPrimary() ? 1 : 0)
                .description("1 on the primary, 0 on a standby")
                .register(registry);
        Gauge.builder("sluice.leader.term", this, Leader::termNumber)
                .description("The term of this candidate, 0 on a standby")
                .register(registry);
        Gauge.builder(
                        "sluice.topics.provisioned",
                        view,
                        cluster -> cluster.topics().ready() ? 1 : 0)
                .description("1 if the primary found all topics as they should be")
                .register(registry);
        for (String state : GATEWAY_STATES) {
            Gauge.builder("sluice.gateways", view, cluster -> count(cluster, state))
                    .description("Live gateways")
                    .tag("state", state)
                    .register(registry);
        }
    }

    private static void retention(MeterRegistry registry, ClusterView view, Topics topics) {
        for (Topics.Spec spec : topics.all()) {
            if (spec.config().containsKey(TopicConfig.RETENTION_MS_CONFIG)) {
                Gauge.builder("sluice.topic.retention.seconds", view, cluster -> retentionSeconds(cluster, spec.name()))
                        .description("How long Kafka keeps the records of a topic, as the primary has found it")
                        .tag("topic", spec.name())
                        .register(registry);
            }
        }
    }

    private static double retentionSeconds(ClusterView view, String topic) {
        return view.topics().topics().stream()
                .filter(found -> found.name().equals(topic))
                .mapToDouble(found -> found.retentionMs() < 0 ? Double.POSITIVE_INFINITY : found.retentionMs() / 1e3)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static long count(ClusterView view, String state) {
        return view.gateways().stream()
                .filter(gateway -> gateway.status().state().equals(state))
                .count();
    }

    private Term term() {
        Election present = election;
        return present == null ? null : present.term();
    }

    private double termNumber() {
        Term term = term();
        return term == null ? 0 : term.number();
    }

    /** Whether this candidate is primary now. */
    public boolean isPrimary() {
        return term() != null;
    }

    /** The port of {@code /ha/leader}, {@code /ha/cluster}, health and metrics. */
    public int haPort() {
        return server.port();
    }

    /** Stops; a primary hands over at once. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) { // AutoCloseable's signature; the rest has to be closed all the same.
                log.atWarn().setCause(e).log("A part of the leader did not close cleanly");
            }
        }
    }
}
