package io.sluice.router.streams;

import io.sluice.router.RouterConfig;
import io.sluice.router.topology.RetainedSieve;
import io.sluice.router.topology.RetainedTopology;
import io.sluice.router.topology.TopicIds;
import io.sluice.router.topology.TopologyConfig;
import io.sluice.router.topology.TopologyEvents;
import io.sluice.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** Keeps {@code mqtt.retained}. */
final class RetainedStage implements Stage {

    private final RouterConfig config;
    private final Topics topics;
    private final TopologyEvents events;

    RetainedStage(RouterConfig config, TopologyEvents events) {
        this.config = config;
        topics = config.kafka().topics();
        this.events = events;
    }

    @Override
    public String name() {
        return "retained";
    }

    @Override
    public String applicationId() {
        return topics.retainedApplicationId();
    }

    @Override
    public List<String> sources() {
        return coPartitioned();
    }

    @Override
    public List<String> topics() {
        return List.of(topics.publish(), topics.retained(), topics.deadLetter());
    }

    @Override
    public List<String> coPartitioned() {
        return List.of(topics.publish(), topics.retained());
    }

    @Override
    public void configure(Properties properties) {
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    }

    @Override
    public Started begin(Map<String, String> topicIds) {
        TopicIds ids = new TopicIds(topicIds.get(topics.publish()), topicIds.get(topics.retained()));
        return Started.of(
                RetainedTopology.build(new TopologyConfig(topics, config.clearedMarkerRetention(), ids), events),
                new RetainedSieve());
    }
}
