package io.sluice.router.streams;

import io.sluice.router.topology.Sieve;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes out of what the consumer of a stage reads of the log what its {@link Sieve} does not keep. The first and the last record of
 * a partition in each poll stay, by which the stage knows where it begins and how far it is, and Kafka Streams what to commit.
 */
public final class LogSieve implements ConsumerInterceptor<byte[], byte[]> {

    /** The configuration by which the {@link Sieve} is given. */
    static final String SIEVE = "sluice.sieve";
    /** The configuration by which the name of the log's topic is given. */
    static final String LOG = "sluice.sieve.log";

    private Sieve sieve;
    private String log;

    @Override
    public void configure(Map<String, ?> configs) {
        sieve = (Sieve) configs.get(SIEVE);
        log = (String) configs.get(LOG);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> all = records.records(partition);
            kept.put(partition, partition.topic().equals(log) ? sifted(partition.partition(), all) : all);
        }
        return new ConsumerRecords<>(kept, records.nextOffsets());
    }

    private List<ConsumerRecord<byte[], byte[]>> sifted(int partition, List<ConsumerRecord<byte[], byte[]>> all) {
        int last = all.size() - 1;
        List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            ConsumerRecord<byte[], byte[]> record = all.get(i);
            if (i == 0 || i == last || sieve.keeps(record)) {
                kept.add(record);
            }
        }
        sieve.sifted(partition, all.get(last).offset() + 1, all.size() - kept.size());
        return kept;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
