package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.malformed;
import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;

/** PUBLISH (section 3.3): the hot path. Topic and payload are copied once, as the arrays that go to the log. */
final class PublishDecoder implements BodyDecoder {

    private static final int DUP = 0b1000;
    private static final int RETAIN = 0b0001;

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        Qos qos = qosOf(flags);
        byte[] topic = in.readTopicName();
        int packetId = qos == Qos.AT_MOST_ONCE ? 0 : in.readPacketId();
        int topicAlias = 0;
        PublishProperties properties = PublishProperties.NONE;
        if (version == ProtocolVersion.MQTT_5 && in.startProperties(PropertyId.OF_PUBLISH)) {
            MessageProperties given = new MessageProperties();
            given.read(in);
            topicAlias = given.topicAlias();
            properties = given.ofMessage();
        }
        if (topic.length == 0 && topicAlias == 0) {
            throw protocolError("[MQTT-4.7.3-1] empty topic name without a topic alias");
        }
        byte[] payload = in.readBytes(in.remaining());
        handler.publish(new Publish(
                topic, topicAlias, payload, qos, (flags & RETAIN) != 0, (flags & DUP) != 0, packetId, properties));
    }

    private static Qos qosOf(int flags) throws MalformedPacketException {
        int level = flags >> 1 & 0b11;
        if (level == 3) {
            throw malformed("[MQTT-3.3.1-4] QoS 3");
        }
        if (level == 0 && (flags & DUP) != 0) {
            throw malformed("[MQTT-3.3.1-2] DUP with QoS 0");
        }
        return Qos.of(level);
    }
}
