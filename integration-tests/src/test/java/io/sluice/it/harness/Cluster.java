package io.sluice.it.harness;

import io.sluice.gateway.Gateway;
import io.sluice.leader.Leader;
import io.sluice.local.LocalCluster;
import io.sluice.local.LocalConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * What the tests of the protocol run against: two gateways of one cluster, started once in this process when first asked
 * for, or, with {@code -Dsluice.it.target=host:port}, any other broker, or with {@code host:port,host:port} two nodes of
 * one. {@code -Dsluice.it.kafka=host:port} tells where the Kafka of such a cluster is.
 */
public final class Cluster {

    private static final String TARGET = System.getProperty("sluice.it.target");
    private static final String KAFKA = System.getProperty("sluice.it.kafka");

    /** What connects from this address has to tell a client's address with the PROXY protocol. */
    private static final String PROXY = "127.0.0.2";

    private Cluster() {}

    /** Starts when it is first used, and ends with the process. */
    private static final class Own {
        private static final LocalCluster CLUSTER = start();

        private static LocalCluster start() {
            // Test processes that run side by side have one each.
            String process = System.getProperty("sluice.it.process", "0");
            LocalCluster cluster = LocalCluster.start(config(Path.of("target", "cluster-" + process), true));
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
            return cluster;
        }
    }

    /** Two gateways and two leader candidates on free ports, with intervals that are short enough to be waited for. */
    public static LocalConfig config(Path folder, boolean fresh) {
        return new LocalConfig(
                folder,
                fresh,
                "127.0.0.1",
                List.of(0, 0),
                List.of(0, 0),
                0,
                0,
                0,
                Map.of(
                        "SLUICE_SYS_INTERVAL",
                        "1s",
                        "SLUICE_MQTT_CONNECT_TIMEOUT",
                        "4s",
                        "SLUICE_MQTT_PROXY_PROTOCOL_FROM",
                        PROXY,
                        "SLUICE_LOST_AFTER",
                        "3s",
                        "SLUICE_SESSIONS_LAG_INTERVAL",
                        "1s"));
    }

    /** Whether the tests run against another broker, of which only its MQTT port is known. */
    public static boolean isForeign() {
        return TARGET != null && KAFKA == null;
    }

    /** The first gateway. */
    public static InetSocketAddress first() {
        return gateway(0);
    }

    /** The second gateway of the same cluster; another broker may have one address alone. */
    public static InetSocketAddress second() {
        return gateway(1);
    }

    private static InetSocketAddress gateway(int index) {
        return TARGET == null ? gateway(Own.CLUSTER, index) : target(index);
    }

    /** Where a gateway of a cluster in this process listens. */
    public static InetSocketAddress gateway(LocalCluster cluster, int index) {
        int port = cluster.gateways().get(index).mqttPort();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static InetSocketAddress target(int index) {
        List<String> addresses = Pattern.compile(",").splitAsStream(TARGET).toList();
        String address = addresses.get(Math.min(index, addresses.size() - 1));
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** The ports of health and metrics, by role: {@code gateway}, {@code router}, {@code leader}. */
    public static Map<String, List<Integer>> adminPorts() {
        Assumptions.assumeTrue(TARGET == null, "the admin ports of another cluster are not known");
        LocalCluster cluster = Own.CLUSTER;
        return Map.of(
                "gateway",
                cluster.gateways().stream().map(Gateway::adminPort).toList(),
                "router",
                List.of(cluster.router().adminPort()),
                "leader",
                cluster.leaders().stream().map(Leader::haPort).toList());
    }

    /** How ZooKeeper clients reach the ZooKeeper of a cluster in this process. */
    static String zooKeeperConnect() {
        return Own.CLUSTER.zooKeeperConnect();
    }

    /** How Kafka's own clients reach the log; another broker has none. */
    public static String bootstrapServers() {
        Assumptions.assumeFalse(isForeign(), "another broker has no log in Kafka");
        return TARGET == null ? Own.CLUSTER.bootstrapServers() : KAFKA;
    }
}
