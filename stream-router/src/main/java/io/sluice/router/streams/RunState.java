package io.sluice.router.streams;

import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.ThreadMetadata;

/**
 * Where the run stands: {@link Waiting} for Kafka and its topics, then {@link Started}, and {@link Failed} until it waits
 * again.
 */
sealed interface RunState {

    /** Whether records are processed. */
    boolean isReady();

    /** For the operator. */
    String detail();

    /**
     * Kafka or its topics are not as they have to be yet.
     *
     * @param detail what is missing
     */
    record Waiting(String detail) implements RunState {
        @Override
        public boolean isReady() {
            return false;
        }
    }

    /**
     * Kafka Streams was started.
     *
     * @param streams never null
     */
    record Started(KafkaStreams streams) implements RunState {
        @Override
        public boolean isReady() {
            KafkaStreams.State state = streams.state();
            return state == KafkaStreams.State.RUNNING || (state == KafkaStreams.State.REBALANCING && tasks() > 0);
        }

        @Override
        public String detail() {
            return "Kafka Streams is " + streams.state() + " with " + tasks() + " tasks";
        }

        private int tasks() {
            try {
                return streams.metadataForLocalThreads().stream()
                        .map(ThreadMetadata::activeTasks)
                        .mapToInt(Set::size)
                        .sum();
            } catch (IllegalStateException e) {
                return 0; // It is starting or ending.
            }
        }
    }

    /**
     * Kafka Streams has ended and will be started again.
     *
     * @param detail why it has ended
     */
    record Failed(String detail) implements RunState {
        @Override
        public boolean isReady() {
            return false;
        }
    }
}
