package io.sluice.router.streams;

import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;
import static org.apache.kafka.streams.StreamsConfig.restoreConsumerPrefix;

import io.sluice.router.RouterConfig;
import io.sluice.router.queue.QueueConfig;
import io.sluice.router.queue.QueueEvents;
import io.sluice.router.queue.QueueTopology;
import io.sluice.router.topology.Sieve;
import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/** Keeps durable sessions and their queues. In transactions: a router that hung and wakes up cannot write over what is newer. */
final class QueueStage implements Stage {

    /** So many commit intervals a transaction may take at least. */
    private static final int COMMITS = 2;
    /** Between commits that nobody waits for. Most messages of clients that keep up come and are settled within it. */
    private static final Duration LONGEST_COMMIT = Duration.ofSeconds(1);
    /** A read that waits for what may come is in the way of the first one for tasks that were taken over. */
    private static final Duration LONGEST_READ = Duration.ofMillis(100);

    private final SessionsConfig config;
    private final Duration transactionTimeout;
    private final Duration closeTimeout;
    private final Duration longestRead;
    private final Topics topics;
    private final QueueEvents events;
    private final Refusals refusals = new Refusals();

    QueueStage(RouterConfig config, QueueEvents events) {
        this.config = config.sessions();
        transactionTimeout = config.processing().sessionTimeout();
        closeTimeout = config.processing().closeTimeout();
        Duration fetchMaxWait = config.processing().fetchMaxWait();
        longestRead = fetchMaxWait.compareTo(LONGEST_READ) < 0 ? fetchMaxWait : LONGEST_READ;
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
        // The stage asks for a commit when somebody waits for one.
        long longestCommit = Math.max(config.commitInterval().toMillis(), LONGEST_COMMIT.toMillis());
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, longestCommit);
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbyReplicas());
        properties.put(UnwritableRecords.REFUSALS, refusals);
        // A thread that waits for records commits nothing.
        properties.put(StreamsConfig.POLL_MS_CONFIG, config.commitInterval().toMillis());
        // What a router that is dead has begun to write holds up all who read behind it, until this has passed.
        properties.put(producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int)
                Math.max(transactionTimeout.toMillis(), COMMITS * longestCommit));
        // Somebody waits for the answer to a command.
        properties.put(mainConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 1);
        int wait = (int) longestRead.toMillis();
        properties.put(mainConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), wait);
        properties.put(restoreConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), wait);
    }

    @Override
    public Started begin(Map<String, String> topicIds) {
        List<String> ids =
                List.of(topicIds.get(topics.publish()), topicIds.get(topics.commands()), topicIds.get(topics.inbox()));
        StoreCloser closer = new StoreCloser(closeTimeout);
        Topology topology = QueueTopology.build(
                new QueueConfig(
                        topics,
                        ids,
                        config.commitInterval(),
                        config.takeOverTimeout(),
                        config.clockTolerance(),
                        config.groupKeep(),
                        config.pageMessages(),
                        config.pageBytes(),
                        config.queueLimits(),
                        config.lagInterval(),
                        config.lagSessions()),
                refusals::contains,
                events,
                closer);
        return new Begun(topology, closer);
    }

    /** One start. */
    private record Begun(Topology topology, StoreCloser closer) implements Started {

        @Override
        public Sieve sieve() {
            return null;
        }

        @Override
        public String flaw() {
            return null;
        }

        @Override
        public void leaving() {
            closer.leave();
        }

        @Override
        public void close() throws InterruptedException {
            closer.close();
        }
    }
}
