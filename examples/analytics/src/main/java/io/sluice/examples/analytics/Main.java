package io.sluice.examples.analytics;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Runs the example until it is told to stop (SIGTERM or Ctrl-C): waits for the cluster's topics, makes its own, and prints what it
 * finds. {@link Settings} tells what the environment may say.
 */
public final class Main {

    private static final long RETRY_MS = 1_000;

    private Main() {}

    /** Does not return before it is told to stop, or has failed. */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.of(System.getenv());
        Properties properties = properties(settings);
        makeTopics(settings);
        KafkaStreams streams = new KafkaStreams(Analytics.topology(settings, Main::print), properties);
        CountDownLatch failed = new CountDownLatch(1);
        streams.setStateListener((to, from) -> {
            if (to == KafkaStreams.State.ERROR) {
                failed.countDown();
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
        print("Reading " + settings.topic("mqtt.publish") + " of " + settings.bootstrapServers());
        failed.await();
        System.exit(1);
    }

    private static void print(String line) {
        System.out.println(line);
    }

    private static Properties properties(Settings settings) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.topic("analytics"));
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateFolder());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) settings.replicationFactor());
        // So often a window that has grown is told.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 5_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        return properties;
    }

    /** As many partitions as the log has. */
    private static void makeTopics(Settings settings) throws InterruptedException, ExecutionException {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            int partitions = awaitLog(admin, settings);
            for (String name : Analytics.outputs()) {
                NewTopic topic = new NewTopic(settings.topic(name), partitions, settings.replicationFactor());
                try {
                    admin.createTopics(List.of(topic)).all().get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        }
    }

    private static int awaitLog(Admin admin, Settings settings) throws InterruptedException, ExecutionException {
        List<String> read =
                List.of(settings.topic("mqtt.publish"), settings.topic("mqtt.sessions"), settings.topic("mqtt.events"));
        while (true) {
            try {
                TopicDescription log =
                        admin.describeTopics(read).allTopicNames().get().get(read.get(0));
                return log.partitions().size();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                Thread.sleep(RETRY_MS);
            }
        }
    }
}
