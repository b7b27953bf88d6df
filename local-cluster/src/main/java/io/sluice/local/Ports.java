package io.sluice.local;

import io.sluice.kit.StartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Looks at all ports before anything starts, so that a taken one is told at once and with what to do about it. */
final class Ports {

    private static final String LOOPBACK = "127.0.0.1";

    private final List<String> taken = new ArrayList<>();

    private Ports() {}

    /** @throws StartException when at least one port is taken; it names all of them */
    static void requireFree(LocalConfig config) {
        Ports ports = new Ports();
        config.mqttPorts().forEach(port -> ports.look(config.host(), port, "MQTT: --mqtt-ports"));
        config.haPorts().forEach(port -> ports.look(config.host(), port, "HA: --ha-ports"));
        if (config.adminPort() > 0) {
            for (int i = 0; i <= config.mqttPorts().size(); i++) {
                ports.look(config.host(), config.adminPort() + i, "metrics: --admin-port");
            }
        }
        ports.look(LOOPBACK, config.kafkaPort(), "Kafka: --kafka-port");
        ports.look(LOOPBACK, config.zooKeeperPort(), "ZooKeeper: --zookeeper-port");
        if (!ports.taken.isEmpty()) {
            throw new StartException((ports.taken.size() == 1 ? "port in use: " : "ports in use: ")
                    + String.join(", ", ports.taken)
                    + "; stop what uses "
                    + (ports.taken.size() == 1 ? "it" : "them") + ", or choose others with these options");
        }
    }

    private void look(String host, int port, String use) {
        if (port == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            // A port whose last connections still linger is free for a server.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            taken.add(port + " (" + use + ")");
        }
    }
}
