package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.List;

/** Reads the properties of a PUBLISH or of a will: those of the message, and what belongs to the packet alone. */
final class MessageProperties {

    private int payloadFormat = -1;
    private long messageExpirySeconds = -1;
    private String contentType;
    private String responseTopic;
    private byte[] correlationData;
    private List<UserProperty> userProperties = List.of();
    private int topicAlias;
    private long willDelaySeconds;

    /** Reads a property section that is known to have properties, to its end. */
    void read(PacketReader in) throws MalformedPacketException {
        for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
            switch (id) {
                case PropertyId.PAYLOAD_FORMAT_INDICATOR ->
                    payloadFormat = in.readFlag("payload format indicator") ? 1 : 0;
                case PropertyId.MESSAGE_EXPIRY_INTERVAL -> messageExpirySeconds = in.readFourByteInteger();
                case PropertyId.CONTENT_TYPE -> contentType = in.readString();
                case PropertyId.RESPONSE_TOPIC -> responseTopic = readResponseTopic(in);
                case PropertyId.CORRELATION_DATA -> correlationData = in.readBinary();
                case PropertyId.TOPIC_ALIAS -> topicAlias = readTopicAlias(in);
                case PropertyId.WILL_DELAY_INTERVAL -> willDelaySeconds = in.readFourByteInteger();
                case PropertyId.USER_PROPERTY -> readUserProperty(in);
                case PropertyId.SUBSCRIPTION_IDENTIFIER ->
                    throw protocolError("[MQTT-3.3.4-6] subscription identifier in the PUBLISH of a client");
                default -> throw new IllegalStateException("no rule for property " + id);
            }
        }
    }

    /** 0 if there is none. */
    int topicAlias() {
        return topicAlias;
    }

    /** 0 if absent. */
    long willDelaySeconds() {
        return willDelaySeconds;
    }

    /** The properties that travel with the message. */
    PublishProperties ofMessage() {
        boolean none = payloadFormat < 0
                && messageExpirySeconds < 0
                && contentType == null
                && responseTopic == null
                && correlationData == null
                && userProperties.isEmpty();
        return none
                ? PublishProperties.NONE
                : new PublishProperties(
                        payloadFormat,
                        messageExpirySeconds,
                        contentType,
                        responseTopic,
                        correlationData,
                        userProperties);
    }

    private void readUserProperty(PacketReader in) throws MalformedPacketException {
        if (userProperties.isEmpty()) {
            userProperties = new ArrayList<>();
        }
        in.readUserProperty(userProperties);
    }

    private static String readResponseTopic(PacketReader in) throws MalformedPacketException {
        String topic = in.readString();
        if (topic.isEmpty()) {
            throw protocolError("[MQTT-4.7.3-1] empty response topic");
        }
        if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
            throw protocolError("[MQTT-3.3.2-14] wildcard character in a response topic");
        }
        return topic;
    }

    private static int readTopicAlias(PacketReader in) throws MalformedPacketException {
        int alias = in.readTwoByteInteger();
        if (alias == 0) {
            throw new MalformedPacketException(ReasonCode.TOPIC_ALIAS_INVALID, "[MQTT-3.3.2-8] topic alias 0");
        }
        return alias;
    }
}
