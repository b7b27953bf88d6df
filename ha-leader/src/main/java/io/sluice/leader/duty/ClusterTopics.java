package io.sluice.leader.duty;

import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import io.sluice.leader.duty.TopicsReport.State;
import io.sluice.wire.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster's topics in Kafka: what they are, against what they should be. One thread. */
public final class ClusterTopics {

    private static final Logger log = LoggerFactory.getLogger(ClusterTopics.class);
    private static final int LOOKS = 50;
    private static final long LOOK_INTERVAL_MS = 100;
    private static final String MIN_INSYNC_REPLICAS = "min.insync.replicas";

    private final Admin admin;
    private final List<Topics.Spec> specs;
    private final short replicationFactor;

    /**
     * @param admin kept and closed by the caller
     * @param replicationFactor of topics that are created
     */
    public ClusterTopics(Admin admin, Topics topics, short replicationFactor) {
        this.admin = admin;
        this.specs = topics.all();
        this.replicationFactor = replicationFactor;
    }

    /**
     * Adds the topics that are missing, unless one that exists has another number of partitions than it should.
     *
     * @throws ExecutionException if Kafka could not be asked or did not do it; the cause is Kafka's
     */
    TopicsReport reconcile(Term term) throws ExecutionException, InterruptedException, TermOverException {
        Map<String, TopicDescription> existing = describe();
        String refusal = refusal(existing);
        if (!refusal.isEmpty()) {
            return new TopicsReport(State.REFUSED, refusal, term.number(), describeDifferences(existing));
        }
        List<Topics.Spec> missing = missing(existing);
        if (missing.isEmpty()) {
            return new TopicsReport(State.READY, "", term.number(), describeDifferences(existing));
        }
        term.check();
        create(missing);
        return createdReport(term);
    }

    /** Brokers may learn of a new topic a moment after it was made. */
    private TopicsReport createdReport(Term term) throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> existing = describe();
        for (int look = 0; look < LOOKS && !missing(existing).isEmpty(); look++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_INTERVAL_MS);
            existing = describe();
        }
        // A topic that somebody else made meanwhile may be another than it should be.
        String detail = missing(existing).isEmpty() ? refusal(existing) : "Kafka does not show the new topics yet";
        State state = detail.isEmpty() ? State.READY : State.FAILED;
        return new TopicsReport(state, detail, term.number(), describeDifferences(existing));
    }

    private List<Topics.Spec> missing(Map<String, TopicDescription> existing) {
        return specs.stream().filter(spec -> !existing.containsKey(spec.name())).toList();
    }

    private Map<String, TopicDescription> describe() throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> existing = new TreeMap<>();
        List<String> names = specs.stream().map(Topics.Spec::name).toList();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> entry :
                admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                existing.put(entry.getKey(), entry.getValue().get());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return existing;
    }

    private String refusal(Map<String, TopicDescription> existing) {
        return specs.stream()
                .filter(spec -> existing.containsKey(spec.name())
                        && existing.get(spec.name()).partitions().size() != spec.partitions())
                .map(spec -> spec.name() + " has "
                        + existing.get(spec.name()).partitions().size() + " partitions, the configuration says "
                        + spec.partitions()
                        + "; a partition count is fixed at birth, so configure what is there, or another topic prefix")
                .collect(Collectors.joining("; "));
    }

    private void create(List<Topics.Spec> missing) throws ExecutionException, InterruptedException {
        List<NewTopic> wanted = missing.stream()
                .map(spec -> new NewTopic(spec.name(), spec.partitions(), replicationFactor).configs(config(spec)))
                .toList();
        for (Map.Entry<String, KafkaFuture<Void>> entry :
                admin.createTopics(wanted).values().entrySet()) {
            try {
                entry.getValue().get();
                log.atInfo().addKeyValue("topic", entry.getKey()).log("Topic created");
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private Map<String, String> config(Topics.Spec spec) {
        Map<String, String> config = new HashMap<>(spec.config());
        // One broker can be lost without stopping writes, and nothing acknowledged is lost with it.
        config.putIfAbsent(MIN_INSYNC_REPLICAS, Integer.toString(Math.max(1, replicationFactor - 1)));
        return config;
    }

    private List<TopicsReport.Topic> describeDifferences(Map<String, TopicDescription> existing)
            throws ExecutionException, InterruptedException {
        List<ConfigResource> resources = existing.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(resources).all().get();
        List<TopicsReport.Topic> topics = new ArrayList<>();
        for (Topics.Spec spec : specs) {
            TopicDescription description = existing.get(spec.name());
            if (description != null) {
                Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, spec.name()));
                topics.add(describe(spec, description, config));
            }
        }
        return topics;
    }

    private TopicsReport.Topic describe(Topics.Spec spec, TopicDescription description, Config config) {
        int replicas = description.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        List<String> warnings = new ArrayList<>();
        if (replicas != replicationFactor) {
            warnings.add("replication factor is " + replicas + ", the configuration says " + replicationFactor);
        }
        config(spec).entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .forEach(wanted -> {
                    ConfigEntry actual = config.get(wanted.getKey());
                    if (actual == null || !wanted.getValue().equals(actual.value())) {
                        warnings.add(wanted.getKey() + " is " + (actual == null ? "not set" : actual.value())
                                + ", it should be " + wanted.getValue());
                    }
                });
        return new TopicsReport.Topic(
                spec.name(), description.partitions().size(), replicas, retentionMs(config), warnings);
    }

    private static long retentionMs(Config config) {
        ConfigEntry cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        ConfigEntry retention = config.get(TopicConfig.RETENTION_MS_CONFIG);
        boolean removes = cleanup != null && cleanup.value().contains(TopicConfig.CLEANUP_POLICY_DELETE);
        return removes && retention != null ? Long.parseLong(retention.value()) : -1;
    }
}
