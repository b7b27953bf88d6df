package io.sluice.router.matching;

import io.sluice.wire.PublishRecord;
import java.util.function.Consumer;

/** Reads stretches of the log again. Used by the stream threads. */
public interface LogReader {

    /**
     * Where the stage goes on in a partition of the log: behind what it has committed, or at the log's beginning.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not tell
     */
    long position(int partition);

    /**
     * Reads a stretch of a partition, as far as it still exists; what is damaged is left out.
     *
     * @param from the first offset
     * @param to behind the last offset
     * @throws org.apache.kafka.common.KafkaException if it cannot be read now
     */
    void read(int partition, long from, long to, Consumer<PublishRecord> visitor);
}
