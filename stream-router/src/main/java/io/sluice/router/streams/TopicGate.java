package io.sluice.router.streams;

import io.sluice.kit.config.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the run begin when the topics are there: the leader provisions them. Used by the run's thread. */
final class TopicGate {

    private static final Logger log = LoggerFactory.getLogger(TopicGate.class);
    private static final long ASK_EVERY_MS = 1_000;
    private static final Duration TELL_EVERY = Duration.ofSeconds(15);
    private static final long ANSWER_TIMEOUT_S = 10;

    private final Stage stage;
    private final String kafka;
    private final Consumer<String> waitingFor;
    private String told = "";
    private long toldAt;

    /** @param waitingFor is told what is missing, each time that it was looked for in vain */
    TopicGate(Stage stage, KafkaConfig config, Consumer<String> waitingFor) {
        this.stage = stage;
        kafka = config.bootstrapServers();
        this.waitingFor = waitingFor;
    }

    /**
     * Waits until all topics are as they have to be, however long that takes.
     *
     * @return Kafka's ids of the topics, by name
     */
    Map<String, String> await(Admin admin) throws InterruptedException {
        waitingFor.accept("asking Kafka at " + kafka + " for the topics");
        while (true) {
            try {
                Map<String, TopicDescription> found = describe(admin);
                String missing = missing(found);
                if (missing.isEmpty()) {
                    return ids(found);
                }
                tell(missing);
            } catch (ExecutionException e) {
                tell("Kafka at " + kafka + " does not tell about the topics: " + Causes.rootMessage(e));
            } catch (TimeoutException e) {
                tell("Kafka at " + kafka + " does not answer");
            }
            TimeUnit.MILLISECONDS.sleep(ASK_EVERY_MS);
        }
    }

    /**
     * Asks once.
     *
     * @return Kafka's ids of the topics, by name, or null if one is missing
     */
    Map<String, String> ask(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, TopicDescription> found = describe(admin);
        return missing(found).isEmpty() ? ids(found) : null;
    }

    private Map<String, TopicDescription> describe(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, TopicDescription> found = new TreeMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> answer :
                admin.describeTopics(stage.topics()).topicNameValues().entrySet()) {
            try {
                found.put(answer.getKey(), answer.getValue().get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                found.put(answer.getKey(), null);
            }
        }
        return found;
    }

    private String missing(Map<String, TopicDescription> found) {
        List<String> missing = new ArrayList<>();
        found.forEach((name, description) -> {
            if (description == null) {
                missing.add(name);
            }
        });
        if (!missing.isEmpty()) {
            return "waiting for the leader to make the topics " + String.join(", ", missing);
        }
        return unlike(found);
    }

    /** What keeps a task from reading partitions of the same number. */
    private String unlike(Map<String, TopicDescription> found) {
        String first = stage.coPartitioned().get(0);
        int partitions = found.get(first).partitions().size();
        for (String other : stage.coPartitioned()) {
            int others = found.get(other).partitions().size();
            if (others != partitions) {
                return first + " has " + partitions + " partitions and " + other + " has " + others
                        + ": both need the same number";
            }
        }
        return "";
    }

    private static Map<String, String> ids(Map<String, TopicDescription> found) {
        Map<String, String> ids = new TreeMap<>();
        found.forEach((name, description) -> ids.put(name, description.topicId().toString()));
        return ids;
    }

    private void tell(String missing) {
        waitingFor.accept(missing);
        long now = System.nanoTime();
        if (!missing.equals(told) || now - toldAt > TELL_EVERY.toNanos()) {
            log.atInfo()
                    .addKeyValue("stage", stage.name())
                    .addKeyValue("detail", missing)
                    .log("Not started yet");
            told = missing;
            toldAt = now;
        }
    }
}
