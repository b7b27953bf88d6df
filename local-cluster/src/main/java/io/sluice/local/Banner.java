package io.sluice.local;

import io.sluice.gateway.Gateway;
import io.sluice.leader.Leader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What people read when the cluster is ready: where everything is, and what to try first. */
final class Banner {

    private final LocalCluster cluster;
    private final String host;
    private final Path logs;
    private final Duration startTime;

    /**
     * @param host as it stands in an address
     * @param logs the folder of the log file
     */
    Banner(LocalCluster cluster, String host, Path logs, Duration startTime) {
        this.cluster = cluster;
        this.host = host;
        this.logs = logs;
        this.startTime = startTime;
    }

    String text() {
        List<Gateway> gateways = cluster.gateways();
        Gateway first = gateways.get(0);
        Gateway last = gateways.get(gateways.size() - 1);
        return """

                Sluice is ready after %.1f s. Stop it with Ctrl-C; its state stays in the data folder.

                  MQTT       %s
                  HA         %s
                  Health     %s
                  Kafka      %s
                  ZooKeeper  %s
                  Log        %s

                Try it, in two more terminals:

                  mosquitto_sub -h %s -p %d -t 'try/#' -v
                  mosquitto_pub -h %s -p %d -t try/hello -q 1 -m 'through the log'

                Metrics for Prometheus: /metrics on the health and HA ports, such as
                  http://%s:%d/metrics

                """.formatted(
                        startTime.toMillis() / 1_000.0,
                        list(gateways, gateway -> host + ":" + gateway.mqttPort()),
                        list(cluster.leaders(), this::leader),
                        health(gateways),
                        cluster.bootstrapServers(),
                        cluster.zooKeeperConnect(),
                        logs.resolve("sluice.log"),
                        host,
                        last.mqttPort(),
                        host,
                        first.mqttPort(),
                        host,
                        first.adminPort());
    }

    private String leader(Leader leader) {
        return "http://" + host + ":" + leader.haPort() + "/ha/cluster" + (leader.isPrimary() ? " (primary)" : "");
    }

    private String health(List<Gateway> gateways) {
        return url(cluster.router().adminPort()) + " (router), " + list(gateways, gateway -> url(gateway.adminPort()));
    }

    private String url(int port) {
        return "http://" + host + ":" + port + "/ready";
    }

    private static <T> String list(List<T> parts, Function<T, String> text) {
        return parts.stream().map(text).collect(Collectors.joining(", "));
    }
}
