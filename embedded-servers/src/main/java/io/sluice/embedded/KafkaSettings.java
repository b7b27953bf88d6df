package io.sluice.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Broker properties for one small node. Everything that is not named here is as Kafka ships it. */
final class KafkaSettings {

    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final String BROKER_LISTENER = "PLAINTEXT";

    private static final String NODE_ID = "1";

    private KafkaSettings() {}

    static Map<String, String> of(
            Path folder,
            int brokerPort,
            int controllerPort,
            Map<String, String> overrides,
            List<EmbeddedKafka.Listener> more) {
        Map<String, String> settings = new HashMap<>();
        identity(settings, folder);
        listeners(settings, brokerPort, controllerPort, more);
        oneNode(settings);
        small(settings);
        failover(settings);
        settings.putAll(overrides);
        return settings;
    }

    private static void identity(Map<String, String> settings, Path folder) {
        settings.put("node.id", NODE_ID);
        settings.put("process.roles", "broker,controller");
        settings.put("log.dirs", folder.toString());
    }

    private static void listeners(
            Map<String, String> settings, int brokerPort, int controllerPort, List<EmbeddedKafka.Listener> more) {
        StringJoiner listeners = new StringJoiner(",")
                .add(BROKER_LISTENER + "://127.0.0.1:" + brokerPort)
                .add(CONTROLLER_LISTENER + "://127.0.0.1:" + controllerPort);
        StringJoiner advertised = new StringJoiner(",").add(BROKER_LISTENER + "://127.0.0.1:" + brokerPort);
        StringJoiner protocols =
                new StringJoiner(",").add(BROKER_LISTENER + ":PLAINTEXT").add(CONTROLLER_LISTENER + ":PLAINTEXT");
        for (EmbeddedKafka.Listener listener : more) {
            listeners.add(listener.name() + "://127.0.0.1:" + listener.port());
            advertised.add(listener.name() + "://" + listener.advertised());
            protocols.add(listener.name() + ":PLAINTEXT");
        }
        settings.put("listeners", listeners.toString());
        settings.put("advertised.listeners", advertised.toString());
        settings.put("listener.security.protocol.map", protocols.toString());
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("inter.broker.listener.name", BROKER_LISTENER);
        // The voter is written here, not in the folder, because its port is another one after a restart.
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    }

    /** One replica of everything, and no waiting for members that cannot come. */
    private static void oneNode(Map<String, String> settings) {
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // After a crash the controller takes the broker for alive for so long and does not let the new one in, which
        // asks at intervals that double up to this.
        settings.put("broker.session.timeout.ms", "5000");
        settings.put("broker.heartbeat.interval.ms", "1000");
        settings.put("auto.create.topics.enable", "false");
    }

    /** A member of a group that is dead is found out as soon as it asks for, and so is what it had begun to write. */
    private static void failover(Map<String, String> settings) {
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
    }

    private static void small(Map<String, String> settings) {
        settings.put("num.network.threads", "1");
        settings.put("num.io.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("background.threads", "2");
        settings.put("group.coordinator.threads", "1");
        settings.put("share.coordinator.threads", "1");
        // The cleaner takes this much heap at once, and 128 MiB by default.
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("log.cleaner.io.buffer.size", Integer.toString(256 << 10));
        // Without it an idle controller appends a record to its log twice a second.
        settings.put("metadata.max.idle.interval.ms", "0");
        // Nobody watches this broker through JMX.
        settings.put("metric.reporters", "");
    }
}
