package io.sluice.router.streams;

import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;

import io.sluice.router.RouterConfig;
import io.sluice.router.queue.QueueConfig;
import io.sluice.router.queue.QueueEvents;
import io.sluice.router.queue.QueueTopology;
import io.sluice.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Keeps durable sessions and their queues. In transactions: a router that hung and wakes up cannot write over what is newer. */
final class QueueStage implements Stage {

    private final SessionsConfig config;
    private final Topics topics;
    private final QueueEvents events;

    QueueStage(RouterConfig config, QueueEvents events) {
        this.config = config.sessions();
        topics = config.kafka().topics();
        this.events = events;
    }

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public String applicationId() {
        return topics.queueApplicationId();
    }

    @Override
    public List<String> sources() {
        return List.of(topics.commands(), topics.inbox());
    }

    @Override
    public List<String> topics() {
        return List.of(
                topics.publish(),
                topics.commands(),
                topics.inbox(),
                topics.subscriptions(),
                topics.sessions(),
                topics.fanout(),
                topics.wills(),
                topics.events(),
                topics.deadLetter());
    }

    @Override
    public List<String> coPartitioned() {
        return List.of(
                topics.publish(),
                topics.commands(),
                topics.inbox(),
                topics.subscriptions(),
                topics.sessions(),
                topics.events());
    }

    @Override
    public void configure(Properties properties) {
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbyReplicas());
        // A thread that waits for records commits nothing.
        properties.put(StreamsConfig.POLL_MS_CONFIG, config.commitInterval().toMillis());
        // Somebody waits for the answer to a command.
        properties.put(mainConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 1);
    }

    @Override
    public Started begin(Map<String, String> topicIds) {
        List<String> ids =
                List.of(topicIds.get(topics.publish()), topicIds.get(topics.commands()), topicIds.get(topics.inbox()));
        return Started.of(QueueTopology.build(
                new QueueConfig(
                        topics,
                        ids,
                        config.takeOverTimeout(),
                        config.clockTolerance(),
                        config.groupKeep(),
                        config.pageMessages(),
                        config.pageBytes()),
                events));
    }
}
