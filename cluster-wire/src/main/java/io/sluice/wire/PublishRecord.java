package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A message in the log, {@code mqtt.publish}: the key is the MQTT topic, the value the payload as the publisher sent it,
 * and all else stands in headers as readable text, so that any Kafka consumer reads it without a library of ours.
 *
 * <table>
 * <caption>Headers</caption>
 * <tr><th>header</th><th>value</th><th>if absent</th></tr>
 * <tr><td>{@code mqtt.qos}</td><td>{@code 0}, {@code 1} or {@code 2}</td><td>1: the log is durable</td></tr>
 * <tr><td>{@code mqtt.client-id}</td><td>the publisher</td><td>not published through MQTT</td></tr>
 * <tr><td>{@code mqtt.retain}</td><td>{@code 1}</td><td>not retained</td></tr>
 * <tr><td>{@code mqtt.unique-id}</td><td>text that no other message has</td><td>is not written twice</td></tr>
 * <tr><td>{@code mqtt.unique-after}</td><td>an offset: the first copy stands there or behind it</td><td>unknown</td></tr>
 * <tr><td>{@code mqtt.payload-format}</td><td>{@code 0} or {@code 1}</td><td>absent</td></tr>
 * <tr><td>{@code mqtt.message-expiry}</td><td>seconds from the record's timestamp</td><td>never expires</td></tr>
 * <tr><td>{@code mqtt.content-type}, {@code mqtt.response-topic}</td><td>text</td><td>absent</td></tr>
 * <tr><td>{@code mqtt.correlation-data}</td><td>bytes</td><td>absent</td></tr>
 * <tr><td>any other {@code mqtt.…}</td><td>kept for later versions, ignored</td><td></td></tr>
 * <tr><td>any other, {@code traceparent} among them</td><td>a user property, in order</td><td></td></tr>
 * </table>
 *
 * <p>Of messages with one unique id only the first counts; a reader drops the others.
 *
 * <p>A user property whose own name begins with {@code mqtt.} travels under {@code mqtt.user.} and its name.
 *
 * @param topic the MQTT topic as UTF-8, valid
 * @param payload shared, never changed; empty for a record without a value
 * @param qos as published
 * @param retain as published
 * @param clientId the publisher's, as UTF-8, or null
 * @param properties never null
 * @param partition of the log, -1 before it is written
 * @param offset in the log, -1 before it is written
 * @param timestamp milliseconds since the epoch by the broker's clock, -1 before it is written
 * @param uniqueId 1 to 65,535 bytes of UTF-8, or null
 * @param uniqueAfter an offset of the log's partition before which no message has the unique id, -1 if unknown
 */
public record PublishRecord(
        byte[] topic,
        byte[] payload,
        Qos qos,
        boolean retain,
        byte[] clientId,
        PublishProperties properties,
        int partition,
        long offset,
        long timestamp,
        String uniqueId,
        long uniqueAfter) {

    private static final String OWN = "mqtt.";
    private static final String ESCAPED = "mqtt.user.";
    private static final String QOS = "mqtt.qos";
    private static final String CLIENT_ID = "mqtt.client-id";
    private static final String RETAIN = "mqtt.retain";
    private static final String UNIQUE_ID = "mqtt.unique-id";
    private static final String UNIQUE_AFTER = "mqtt.unique-after";
    private static final String PAYLOAD_FORMAT = "mqtt.payload-format";
    private static final String MESSAGE_EXPIRY = "mqtt.message-expiry";
    private static final String CONTENT_TYPE = "mqtt.content-type";
    private static final String RESPONSE_TOPIC = "mqtt.response-topic";
    private static final String CORRELATION_DATA = "mqtt.correlation-data";

    private static final Header[] QOS_HEADERS = {header(QOS, "0"), header(QOS, "1"), header(QOS, "2")};
    private static final Header RETAIN_HEADER = header(RETAIN, "1");
    private static final byte[] NO_BYTES = new byte[0];
    private static final int MAX_STRING_BYTES = 0xFFFF;
    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;
    /** As many digits as always fit in a long. */
    private static final int MAX_DIGITS = 18;

    private static final long MAX_OFFSET = 999_999_999_999_999_999L;
    /** What any gateway can be configured to allow; matching goes down level by level. */
    private static final int MAX_LEVELS = 1_000;

    /** A message without a unique id. */
    public PublishRecord(
            byte[] topic,
            byte[] payload,
            Qos qos,
            boolean retain,
            byte[] clientId,
            PublishProperties properties,
            int partition,
            long offset,
            long timestamp) {
        this(topic, payload, qos, retain, clientId, properties, partition, offset, timestamp, null, -1);
    }

    /** A message on its way to the log. */
    public static PublishRecord outgoing(
            byte[] topic, byte[] payload, Qos qos, boolean retain, byte[] clientId, PublishProperties properties) {
        return new PublishRecord(topic, payload, qos, retain, clientId, properties, -1, -1, -1);
    }

    /** The same message with a unique id, because it may be written twice. */
    public PublishRecord withUniqueId(String id, long after) {
        return new PublishRecord(
                topic, payload, qos, retain, clientId, properties, partition, offset, timestamp, id, after);
    }

    /** The same message with the RETAIN flag that a client is shown. */
    public PublishRecord withRetain(boolean flag) {
        return flag == retain
                ? this
                : new PublishRecord(
                        topic,
                        payload,
                        qos,
                        flag,
                        clientId,
                        properties,
                        partition,
                        offset,
                        timestamp,
                        uniqueId,
                        uniqueAfter);
    }

    /** Where the message stands in the log. */
    public Origin origin() {
        return new Origin(partition, offset);
    }

    /** The record to write; Kafka places it by its key. */
    public ProducerRecord<byte[], byte[]> toProducerRecord(String kafkaTopic) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(kafkaTopic, topic, payload);
        writeHeaders(record.headers());
        return record;
    }

    /** Adds this message's headers, in the order of the table above. */
    public void writeHeaders(Headers headers) {
        headers.add(QOS_HEADERS[qos.level()]);
        if (clientId != null) {
            headers.add(new RecordHeader(CLIENT_ID, clientId));
        }
        if (retain) {
            headers.add(RETAIN_HEADER);
        }
        if (uniqueId != null) {
            headers.add(header(UNIQUE_ID, uniqueId));
        }
        if (uniqueAfter >= 0) {
            headers.add(header(UNIQUE_AFTER, Long.toString(uniqueAfter)));
        }
        writeProperties(headers);
    }

    private void writeProperties(Headers headers) {
        if (properties.payloadFormat() >= 0) {
            headers.add(header(PAYLOAD_FORMAT, Integer.toString(properties.payloadFormat())));
        }
        if (properties.messageExpirySeconds() >= 0) {
            headers.add(header(MESSAGE_EXPIRY, Long.toString(properties.messageExpirySeconds())));
        }
        if (properties.contentType() != null) {
            headers.add(header(CONTENT_TYPE, properties.contentType()));
        }
        if (properties.responseTopic() != null) {
            headers.add(header(RESPONSE_TOPIC, properties.responseTopic()));
        }
        if (properties.correlationData() != null) {
            headers.add(new RecordHeader(CORRELATION_DATA, properties.correlationData()));
        }
        for (UserProperty property : properties.userProperties()) {
            String name = property.name();
            headers.add(header(name.startsWith(OWN) ? ESCAPED + name : name, property.value()));
        }
    }

    /**
     * Reads a record of {@code mqtt.publish}.
     *
     * @throws DamagedRecordException if the key is no topic name or a header of ours has no value that it may have
     */
    public static PublishRecord decode(ConsumerRecord<byte[], byte[]> record) throws DamagedRecordException {
        return decode(
                record.key(),
                record.value(),
                record.headers(),
                record.partition(),
                record.offset(),
                record.timestamp());
    }

    /** Reads a message from the parts of a record; see {@link #decode(ConsumerRecord)}. */
    public static PublishRecord decode(
            byte[] key, byte[] value, Headers headers, int partition, long offset, long timestamp)
            throws DamagedRecordException {
        checkTopic("key", key);
        HeaderReader reader = new HeaderReader();
        for (Header header : headers) {
            reader.read(header.key(), header.value());
        }
        return new PublishRecord(
                key,
                value == null ? NO_BYTES : value,
                reader.qos,
                reader.retain,
                reader.clientId,
                reader.properties(),
                partition,
                offset,
                timestamp,
                reader.uniqueId,
                reader.uniqueId == null ? -1 : reader.uniqueAfter);
    }

    /** Refuses what is no topic of a message of the log. */
    static void checkTopic(String part, byte[] topic) throws DamagedRecordException {
        if (topic == null || !TopicName.isValid(topic)) {
            throw new DamagedRecordException("the " + part + " is not a valid MQTT topic name");
        }
        if (TopicName.depth(topic) > MAX_LEVELS) {
            throw new DamagedRecordException("the " + part + " has more than " + MAX_LEVELS + " levels");
        }
        if (TopicName.isReserved(topic)) {
            throw new DamagedRecordException("the " + part + " begins with $, which belongs to the server");
        }
    }

    /**
     * What the message takes in memory, about, in bytes: topic, payload and all properties. Limits count it, so that a
     * message cannot hide its size in its properties.
     */
    public int weight() {
        return topic.length + payload.length + properties.weight();
    }

    /** Whether the message has outlived its message expiry interval ([MQTT-3.3.2-5]). */
    public boolean isExpired(long nowMillis) {
        return properties.messageExpirySeconds() >= 0 && remainingExpirySeconds(nowMillis) <= 0;
    }

    /** The message expiry interval that a subscriber is told: what is left of the publisher's ([MQTT-3.3.2-6]). */
    public long remainingExpirySeconds(long nowMillis) {
        long waitedSeconds = Math.max(0, nowMillis - timestamp) / 1_000;
        return properties.messageExpirySeconds() - waitedSeconds;
    }

    private static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Collects the headers of one record. */
    private static final class HeaderReader {
        private Qos qos = Qos.AT_LEAST_ONCE;
        private boolean retain;
        private byte[] clientId;
        private String uniqueId;
        private long uniqueAfter = -1;
        private boolean hasProperties;
        private int payloadFormat = -1;
        private long messageExpirySeconds = -1;
        private String contentType;
        private String responseTopic;
        private byte[] correlationData;
        private List<UserProperty> userProperties;

        void read(String name, byte[] value) throws DamagedRecordException {
            if (!name.startsWith(OWN)) {
                addUserProperty(name, value);
                return;
            }
            switch (name) {
                case QOS -> qos = Qos.of(digit(name, value, 2));
                case CLIENT_ID -> clientId = value;
                case RETAIN -> retain = digit(name, value, 1) == 1;
                case UNIQUE_ID -> uniqueId = uniqueId(name, value);
                case UNIQUE_AFTER -> uniqueAfter = number(name, value, MAX_OFFSET);
                case PAYLOAD_FORMAT -> payloadFormat = property(digit(name, value, 1));
                case MESSAGE_EXPIRY -> messageExpirySeconds = property(number(name, value, MAX_EXPIRY_SECONDS));
                case CONTENT_TYPE -> contentType = property(text(name, value));
                case RESPONSE_TOPIC -> responseTopic = property(responseTopic(name, value));
                case CORRELATION_DATA -> correlationData = property(bytes(name, value));
                default -> {
                    if (name.startsWith(ESCAPED)) {
                        addUserProperty(name.substring(ESCAPED.length()), value);
                    }
                }
            }
        }

        private <T> T property(T value) {
            hasProperties = true;
            return value;
        }

        /** A Kafka header that MQTT cannot carry stays in Kafka. */
        private void addUserProperty(String name, byte[] value) {
            byte[] bytes = value == null ? NO_BYTES : value;
            boolean carriable = isShort(name)
                    && name.indexOf(0) < 0
                    && bytes.length <= MAX_STRING_BYTES
                    && Utf8.isWellFormed(bytes);
            if (carriable) {
                if (userProperties == null) {
                    userProperties = new ArrayList<>(4);
                }
                userProperties.add(property(new UserProperty(name, new String(bytes, StandardCharsets.UTF_8))));
            }
        }

        private static boolean isShort(String name) {
            // Counting bytes costs something; a character has three at most, as surrogates have two each.
            return name.length() <= MAX_STRING_BYTES / 3
                    || name.getBytes(StandardCharsets.UTF_8).length <= MAX_STRING_BYTES;
        }

        PublishProperties properties() {
            if (!hasProperties) {
                return PublishProperties.NONE;
            }
            return new PublishProperties(
                    payloadFormat,
                    messageExpirySeconds,
                    contentType,
                    responseTopic,
                    correlationData,
                    userProperties == null ? List.of() : userProperties);
        }

        private static int digit(String name, byte[] value, int max) throws DamagedRecordException {
            if (value == null || value.length != 1 || value[0] < '0' || value[0] > '0' + max) {
                throw new DamagedRecordException("header " + name + " must be 0 to " + max);
            }
            return value[0] - '0';
        }

        private static long number(String name, byte[] value, long max) throws DamagedRecordException {
            long number = 0;
            if (value == null || value.length == 0 || value.length > MAX_DIGITS) {
                throw new DamagedRecordException("header " + name + " must be 0 to " + max);
            }
            for (byte b : value) {
                if (b < '0' || b > '9') {
                    throw new DamagedRecordException("header " + name + " must be a number");
                }
                number = number * 10 + (b - '0');
            }
            if (number > max) {
                throw new DamagedRecordException("header " + name + " must be 0 to " + max);
            }
            return number;
        }

        private static String uniqueId(String name, byte[] value) throws DamagedRecordException {
            String id = text(name, value);
            if (id.isEmpty()) {
                throw new DamagedRecordException("header " + name + " must not be empty");
            }
            return id;
        }

        private static byte[] bytes(String name, byte[] value) throws DamagedRecordException {
            if (value == null || value.length > MAX_STRING_BYTES) {
                throw new DamagedRecordException("header " + name + " must have 0 to 65535 bytes");
            }
            return value;
        }

        private static String text(String name, byte[] value) throws DamagedRecordException {
            if (!Utf8.isWellFormed(bytes(name, value))) {
                throw new DamagedRecordException("header " + name + " is not well-formed UTF-8");
            }
            return new String(value, StandardCharsets.UTF_8);
        }

        private static String responseTopic(String name, byte[] value) throws DamagedRecordException {
            if (value == null || !TopicName.isValid(value)) {
                throw new DamagedRecordException("header " + name + " is not a valid MQTT topic name");
            }
            return new String(value, StandardCharsets.UTF_8);
        }
    }
}
