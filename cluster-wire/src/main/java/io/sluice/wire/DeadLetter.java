package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record of {@code mqtt.dead-letter}: key, value and headers of the damaged record as they were, with two headers
 * before them: {@code dead-letter.cause}, and {@code dead-letter.origin} as {@code topic-partition@offset}. One process
 * writes it: the one whose committed offsets cover the origin's topic, so that nothing is missed and little is repeated.
 */
public final class DeadLetter {

    private static final String CAUSE = "dead-letter.cause";
    private static final String ORIGIN = "dead-letter.origin";

    private DeadLetter() {}

    /** The record to write for a damaged one. */
    public static ProducerRecord<byte[], byte[]> of(
            String deadLetterTopic,
            String topic,
            int partition,
            long offset,
            byte[] key,
            byte[] value,
            Headers headers,
            String cause) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(deadLetterTopic, key, value);
        writeHeaders(letter.headers(), topic, partition, offset, cause);
        for (Header header : headers) {
            letter.headers().add(header);
        }
        return letter;
    }

    /** Adds the two headers that tell why and from where. */
    public static void writeHeaders(Headers headers, String topic, int partition, long offset, String cause) {
        headers.add(new RecordHeader(CAUSE, cause.getBytes(StandardCharsets.UTF_8)));
        String origin = topic + "-" + partition + "@" + offset;
        headers.add(new RecordHeader(ORIGIN, origin.getBytes(StandardCharsets.UTF_8)));
    }
}
