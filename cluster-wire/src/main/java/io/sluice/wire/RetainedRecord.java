package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record of {@code mqtt.retained}: the retained message of one topic, or that it was cleared. Key, value and headers are
 * those of the message's {@link PublishRecord}, the timestamp is its timestamp, and the header {@code mqtt.origin} tells
 * where in the log it stands, as {@code partition:offset}. A cleared topic is a tombstone, which has the origin as well.
 *
 * <p>A topic's messages are all in one partition of the log, so of two records for a topic the higher offset is the newer.
 *
 * @param message the retained message; its payload is empty for a cleared topic. Partition and offset are the origin's
 */
public record RetainedRecord(PublishRecord message) {

    private static final String ORIGIN = "mqtt.origin";
    /** As many digits as always fit. */
    private static final Pattern PLACE = Pattern.compile("([0-9]{1,9}):([0-9]{1,18})");

    /** Whether the topic has no retained message ([MQTT-3.3.1-6]: a retained message with an empty payload clears). */
    public boolean isCleared() {
        return message.payload().length == 0;
    }

    /** The value to write: the payload, or null for a tombstone. */
    public byte[] value() {
        return isCleared() ? null : message.payload();
    }

    /** Adds the message's headers and its origin. */
    public void writeHeaders(Headers headers) {
        message.writeHeaders(headers);
        writeOrigin(headers, message.partition(), message.offset());
    }

    /** Sets the header that tells where in the log the message stands, for headers that are handed on as they are. */
    public static void writeOrigin(Headers headers, int partition, long offset) {
        String origin = partition + ":" + offset;
        headers.remove(ORIGIN);
        headers.add(new RecordHeader(ORIGIN, origin.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Reads a record of {@code mqtt.retained}.
     *
     * @throws DamagedRecordException if it is not a message with an origin
     */
    public static RetainedRecord decode(ConsumerRecord<byte[], byte[]> record) throws DamagedRecordException {
        return decode(record.key(), record.value(), record.headers(), record.timestamp());
    }

    /** Reads a retained message from the parts of a record; see {@link #decode(ConsumerRecord)}. */
    public static RetainedRecord decode(byte[] key, byte[] value, Headers headers, long timestamp)
            throws DamagedRecordException {
        Header header = headers.lastHeader(ORIGIN);
        if (header == null || header.value() == null) {
            throw new DamagedRecordException("header " + ORIGIN + " is missing");
        }
        String origin = new String(header.value(), StandardCharsets.US_ASCII);
        Matcher place = PLACE.matcher(origin);
        if (!place.matches()) {
            throw new DamagedRecordException("header " + ORIGIN + " must be partition:offset, was " + origin);
        }
        int partition = Integer.parseInt(place.group(1));
        long offset = Long.parseLong(place.group(2));
        return new RetainedRecord(PublishRecord.decode(key, value, headers, partition, offset, timestamp));
    }
}
