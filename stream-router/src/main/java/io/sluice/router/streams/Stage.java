package io.sluice.router.streams;

import io.sluice.router.topology.Sieve;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.Topology;

/** One Kafka Streams application of the router. Each has a run, a thread and a consumer group of its own: one that fails stops no other. */
interface Stage {

    /** A word for logs, checks and metrics. */
    String name();

    /** Kafka's name of the application, which is its consumer group. */
    String applicationId();

    /** The topics that it reads. */
    List<String> sources();

    /** All topics that have to be there before it starts. */
    List<String> topics();

    /** Those of the topics that need the same number of partitions. */
    List<String> coPartitioned();

    /** Completes what all stages have in common. */
    void configure(Properties properties);

    /**
     * Makes ready for one start of the application; may wait.
     *
     * @param topicIds Kafka's ids of the topics, by name, as they are now
     */
    Started begin(Map<String, String> topicIds) throws InterruptedException;

    /** What one start of the application needs. */
    interface Started extends AutoCloseable {

        /** What is done with records. */
        Topology topology();

        /** What of the log it needs; null if it does not read the log. */
        Sieve sieve();

        /** What is wrong with that which works beside the application, or null. */
        String flaw();

        /** The application is about to end for good: nothing may keep its tasks from those who take them over. */
        default void leaving() {}

        @Override
        void close() throws InterruptedException;

        /** A topology that has nothing beside it; the sieve may be null. */
        static Started of(Topology topology, Sieve sieve) {
            return new Started() {
                @Override
                public Topology topology() {
                    return topology;
                }

                @Override
                public Sieve sieve() {
                    return sieve;
                }

                @Override
                public String flaw() {
                    return null;
                }

                @Override
                public void close() {}
            };
        }
    }
}
