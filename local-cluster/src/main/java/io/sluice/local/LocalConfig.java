package io.sluice.local;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A cluster in one process. Every port may be 0 for a free one.
 *
 * @param folder for all state; made when missing
 * @param fresh whether to begin with an empty folder
 * @param host the address to listen on for MQTT, health, metrics and HA; Kafka and ZooKeeper are on the loopback
 *     interface alone
 * @param mqttPorts one gateway for each, at least one
 * @param haPorts one leader candidate for each, at least one
 * @param adminPort of the router; the gateways take those that follow it; 0 for free ones
 * @param kafkaPort of the embedded broker
 * @param zooKeeperPort of the embedded ZooKeeper
 * @param settings of all roles, as environment variables would give them: {@code SLUICE_MQTT_EVENT_LOOPS}; what this
 *     record decides goes before them
 */
public record LocalConfig(
        Path folder,
        boolean fresh,
        String host,
        List<Integer> mqttPorts,
        List<Integer> haPorts,
        int adminPort,
        int kafkaPort,
        int zooKeeperPort,
        Map<String, String> settings) {

    private static final int MAX_PORT = 0xFFFF;
    private static final String LOOPBACK = "127.0.0.1";

    /** Checks the ports. */
    public LocalConfig {
        mqttPorts = List.copyOf(mqttPorts);
        haPorts = List.copyOf(haPorts);
        settings = Map.copyOf(settings);
        if (mqttPorts.isEmpty() || haPorts.isEmpty()) {
            throw new IllegalArgumentException("a cluster has at least one gateway and one leader candidate");
        }
        mqttPorts.forEach(LocalConfig::checkPort);
        haPorts.forEach(LocalConfig::checkPort);
        checkPort(adminPort);
        checkPort(adminPort + mqttPorts.size());
        checkPort(kafkaPort);
        checkPort(zooKeeperPort);
    }

    /** A cluster on free ports of the loopback interface. */
    public static LocalConfig onFreePorts(Path folder, int gateways, int leaders) {
        return new LocalConfig(
                folder,
                false,
                LOOPBACK,
                Collections.nCopies(gateways, 0),
                Collections.nCopies(leaders, 0),
                0,
                0,
                0,
                Map.of());
    }

    /** The host as it stands in an address that programs on this machine can use. */
    String reachableHost() {
        if (host.equals("0.0.0.0") || host.equals("::")) {
            return LOOPBACK;
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** The admin port of a gateway, counted from 0. */
    int gatewayAdminPort(int index) {
        return adminPort == 0 ? 0 : adminPort + 1 + index;
    }

    private static void checkPort(int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("a port is 0 to " + MAX_PORT + ", was " + port);
        }
    }
}
