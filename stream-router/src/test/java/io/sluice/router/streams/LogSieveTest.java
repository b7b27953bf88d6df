package io.sluice.router.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.router.topology.RetainedSieve;
import io.sluice.router.topology.Sieve;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LogSieveTest {

    private static final String LOG = "mqtt.publish";
    private static final String OTHER = "mqtt.retained";

    private final List<String> told = new ArrayList<>();

    private LogSieve through(Sieve sieve) {
        LogSieve interceptor = new LogSieve();
        interceptor.configure(Map.of(LogSieve.SIEVE, sieve, LogSieve.LOG, LOG));
        return interceptor;
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, long offset, String key) {
        return new ConsumerRecord<>(topic, 0, offset, key.getBytes(UTF_8), new byte[0]);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return List.of(
                record(topic, 3, "a"),
                record(topic, 4, "b"),
                record(topic, 6, "keep"),
                record(topic, 7, "c"),
                record(topic, 9, "d"));
    }

    private static List<Long> offsets(ConsumerRecords<byte[], byte[]> records, TopicPartition partition) {
        return records.records(partition).stream().map(ConsumerRecord::offset).toList();
    }

    @Test
    void leavesTheFirstAndTheLastRecordOfThePollAndWhatIsWanted() {
        TopicPartition log = new TopicPartition(LOG, 0);
        TopicPartition other = new TopicPartition(OTHER, 0);
        Map<TopicPartition, OffsetAndMetadata> next = Map.of(log, new OffsetAndMetadata(12));

        ConsumerRecords<byte[], byte[]> left = through(new Sieve() {
                    @Override
                    public boolean keeps(ConsumerRecord<byte[], byte[]> record) {
                        return new String(record.key(), UTF_8).equals("keep");
                    }

                    @Override
                    public void sifted(int partition, long end, int leftOut) {
                        told.add(partition + " " + end + " " + leftOut);
                    }
                })
                .onConsume(new ConsumerRecords<>(Map.of(log, records(LOG), other, records(OTHER)), next));

        assertThat(offsets(left, log)).containsExactly(3L, 6L, 9L);
        assertThat(offsets(left, other)).containsExactly(3L, 4L, 6L, 7L, 9L);
        assertThat(left.nextOffsets()).isEqualTo(next);
        assertThat(told).containsExactly("0 10 2");
    }

    @Test
    void leavesASingleRecord() {
        TopicPartition log = new TopicPartition(LOG, 0);

        ConsumerRecords<byte[], byte[]> left = through(new RetainedSieve())
                .onConsume(new ConsumerRecords<>(Map.of(log, List.of(record(LOG, 3, "a"))), Map.of()));

        assertThat(offsets(left, log)).containsExactly(3L);
    }

    @Test
    void keepsWhatIsRetainedAndWhatNobodyUnderstands() {
        ConsumerRecord<byte[], byte[]> retained = record(LOG, 1, "a");
        retained.headers().add("mqtt.qos", new byte[] {'0'}).add("mqtt.retain", new byte[] {'1'});
        ConsumerRecord<byte[], byte[]> usual = record(LOG, 2, "a");
        usual.headers().add("mqtt.qos", new byte[] {'1'});
        RetainedSieve sieve = new RetainedSieve();

        assertThat(sieve.keeps(retained)).isTrue();
        assertThat(sieve.keeps(usual)).isFalse();
        assertThat(sieve.keeps(record(LOG, 3, "a/+"))).isTrue();
    }
}
