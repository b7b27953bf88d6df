package io.sluice.router.topology;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * A record's value on its way to Kafka, with the partition that it has to go to.
 *
 * @param partition of the topic that it is written to
 * @param value null for a tombstone
 */
public record Outgoing(int partition, byte[] value) {

    /** Writes the value alone. */
    static final Serializer<Outgoing> SERIALIZER = (topic, outgoing) -> outgoing.value;

    /** Places the record where it says. */
    static final StreamPartitioner<byte[], Outgoing> PARTITIONER =
            (topic, key, outgoing, partitions) -> Optional.of(Set.of(outgoing.partition));
}
