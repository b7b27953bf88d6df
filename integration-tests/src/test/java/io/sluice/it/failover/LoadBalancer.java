package io.sluice.it.failover;

import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.Ports;
import io.sluice.it.harness.ProcessCluster;
import io.sluice.it.harness.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real load balancer with the configuration file that the project ships, with this cluster's ports in it. */
final class LoadBalancer implements AutoCloseable {

    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    private final OsProcess process;
    private final int mqttPort;
    private final int haPort;

    private LoadBalancer(OsProcess process, int mqttPort, int haPort) {
        this.process = process;
        this.mqttPort = mqttPort;
        this.haPort = haPort;
    }

    /** HAProxy, which is told its ports through its environment. */
    static LoadBalancer haproxy(ProcessCluster cluster) {
        int mqtt = Ports.free();
        int ha = Ports.free();
        Map<String, String> environment = Map.of(
                "MQTT_LISTEN", "127.0.0.1:" + mqtt,
                "HA_LISTEN", "127.0.0.1:" + ha,
                "GATEWAY_1", "127.0.0.1:" + cluster.mqtt("gateway-1").getPort(),
                "GATEWAY_2", "127.0.0.1:" + cluster.mqtt("gateway-2").getPort(),
                "GATEWAY_1_ADMIN_PORT", Integer.toString(cluster.adminPort("gateway-1")),
                "GATEWAY_2_ADMIN_PORT", Integer.toString(cluster.adminPort("gateway-2")),
                "LEADER_1", "127.0.0.1:" + cluster.adminPort("leader-1"),
                "LEADER_2", "127.0.0.1:" + cluster.adminPort("leader-2"));
        String file = DEPLOY.resolve("haproxy/haproxy.cfg").toString();
        List<String> command = List.of(Tools.require("haproxy"), "-db", "-f", file);
        return new LoadBalancer(OsProcess.start("haproxy", command, environment), mqtt, ha);
    }

    /** Nginx, which knows no variables there: the ports are put into a copy of its file. */
    static LoadBalancer nginx(ProcessCluster cluster, Path folder) {
        String nginx = Tools.require("nginx");
        int mqtt = Ports.free();
        int ha = Ports.free();
        try {
            String text = Files.readString(DEPLOY.resolve("nginx/nginx.conf"))
                    .replace(
                            "127.0.0.1:1883",
                            "127.0.0.1:" + cluster.mqtt("gateway-1").getPort())
                    .replace(
                            "127.0.0.1:1884",
                            "127.0.0.1:" + cluster.mqtt("gateway-2").getPort())
                    .replace("127.0.0.1:8082", "127.0.0.1:" + cluster.adminPort("leader-1"))
                    .replace("127.0.0.1:8083", "127.0.0.1:" + cluster.adminPort("leader-2"))
                    .replace("listen 1880", "listen 127.0.0.1:" + mqtt)
                    .replace("listen 8080", "listen 127.0.0.1:" + ha)
                    .replace("/tmp/sluice-nginx", folder.resolve("sluice-nginx").toString());
            Path file = Files.writeString(folder.resolve("nginx.conf"), text);
            List<String> command = List.of(nginx, "-c", file.toString(), "-g", "daemon off;");
            return new LoadBalancer(OsProcess.start("nginx", command, Map.of()), mqtt, ha);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where MQTT clients connect to. */
    InetSocketAddress mqtt() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), mqttPort);
    }

    /** What the primary leader says of itself. */
    String leaderUrl() {
        return "http://127.0.0.1:" + haPort + "/ha/leader";
    }

    @Override
    public void close() {
        process.stop();
    }
}
