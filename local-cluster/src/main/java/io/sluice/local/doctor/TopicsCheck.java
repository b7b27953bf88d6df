package io.sluice.local.doctor;

import io.sluice.kit.config.KafkaConfig;
import io.sluice.wire.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether the cluster's topics are there, placed as configured, and safe against the loss of a broker. */
final class TopicsCheck {

    private final Admin admin;
    private final KafkaConfig config;
    private final Report report;

    TopicsCheck(Admin admin, KafkaConfig config, Report report) {
        this.admin = admin;
        this.config = config;
        this.report = report;
    }

    void run() throws ExecutionException, InterruptedException {
        List<Topics.Spec> specs = config.topics().all();
        Map<String, TopicDescription> present =
                describe(specs.stream().map(Topics.Spec::name).toList());
        if (present.isEmpty()) {
            report.warn("topics", "there are none yet: start a leader, which creates them");
            return;
        }
        Map<ConfigResource, Config> configs = admin.describeConfigs(present.keySet().stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .all()
                .get();
        for (Topics.Spec spec : specs) {
            TopicDescription topic = present.get(spec.name());
            if (topic == null) {
                report.fail(spec.name(), "is missing: start a leader, which creates it");
            } else {
                check(spec, topic, configs.get(new ConfigResource(ConfigResource.Type.TOPIC, spec.name())));
            }
        }
    }

    private Map<String, TopicDescription> describe(List<String> names) throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> present = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> answer :
                admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                present.put(answer.getKey(), answer.getValue().get());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return present;
    }

    private void check(Topics.Spec spec, TopicDescription topic, Config settings) {
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        int minInSync = Integer.parseInt(
                settings.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value());
        // Each is asked, since each tells what it finds.
        boolean placed = partitions(spec, topic);
        boolean safe = replicas(spec.name(), replicas, minInSync);
        boolean available = availability(spec.name(), topic, minInSync);
        boolean kept = settings(spec, settings);
        if (placed && safe && available && kept) {
            report.ok(
                    spec.name(),
                    topic.partitions().size() + " partitions, " + replicas + " replicas, min.insync.replicas "
                            + minInSync + ", all in sync");
        }
    }

    private boolean partitions(Topics.Spec spec, TopicDescription topic) {
        int actual = topic.partitions().size();
        if (actual == spec.partitions()) {
            return true;
        }
        String mend = spec.partitions() == config.partitions()
                ? "kafka.partitions must be " + actual
                        + " in the configuration of every process, since it is fixed at birth"
                : "delete it while the cluster is stopped, so that the leader creates it anew";
        report.fail(spec.name(), "has " + actual + " partitions, not " + spec.partitions() + ": " + mend);
        return false;
    }

    private boolean replicas(String name, int replicas, int minInSync) {
        if (replicas < config.replicationFactor()) {
            report.warn(
                    name,
                    "has " + replicas + " replicas, but kafka.replicationFactor is " + config.replicationFactor()
                            + ": add replicas with kafka-reassign-partitions");
            return false;
        }
        // One replica, as configured: that was told once for all topics.
        if (replicas == 1) {
            return true;
        }
        if (minInSync == 1) {
            report.warn(
                    name,
                    "min.insync.replicas is 1: an acknowledged message may be on one broker only; set it to "
                            + Math.max(2, replicas - 1));
            return false;
        }
        if (minInSync >= replicas) {
            report.warn(
                    name,
                    "min.insync.replicas is " + minInSync + " of " + replicas
                            + " replicas: when one broker stops, nothing can be published; set it to "
                            + (replicas - 1));
            return false;
        }
        return true;
    }

    private boolean availability(String name, TopicDescription topic, int minInSync) {
        List<TopicPartitionInfo> partitions = topic.partitions();
        long leaderless = partitions.stream()
                .filter(partition ->
                        partition.leader() == null || partition.leader().isEmpty())
                .count();
        long refusing = partitions.stream()
                .filter(partition -> partition.isr().size() < minInSync)
                .count();
        long behind = partitions.stream()
                .filter(partition ->
                        partition.isr().size() < partition.replicas().size())
                .count();
        if (leaderless > 0) {
            report.fail(name, leaderless + " partitions have no leader: start the brokers that have them");
        } else if (refusing > 0) {
            report.fail(
                    name,
                    refusing + " partitions have fewer replicas in sync than min.insync.replicas, so that publishing"
                            + " waits: start the missing brokers");
        } else if (behind > 0) {
            report.warn(name, behind + " partitions have replicas that are not in sync: look at the brokers' health");
        }
        return leaderless + refusing + behind == 0;
    }

    private boolean settings(Topics.Spec spec, Config actual) {
        boolean same = true;
        for (String key : List.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)) {
            String wanted = spec.config().get(key);
            String found = actual.get(key).value();
            if (wanted != null && !wanted.equals(found)) {
                report.fail(spec.name(), key + " is " + found + ": set it to " + wanted + " with kafka-configs");
                same = false;
            }
        }
        return same;
    }
}
