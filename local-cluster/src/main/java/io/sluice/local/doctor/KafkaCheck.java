package io.sluice.local.doctor;

import io.sluice.kit.config.KafkaConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;

/** Whether Kafka answers, with enough brokers; then its topics and clocks. */
final class KafkaCheck {

    private static final String SUBJECT = "kafka";
    private static final int REQUEST_TIMEOUT_MS = 5_000;
    private static final int TIMEOUT_MS = 10_000;

    private final KafkaConfig config;
    private final Report report;

    KafkaCheck(KafkaConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    void run() {
        Map<String, Object> properties = config.clientProperties();
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        try (Admin admin = Admin.create(properties)) {
            Collection<Node> brokers = admin.describeCluster().nodes().get();
            brokers(brokers);
            new TopicsCheck(admin, config, report).run();
            new ClockCheck(admin, config, report).run(List.copyOf(brokers));
        } catch (ExecutionException e) {
            unreachable(e.getCause());
        } catch (KafkaException e) {
            unreachable(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            unreachable(e);
        }
    }

    private void brokers(Collection<Node> brokers) {
        String found = brokers.size() + (brokers.size() == 1 ? " broker answers" : " brokers answer") + " at "
                + config.bootstrapServers();
        if (brokers.size() < config.replicationFactor()) {
            report.fail(
                    SUBJECT,
                    found + ", but kafka.replicationFactor is " + config.replicationFactor()
                            + ": start more brokers, or lower it in the configuration of every process");
        } else {
            report.ok(SUBJECT, found);
        }
        if (config.replicationFactor() == 1) {
            report.warn(
                    "replication",
                    "kafka.replicationFactor is 1: when a broker loses its disk, acknowledged messages are lost; use 3");
        }
    }

    private void unreachable(Throwable cause) {
        report.fail(
                SUBJECT,
                "cannot be used at " + config.bootstrapServers() + " (" + cause.getMessage()
                        + "): check kafka.bootstrapServers, kafka.properties, and the brokers' advertised.listeners");
    }
}
