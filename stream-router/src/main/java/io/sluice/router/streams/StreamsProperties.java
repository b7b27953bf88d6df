package io.sluice.router.streams;

import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import io.sluice.router.RouterConfig;
import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.topology.Sieve;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Makes the configuration of Kafka Streams. */
final class StreamsProperties {

    /** What was small enough for the log must not be too large here, where it has a header more. */
    private static final int MAX_REQUEST_BYTES = 64 << 20;

    private static final int FETCH_MAX_BYTES = 8 << 20;
    private static final int HEARTBEATS_IN_A_SESSION = 4;
    /** Only by a heartbeat does a router learn that another one has left, and that there are tasks to take over. */
    private static final int LONGEST_HEARTBEAT_MS = 200;

    private StreamsProperties() {}

    /**
     * Kafka's names and values for a stage.
     *
     * @param memberName in the stage's group; Kafka Streams adds the number of each thread
     * @param sieve is handed to {@link LogSieve}, which Kafka makes by its name; null for none
     * @param metrics is handed to {@link UnwritableRecords}, which Kafka Streams makes by its name
     * @param letters likewise
     */
    static Properties of(
            RouterConfig config,
            Stage stage,
            String memberName,
            Sieve sieve,
            RouterMetrics metrics,
            LetterWriter letters) {
        Properties properties = new Properties();
        properties.putAll(config.kafka().clientProperties());
        application(properties, config, stage.applicationId());
        work(properties, config.processing());
        reading(properties, config.processing(), memberName);
        writing(properties, config);
        properties.put(UnwritableRecords.METRICS, metrics);
        properties.put(UnwritableRecords.LETTERS, letters);
        if (sieve != null) {
            properties.put(mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG), LogSieve.class.getName());
            properties.put(LogSieve.SIEVE, sieve);
            properties.put(LogSieve.LOG, config.kafka().topics().publish());
        }
        stage.configure(properties);
        return properties;
    }

    private static void application(Properties properties, RouterConfig config, String application) {
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, application + "-" + config.name());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, config.stateFolder().toString());
        properties.put(
                StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) config.kafka().replicationFactor());
    }

    private static void work(Properties properties, ProcessingConfig processing) {
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, processing.threads());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, processing.standbyReplicas());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                processing.commitInterval().toMillis());
        // No two topics that a task reads need a common order.
        properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        properties.put(StreamsConfig.POLL_MS_CONFIG, processing.fetchMaxWait().toMillis());
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocksDb.class);
        // A line every two minutes that says what the metrics say.
        properties.put(StreamsConfig.LOG_SUMMARY_INTERVAL_MS_CONFIG, -1L);
    }

    private static void reading(Properties properties, ProcessingConfig processing, String memberName) {
        long session = processing.sessionTimeout().toMillis();
        properties.putAll(Map.of(
                mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
                memberName,
                mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                (int) session,
                mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                (int) Math.min(session / HEARTBEATS_IN_A_SESSION, LONGEST_HEARTBEAT_MS),
                mainConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG),
                processing.fetchMinBytes(),
                mainConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG),
                (int) processing.fetchMaxWait().toMillis(),
                mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG),
                FETCH_MAX_BYTES));
    }

    private static void writing(Properties properties, RouterConfig config) {
        properties.putIfAbsent(producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
        properties.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, UnwritableRecords.class);
        properties.put(
                UnwritableRecords.DEAD_LETTER_TOPIC, config.kafka().topics().deadLetter());
    }
}
