package io.sluice.microbench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A message to a record of Kafka's and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class PublishRecordBenchmark {

    /** What a message carries beside its payload of 100 bytes. */
    public enum Extras {
        /** Nothing. */
        PLAIN,
        /** An expiry, a response topic, correlation data and two user properties. */
        ALL_PROPERTIES
    }

    /** Of the message. */
    @Param
    public Extras extras;

    private PublishRecord message;
    private ProducerRecord<byte[], byte[]> record;
    private Headers headers;

    /** Makes the message and its record. */
    @Setup
    public void make() {
        PublishProperties properties = extras == Extras.PLAIN
                ? PublishProperties.NONE
                : new PublishProperties(
                        1,
                        3_600,
                        "application/json",
                        "answers/42",
                        new byte[16],
                        List.of(new UserProperty("trace", "0af7651916cd43dd"), new UserProperty("unit", "celsius")));
        message = PublishRecord.outgoing(
                "site/7/device/42/temperature".getBytes(UTF_8),
                new byte[100],
                Qos.AT_LEAST_ONCE,
                false,
                "device-42".getBytes(UTF_8),
                properties);
        record = message.toProducerRecord("mqtt.publish");
        headers = record.headers();
    }

    /** To Kafka. */
    @Benchmark
    public ProducerRecord<byte[], byte[]> encode() {
        return message.toProducerRecord("mqtt.publish");
    }

    /** From Kafka. */
    @Benchmark
    public PublishRecord decode() throws DamagedRecordException {
        return PublishRecord.decode(record.key(), record.value(), headers, 3, 42, 1_700_000_000_000L);
    }
}
