package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.RetainedRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The newest retained message of a topic, or that it was cleared: all that is needed to write it to {@code mqtt.retained}
 * again. As a value of the state store it is, big-endian: version (1 byte, 1), offset (8), timestamp (8), time of clearing
 * (8, -1 if not cleared), number of headers (4), then for each header its name and its value, each with its length before
 * it (4 bytes, -1 for null), then the payload up to the end.
 *
 * @param offset where the message stands in the log's partition; the higher one wins
 * @param timestamp of the message in the log, milliseconds since the epoch
 * @param clearedAt when it was learned that the topic was cleared, milliseconds since the epoch; -1 if it is not
 * @param headers of the message as they stand in the log; never changed
 * @param payload empty if cleared; shared, never changed
 */
record Winner(long offset, long timestamp, long clearedAt, Headers headers, byte[] payload) {

    private static final byte VERSION = 1;
    private static final long NOT_CLEARED = -1;
    private static final int FIXED_BYTES = 1 + 3 * Long.BYTES + Integer.BYTES;

    /** The winner that a message makes which is retained, or which clears its topic by being empty. */
    static Winner of(long offset, long timestamp, Headers headers, byte[] payload, long nowMillis) {
        boolean cleared = payload.length == 0;
        return new Winner(offset, timestamp, cleared ? nowMillis : NOT_CLEARED, headers, payload);
    }

    boolean isCleared() {
        return clearedAt != NOT_CLEARED;
    }

    /** The value in {@code mqtt.retained}: null for a tombstone. */
    byte[] retainedValue() {
        return isCleared() ? null : payload;
    }

    /** The headers in {@code mqtt.retained}: those in the log, and the origin. */
    Headers retainedHeaders(int partition) {
        Headers copy = new RecordHeaders();
        headers.forEach(copy::add);
        RetainedRecord.writeOrigin(copy, partition, offset);
        return copy;
    }

    byte[] encode() {
        int length = FIXED_BYTES + payload.length;
        int count = 0;
        for (Header header : headers) {
            length += 2 * Integer.BYTES + utf8(header.key()).length;
            length += header.value() == null ? 0 : header.value().length;
            count++;
        }
        ByteBuffer buffer = ByteBuffer.allocate(length)
                .put(VERSION)
                .putLong(offset)
                .putLong(timestamp)
                .putLong(clearedAt)
                .putInt(count);
        for (Header header : headers) {
            putBytes(buffer, utf8(header.key()));
            putBytes(buffer, header.value());
        }
        return buffer.put(payload).array();
    }

    /**
     * Reads a value of the state store.
     *
     * @throws DamagedRecordException if it is of another version or does not have that format
     */
    static Winner decode(byte[] value) throws DamagedRecordException {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        try {
            byte version = buffer.get();
            if (version != VERSION) {
                throw new DamagedRecordException("winner of unknown version " + version);
            }
            long offset = buffer.getLong();
            long timestamp = buffer.getLong();
            long clearedAt = buffer.getLong();
            Headers headers = new RecordHeaders();
            for (int left = buffer.getInt(); left > 0; left--) {
                headers.add(name(buffer), bytes(buffer));
            }
            byte[] payload = new byte[buffer.remaining()];
            buffer.get(payload);
            return new Winner(offset, timestamp, clearedAt, headers, payload);
        } catch (BufferUnderflowException e) {
            throw new DamagedRecordException("winner is cut short");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void putBytes(ByteBuffer buffer, byte[] bytes) {
        if (bytes == null) {
            buffer.putInt(-1);
        } else {
            buffer.putInt(bytes.length).put(bytes);
        }
    }

    private static String name(ByteBuffer buffer) throws DamagedRecordException {
        byte[] bytes = bytes(buffer);
        if (bytes == null) {
            throw new DamagedRecordException("winner with a header that has no name");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer buffer) throws DamagedRecordException {
        int length = buffer.getInt();
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > buffer.remaining()) {
            throw new DamagedRecordException("winner with a length that leads beyond its end");
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }
}
