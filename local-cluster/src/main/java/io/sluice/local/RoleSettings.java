package io.sluice.local;

import io.sluice.gateway.GatewayConfig;
import io.sluice.kit.config.Configs;
import io.sluice.leader.LeaderConfig;
import io.sluice.router.RouterConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The configuration of each role in a local cluster: its defaults, the user's settings, and what has to be here. */
final class RoleSettings {

    private final LocalConfig config;
    private final String bootstrapServers;
    private final String zooKeeperConnect;

    RoleSettings(LocalConfig config, String bootstrapServers, String zooKeeperConnect) {
        this.config = config;
        this.bootstrapServers = bootstrapServers;
        this.zooKeeperConnect = zooKeeperConnect;
    }

    GatewayConfig gateway(int index) {
        Map<String, String> settings = common("gateway-" + (index + 1), config.gatewayAdminPort(index));
        settings.put("SLUICE_MQTT_HOST", config.host());
        settings.put("SLUICE_MQTT_PORT", config.mqttPorts().get(index).toString());
        // All of it stops at the same time: there is nobody to send clients to.
        settings.putIfAbsent("SLUICE_DRAIN_TIMEOUT", "0s");
        return Configs.load(GatewayConfig.class, null, settings);
    }

    RouterConfig router(Path stateFolder) {
        Map<String, String> settings = common("router-1", config.adminPort());
        settings.put("SLUICE_STATE_FOLDER", stateFolder.toString());
        // There is no other router to keep a copy.
        settings.putIfAbsent("SLUICE_SESSIONS_STANDBY_REPLICAS", "0");
        return Configs.load(RouterConfig.class, null, settings);
    }

    LeaderConfig leader(int index) {
        int port = config.haPorts().get(index);
        return Configs.load(LeaderConfig.class, null, common("leader-" + (index + 1), port));
    }

    private Map<String, String> common(String name, int adminPort) {
        Map<String, String> settings = new HashMap<>(config.settings());
        settings.put("SLUICE_NAME", name);
        settings.put("SLUICE_ADMIN_HOST", config.host());
        settings.put("SLUICE_ADMIN_PORT", Integer.toString(adminPort));
        settings.put("SLUICE_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
        settings.put("SLUICE_KAFKA_REPLICATION_FACTOR", "1");
        settings.put("SLUICE_ZOOKEEPER_CONNECT", zooKeeperConnect);
        return settings;
    }
}
