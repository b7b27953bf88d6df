package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A message with all that is known of it as one binary value, for what copies messages out of the log: records that speak of
 * a client, and state stores. {@link WireWriter} tells how the parts are written.
 *
 * <table>
 * <caption>Format</caption>
 * <tr><th>part</th><th>written as</th></tr>
 * <tr><td>version</td><td>a byte, 1</td></tr>
 * <tr><td>flags</td><td>a byte: bits 0 and 1 the quality of service, 2 retain, 3 client id, 4 unique id, 5 properties</td></tr>
 * <tr><td>place</td><td>partition, offset and timestamp, each one higher than it is</td></tr>
 * <tr><td>topic, payload</td><td>bytes</td></tr>
 * <tr><td>client id</td><td>bytes, if its flag is set</td></tr>
 * <tr><td>unique id, the offset that it counts from</td><td>string, number one higher than it is, if the flag is set</td></tr>
 * <tr><td>properties</td><td>if the flag is set: a byte of flags, bit 0 payload format, 1 its value, 2 message expiry, 3
 *     content type, 4 response topic, 5 correlation data, 6 user properties; then those that are set, in this order</td></tr>
 * </table>
 */
public final class StoredMessage {

    private static final int VERSION = 1;

    private static final int QOS = 3;
    private static final int RETAIN = 1 << 2;
    private static final int CLIENT_ID = 1 << 3;
    private static final int UNIQUE_ID = 1 << 4;
    private static final int PROPERTIES = 1 << 5;
    private static final int FLAGS_END = 1 << 6;

    private static final int PAYLOAD_FORMAT = 1;
    private static final int PAYLOAD_IS_TEXT = 1 << 1;
    private static final int MESSAGE_EXPIRY = 1 << 2;
    private static final int CONTENT_TYPE = 1 << 3;
    private static final int RESPONSE_TOPIC = 1 << 4;
    private static final int CORRELATION_DATA = 1 << 5;
    private static final int USER_PROPERTIES = 1 << 6;
    private static final int PROPERTY_FLAGS_END = 1 << 7;

    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;
    private static final int MAX_CORRELATION_BYTES = 0xFFFF;

    private StoredMessage() {}

    /** The message as a value of its own. */
    public static byte[] encode(PublishRecord message) {
        WireWriter out = new WireWriter();
        write(message, out);
        return out.toBytes();
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @throws DamagedRecordException if it is of another version, or anything in it is not as the format says
     */
    public static PublishRecord decode(byte[] value) throws DamagedRecordException {
        WireReader in = new WireReader(value, "stored message");
        PublishRecord message = read(in);
        in.end();
        return message;
    }

    /** Writes the message as a part of something larger. */
    public static void write(PublishRecord message, WireWriter out) {
        boolean hasProperties = !message.properties().equals(PublishProperties.NONE);
        out.octet(VERSION)
                .octet(message.qos().level()
                        | (message.retain() ? RETAIN : 0)
                        | (message.clientId() != null ? CLIENT_ID : 0)
                        | (message.uniqueId() != null ? UNIQUE_ID : 0)
                        | (hasProperties ? PROPERTIES : 0))
                .numberOrNone(message.partition())
                .numberOrNone(message.offset())
                .numberOrNone(message.timestamp())
                .bytes(message.topic())
                .bytes(message.payload());
        if (message.clientId() != null) {
            out.bytes(message.clientId());
        }
        if (message.uniqueId() != null) {
            out.string(message.uniqueId()).numberOrNone(message.uniqueAfter());
        }
        if (hasProperties) {
            writeProperties(message.properties(), out);
        }
    }

    private static void writeProperties(PublishProperties properties, WireWriter out) {
        out.octet((properties.payloadFormat() >= 0 ? PAYLOAD_FORMAT : 0)
                | (properties.payloadFormat() == 1 ? PAYLOAD_IS_TEXT : 0)
                | (properties.messageExpirySeconds() >= 0 ? MESSAGE_EXPIRY : 0)
                | (properties.contentType() != null ? CONTENT_TYPE : 0)
                | (properties.responseTopic() != null ? RESPONSE_TOPIC : 0)
                | (properties.correlationData() != null ? CORRELATION_DATA : 0)
                | (properties.userProperties().isEmpty() ? 0 : USER_PROPERTIES));
        if (properties.messageExpirySeconds() >= 0) {
            out.number(properties.messageExpirySeconds());
        }
        if (properties.contentType() != null) {
            out.string(properties.contentType());
        }
        if (properties.responseTopic() != null) {
            out.string(properties.responseTopic());
        }
        if (properties.correlationData() != null) {
            out.bytes(properties.correlationData());
        }
        if (!properties.userProperties().isEmpty()) {
            out.list(
                    properties.userProperties(),
                    (property, to) -> to.string(property.name()).string(property.value()));
        }
    }

    /** Reads what {@link #write} wrote. */
    public static PublishRecord read(WireReader in) throws DamagedRecordException {
        in.version(VERSION);
        int flags = in.octet();
        if (flags >= FLAGS_END || (flags & QOS) == QOS) {
            throw in.damage("message flags " + flags);
        }
        int partition = (int) in.numberOrNone(Integer.MAX_VALUE);
        long offset = in.numberOrNone();
        long timestamp = in.numberOrNone();
        byte[] topic = in.bytes();
        PublishRecord.checkTopic("topic", topic);
        byte[] payload = in.bytes();
        byte[] clientId = (flags & CLIENT_ID) != 0 ? in.bytes() : null;
        String uniqueId = (flags & UNIQUE_ID) != 0 ? in.string() : null;
        long uniqueAfter = uniqueId != null ? in.numberOrNone() : -1;
        PublishProperties properties = (flags & PROPERTIES) != 0 ? readProperties(in) : PublishProperties.NONE;
        return new PublishRecord(
                topic,
                payload,
                Qos.of(flags & QOS),
                (flags & RETAIN) != 0,
                clientId,
                properties,
                partition,
                offset,
                timestamp,
                uniqueId,
                uniqueAfter);
    }

    private static PublishProperties readProperties(WireReader in) throws DamagedRecordException {
        int flags = in.octet();
        boolean formatWithoutItsFlag = (flags & (PAYLOAD_FORMAT | PAYLOAD_IS_TEXT)) == PAYLOAD_IS_TEXT;
        if (flags == 0 || flags >= PROPERTY_FLAGS_END || formatWithoutItsFlag) {
            throw in.damage("property flags " + flags);
        }
        int payloadFormat = (flags & PAYLOAD_IS_TEXT) != 0 ? 1 : 0;
        return new PublishProperties(
                (flags & PAYLOAD_FORMAT) != 0 ? payloadFormat : -1,
                (flags & MESSAGE_EXPIRY) != 0 ? in.number(0, MAX_EXPIRY_SECONDS) : -1,
                (flags & CONTENT_TYPE) != 0 ? in.string() : null,
                (flags & RESPONSE_TOPIC) != 0 ? responseTopic(in) : null,
                (flags & CORRELATION_DATA) != 0 ? correlationData(in) : null,
                (flags & USER_PROPERTIES) != 0 ? userProperties(in) : List.of());
    }

    private static String responseTopic(WireReader in) throws DamagedRecordException {
        String topic = in.string();
        if (!TopicName.isValid(topic.getBytes(StandardCharsets.UTF_8))) {
            throw in.damage("a response topic that is no topic name");
        }
        return topic;
    }

    private static byte[] correlationData(WireReader in) throws DamagedRecordException {
        byte[] data = in.bytes();
        if (data.length > MAX_CORRELATION_BYTES) {
            throw in.damage("correlation data of " + data.length + " bytes");
        }
        return data;
    }

    private static List<UserProperty> userProperties(WireReader in) throws DamagedRecordException {
        List<UserProperty> properties = in.list(from -> new UserProperty(from.string(), from.string()));
        if (properties.isEmpty()) {
            throw in.damage("a flag for user properties that it has not");
        }
        return properties;
    }
}
