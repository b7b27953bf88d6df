package io.sluice.router.topology;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TimestampExtractor;

/** What all topologies of the router are made of: bytes come in, and records go out that know their partition. */
public final class Parts {

    private static final Deserializer<byte[]> READ = new ByteArrayDeserializer();
    private static final Serializer<byte[]> WRITE = new ByteArraySerializer();

    /** Takes any record, those too whose time is damaged; nothing depends on the time of a record. */
    private static final TimestampExtractor TIME = (record, partitionTime) -> Math.max(0, record.timestamp());

    private Parts() {}

    /** Adds a source that reads a topic from its beginning. */
    public static void addSource(Topology topology, String name, String topic) {
        topology.addSource(AutoOffsetReset.earliest(), name, TIME, READ, READ, topic);
    }

    /** Adds a sink for records that know their partition. */
    public static void addSink(Topology topology, String name, String topic, String parent) {
        topology.addSink(name, topic, WRITE, Outgoing.SERIALIZER, Outgoing.PARTITIONER, parent);
    }
}
