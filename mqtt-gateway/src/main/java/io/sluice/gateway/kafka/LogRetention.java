package io.sluice.gateway.kafka;

import java.util.List;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks how long Kafka keeps the log. Thread-safe. */
final class LogRetention {

    private static final Logger log = LoggerFactory.getLogger(LogRetention.class);

    private final Admin admin;
    private final ConfigResource topic;

    LogRetention(Admin admin, String topic) {
        this.admin = admin;
        this.topic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /**
     * Tells for how many milliseconds messages are kept at least; nothing if Kafka does not answer, or if it keeps them for ever.
     *
     * @param then called on a thread of Kafka's client, not to be blocked
     */
    void ask(LongConsumer then) {
        admin.describeConfigs(List.of(topic)).all().whenComplete((configs, failure) -> {
            if (failure != null) {
                log.atDebug().setCause(failure).log("It is not known how long the log is kept");
                return;
            }
            long millis = Long.parseLong(
                    configs.get(topic).get(TopicConfig.RETENTION_MS_CONFIG).value());
            if (millis >= 0) {
                then.accept(millis);
            }
        });
    }
}
