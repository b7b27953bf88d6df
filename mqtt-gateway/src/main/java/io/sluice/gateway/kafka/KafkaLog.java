package io.sluice.gateway.kafka;

import io.sluice.gateway.GatewayConfig;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliveryLane;
import io.sluice.gateway.session.SessionJournal;
import io.sluice.gateway.session.Sessions;
import io.sluice.kit.StartException;
import io.sluice.kit.metrics.Metrics;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Kafka clients of a gateway, and what is made of them: one producer, one consumer, one admin client. */
public final class KafkaLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaLog.class);
    private static final long RETRY_MS = 250;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    /** Kafka forgets the metadata of a topic that is not written to; it must not, since looking it up would block. */
    private static final long NEVER_IDLE_MS = Duration.ofDays(3_650).toMillis();
    /** Batches of one partition that can be half empty at a time: those in flight, and the one that gathers. */
    private static final int BATCHES_PER_PARTITION = 6;

    private static final int HEADROOM_BYTES = 128 * 1024;
    private static final int MAX_FETCH_BYTES = 8 * 1024 * 1024;
    private static final int MAX_POLL_RECORDS = 5_000;
    private static final int GROUP_READ_WAIT_MS = 50;
    private static final int GROUP_READ_BYTES = 1 << 20;

    private final GatewayConfig config;
    private final Topics topics;
    private final Metrics metrics;
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final List<TopicPartition> partitions;

    /**
     * Connects to Kafka.
     *
     * @throws StartException if Kafka or its topics are not there within the start timeout
     */
    public KafkaLog(GatewayConfig config, Metrics metrics) {
        this.config = config;
        this.metrics = metrics;
        this.topics = config.kafka().topics();
        this.admin = Admin.create(config.kafka().clientProperties());
        this.partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.publish(), partition))
                .toList();
        this.producer = new KafkaProducer<>(producerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            long deadline = System.nanoTime() + config.startTimeout().toNanos();
            awaitTopics(deadline);
            awaitMetadata(deadline);
        } catch (StartException e) {
            close();
            throw e;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while waiting for Kafka");
        }
        metrics.bindKafka(producer);
        metrics.bindKafka(admin);
    }

    private Map<String, Object> producerProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // With several requests on their way, a broker that does not know this producer may take a later one first:
        // it accepts any first sequence number, and then refuses the earlier ones for ever. One loses little, since
        // more gathers meanwhile.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, config.log().linger().toMillis());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, config.log().batchBytes());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.limits().packetBytes() + HEADROOM_BYTES);
        // Kafka may be away for long without a message being given up: publishers wait, memory does not grow.
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, NEVER_IDLE_MS);
        properties.putAll(config.kafka().clientProperties());
        // An event loop must never wait: what would block fails instead, and the sizes are such that nothing does.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        // By default a producer that reaches no broker forgets where the partitions are, and every send would fail.
        properties.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        long halfEmptyBatches = (long) topics.partitions()
                * BATCHES_PER_PARTITION
                * config.log().batchBytes();
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 3 * config.limits().appendBytes() + halfEmptyBatches);
        return properties;
    }

    private Map<String, Object> consumerProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int)
                config.log().fetchMaxWait().toMillis());
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, MAX_FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        properties.putAll(config.kafka().clientProperties());
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /** The leader creates the topics; a gateway that starts together with it has to wait a little. */
    private void awaitTopics(long deadline) throws InterruptedException {
        List<String> wanted =
                List.of(topics.publish(), topics.retained(), topics.heartbeats(), topics.commands(), topics.fanout());
        boolean said = false;
        while (true) {
            String missing;
            try {
                Map<String, TopicDescription> found =
                        admin.describeTopics(wanted).allTopicNames().get(RETRY_MS * 20, TimeUnit.MILLISECONDS);
                int present = found.get(topics.publish()).partitions().size();
                if (present != topics.partitions()) {
                    throw new StartException("topic " + topics.publish() + " has " + present + " partitions, but "
                            + topics.partitions() + " are configured; the count is fixed at birth");
                }
                return;
            } catch (ExecutionException e) {
                missing = String.valueOf(e.getCause().getMessage());
            } catch (TimeoutException e) {
                missing = "Kafka does not answer at " + config.kafka().bootstrapServers();
            }
            if (System.nanoTime() > deadline) {
                throw new StartException("the topics are not there: " + missing + " (is a leader running?)");
            }
            if (!said) {
                said = true;
                log.atInfo().addKeyValue("cause", missing).log("Waiting for Kafka and the leader's topics");
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }

    /** The producer must know the partitions before the first message, since it may not wait for them later. */
    private void awaitMetadata(long deadline) throws InterruptedException {
        for (String topic : List.of(topics.publish(), topics.heartbeats(), topics.commands())) {
            while (!hasMetadata(topic)) {
                if (System.nanoTime() > deadline) {
                    throw new StartException("Kafka does not tell the partitions of " + topic);
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MS / 10);
            }
        }
    }

    private boolean hasMetadata(String topic) {
        try {
            return !producer.partitionsFor(topic).isEmpty();
        } catch (KafkaException e) {
            return false; // It has asked now and will know soon.
        }
    }

    /** Starts the heartbeats. */
    public LogHealth health(
            Supplier<Heartbeat> heartbeat, ScheduledExecutorService timer, GatewayMetrics gatewayMetrics) {
        return new LogHealth(
                producer,
                topics.heartbeats(),
                heartbeat,
                timer,
                config.log().heartbeatInterval(),
                config.log().staleAfter(),
                gatewayMetrics);
    }

    /** The sink of publications. */
    public LogAppender appender(GatewayMetrics gatewayMetrics) {
        return new LogAppender(producer, topics.publish(), config.limits().appendBytes(), gatewayMetrics);
    }

    /**
     * The source of deliveries, not started yet.
     *
     * @param lease see {@link LogHealth#lease}
     */
    public LogTail tail(
            List<? extends DeliveryLane> lanes,
            Supplier<Heartbeat> identity,
            LongSupplier lease,
            ScheduledExecutorService timer,
            GatewayMetrics gatewayMetrics) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(consumerProperties());
        return new LogTail(
                consumer,
                partitions,
                new RetainedBootstrap(admin, topics.retainedApplicationId(), topics.retained()),
                new LogEnd(admin, partitions, timer),
                lanes,
                config.sessions(),
                new GroupServices(
                        producer,
                        topics.commands(),
                        new GroupReader(
                                consumer(groupReaderProperties()),
                                config.sessions().uniqueIds()),
                        new LogRetention(admin, topics.publish()),
                        identity,
                        lease,
                        config.groups().groups(),
                        config.groups().limits(config.sessions().settleInterval())),
                timer,
                gatewayMetrics);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        metrics.bindKafka(consumer);
        return consumer;
    }

    /** Groups that are behind wait for each other: none may read for long. */
    private Map<String, Object> groupReaderProperties() {
        Map<String, Object> properties = consumerProperties();
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, GROUP_READ_WAIT_MS);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, GROUP_READ_BYTES);
        return properties;
    }

    /** What concerns durable sessions is written there. */
    public SessionJournal journal(int lanes, Supplier<Heartbeat> identity, ScheduledExecutorService timer) {
        return new CommandJournal(
                producer,
                topics.commands(),
                topics.partitions(),
                lanes,
                identity,
                timer,
                config.sessions().settleInterval());
    }

    /** Brings the queue stage's answers to the sessions, not started yet. */
    public FanoutReader fanout(Sessions sessions, LogTail tail) {
        Map<String, Object> properties = consumerProperties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new FanoutReader(consumer(properties), topics.fanout(), sessions, tail::fanout);
    }

    /** Writes what is still on its way, as far as Kafka takes it, and leaves. */
    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
        admin.close(CLOSE_TIMEOUT);
    }
}
