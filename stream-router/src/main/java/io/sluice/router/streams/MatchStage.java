package io.sluice.router.streams;

import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import io.sluice.router.RouterConfig;
import io.sluice.router.matching.KafkaLogReader;
import io.sluice.router.matching.MatchConfig;
import io.sluice.router.matching.MatchEvents;
import io.sluice.router.matching.MatchSieve;
import io.sluice.router.matching.MatchTopology;
import io.sluice.router.matching.SubscriptionReader;
import io.sluice.router.matching.SubscriptionTable;
import io.sluice.router.topology.Sieve;
import io.sluice.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * Finds the durable sessions that messages are for. An application of its own beside the one of what is retained, although both read
 * the log: it waits for the table of filters, looks back in the log and can fall behind, and none of that may delay the other, whose
 * offsets tell gateways from where on to read.
 */
final class MatchStage implements Stage {

    private final RouterConfig config;
    private final Topics topics;
    private final MatchEvents events;

    MatchStage(RouterConfig config, MatchEvents events) {
        this.config = config;
        topics = config.kafka().topics();
        this.events = events;
    }

    @Override
    public String name() {
        return "match";
    }

    @Override
    public String applicationId() {
        return topics.matchApplicationId();
    }

    @Override
    public List<String> sources() {
        return List.of(topics.publish(), topics.wills());
    }

    @Override
    public List<String> topics() {
        return List.of(topics.publish(), topics.wills(), topics.inbox(), topics.subscriptions(), topics.deadLetter());
    }

    @Override
    public List<String> coPartitioned() {
        return List.of(topics.publish(), topics.inbox(), topics.subscriptions());
    }

    @Override
    public void configure(Properties properties) {
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        // A thread that waits for records sends no marks.
        properties.put(
                StreamsConfig.POLL_MS_CONFIG, config.sessions().markInterval().toMillis());
        // Wills that were never committed are none.
        properties.put(mainConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        // A batch that is given up would let a mark pass that speaks of it.
        properties.put(producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), Integer.MAX_VALUE);
    }

    @Override
    public Started begin(Map<String, String> topicIds) throws InterruptedException {
        SubscriptionTable table = new SubscriptionTable(topics.partitions());
        SubscriptionReader reader = SubscriptionReader.start(
                config.kafka().clientProperties(), topics.subscriptions(), topics.partitions(), table, events);
        try {
            // Filters that are known from the first record on need no look back.
            reader.awaitLoaded();
        } catch (InterruptedException e) {
            reader.close();
            throw e;
        }
        KafkaLogReader logReader =
                new KafkaLogReader(config.kafka().clientProperties(), topics.publish(), applicationId());
        MatchSieve sieve = new MatchSieve(topics.partitions(), table, events);
        return new Matching(
                MatchTopology.build(
                        new MatchConfig(
                                topics,
                                config.sessions().markInterval(),
                                config.sessions().uniqueIds()),
                        table,
                        sieve,
                        logReader,
                        events),
                sieve,
                reader,
                logReader);
    }

    /** One start. */
    private record Matching(Topology topology, Sieve sieve, SubscriptionReader reader, KafkaLogReader logReader)
            implements Started {

        @Override
        public String flaw() {
            return reader.isAlive() ? null : "subscriptions can no longer be read";
        }

        @Override
        public void close() throws InterruptedException {
            reader.close();
            logReader.close();
        }
    }
}
