package io.sluice.gateway;

import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliverySource;
import io.sluice.gateway.session.Sessions;
import io.sluice.kit.membership.GatewayMembership;
import io.sluice.kit.membership.GatewayNode;
import io.sluice.kit.membership.GatewayStatus;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code $SYS}: what the cluster and each of its gateways are doing, as retained messages that never touch the log. The
 * figures of the other gateways come from their membership nodes. Run by the gateway's timer.
 */
final class SysTopics implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SysTopics.class);
    private static final byte[] CLEARED = {};
    private static final double LOAD_WINDOW_SECONDS = 60;

    private final String name;
    private final GatewayMembership membership;
    private final DeliverySource source;
    private final GatewayMetrics metrics;
    private final GatewayHealth health;
    private final Sessions sessions;
    private final DoubleSupplier utilisation;
    private final long startedNanos = System.nanoTime();
    private final String version;
    /** What was published last: only what changes is published again. */
    private Map<String, String> published = Map.of();

    private long lastReceived;
    private long lastNanos = System.nanoTime();
    /** Messages received in a second, smoothed. */
    private double load;

    /** @param utilisation how much of its capacity the gateway uses, 0 to 1 */
    SysTopics(
            String name,
            GatewayMembership membership,
            DeliverySource source,
            GatewayMetrics metrics,
            GatewayHealth health,
            Sessions sessions,
            DoubleSupplier utilisation) {
        this.name = name;
        this.membership = membership;
        this.source = source;
        this.metrics = metrics;
        this.health = health;
        this.sessions = sessions;
        this.utilisation = utilisation;
        this.version = "sluice "
                + Optional.ofNullable(SysTopics.class.getPackage().getImplementationVersion())
                        .orElse("development");
    }

    @Override
    public void run() {
        try {
            Map<String, Double> own = own();
            membership.report(
                    new GatewayStatus(health.state(), sessions.size(), rounded(utilisation.getAsDouble()), own));
            publish(topics(own));
        } catch (RuntimeException e) {
            // A timer does not call again what has thrown.
            log.atWarn().setCause(e).log("$SYS topics not published");
        }
    }

    private Map<String, Double> own() {
        long now = System.nanoTime();
        long received = metrics.publishedTotal();
        double seconds = (now - lastNanos) / 1e9;
        double rate = seconds > 0 ? (received - lastReceived) / seconds : 0;
        double weight = 1 - Math.exp(-seconds / LOAD_WINDOW_SECONDS);
        load += weight * (rate - load);
        lastReceived = received;
        lastNanos = now;

        Map<String, Double> stats = new LinkedHashMap<>();
        stats.put("uptime", Math.floor((now - startedNanos) / 1e9));
        stats.put("clients/connected", (double) metrics.connections());
        stats.put("messages/received", (double) received);
        stats.put("messages/sent", (double) metrics.deliveredTotal());
        stats.put("messages/dropped", (double) metrics.droppedTotal());
        stats.put("load/messages/received/1min", rounded(load));
        return stats;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    private Map<String, String> topics(Map<String, Double> own) {
        Map<String, String> topics = new HashMap<>();
        Map<String, Double> cluster = new HashMap<>(own);
        add(topics, name, own);
        for (GatewayNode node : membership.gateways()) {
            if (!node.info().name().equals(name)) {
                add(topics, node.info().name(), node.status().stats());
                node.status()
                        .stats()
                        .forEach((stat, value) ->
                                cluster.merge(stat, value, stat.equals("uptime") ? Math::max : Double::sum));
            }
        }
        cluster.forEach((stat, value) -> topics.put("$SYS/broker/" + stat, text(value)));
        topics.put("$SYS/broker/version", version);
        return topics;
    }

    private static void add(Map<String, String> topics, String gateway, Map<String, Double> stats) {
        stats.forEach((stat, value) -> topics.put("$SYS/gateways/" + gateway + "/" + stat, text(value)));
    }

    private static String text(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private void publish(Map<String, String> topics) {
        topics.forEach((topic, value) -> {
            if (!value.equals(published.get(topic))) {
                publish(topic, value.getBytes(StandardCharsets.UTF_8));
            }
        });
        // A gateway that has left takes its topics with it.
        published.keySet().stream()
                .filter(topic -> !topics.containsKey(topic))
                .forEach(topic -> publish(topic, CLEARED));
        published = topics;
    }

    private void publish(String topic, byte[] payload) {
        source.publishLocally(new PublishRecord(
                topic.getBytes(StandardCharsets.UTF_8),
                payload,
                Qos.AT_MOST_ONCE,
                true,
                null,
                PublishProperties.NONE,
                -1,
                -1,
                System.currentTimeMillis()));
    }
}
