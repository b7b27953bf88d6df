package io.sluice.router.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Tells which records of the log a stage has something to do with, before Kafka Streams has the others too. Kafka Streams takes
 * about a microsecond for each record, whatever is done with it. Called by the stream threads, each for the partitions that it reads.
 */
public interface Sieve {

    /** Whether the stage needs a record. */
    boolean keeps(ConsumerRecord<byte[], byte[]> record);

    /**
     * All records of a partition below an offset were looked at; those that were left out will not be looked at again. It is
     * told before any of them reaches the topology.
     *
     * @param leftOut how many, since this was told last
     */
    void sifted(int partition, long end, int leftOut);
}
