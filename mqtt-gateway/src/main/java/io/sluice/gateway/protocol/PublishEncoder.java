package io.sluice.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;

/**
 * Writes PUBLISH packets (MQTT 5.0 section 3.3). What is the same for all subscribers of a message is made once for each
 * message and event loop: the encoded properties, and a buffer with a large payload. Confined to its event loop.
 */
final class PublishEncoder {

    /** From this size on a payload is shared by its subscribers; below it a copy is cheaper than one more buffer. */
    static final int SHARED_PAYLOAD_BYTES = 8 * 1024;

    private static final int PUBLISH = 0x30;
    private static final int DUP_FLAG = 8;
    private static final int RETAIN_FLAG = 0x01;
    private static final int QOS_SHIFT = 1;
    private static final int MESSAGE_EXPIRY = 0x02;
    private static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    private static final int TOPIC_ALIAS = 0x23;
    private static final int EXPIRY_LENGTH = 5;
    private static final int ALIAS_LENGTH = 3;
    private static final byte[] NO_PROPERTIES = {};
    private static final byte[] NO_TOPIC = {};

    private PublishRecord message;
    private byte[] properties;
    private ByteBuf sharedPayload;

    /** One packet, measured and ready to be written. */
    private int remainingLength;

    private int propertiesLength;

    /** Makes a message the present one; it is the same object for all its subscribers. */
    @SuppressWarnings("ReferenceEquality") // comparing the arrays would cost what remembering saves
    private void present(PublishRecord next) {
        if (next != message) {
            endBatch();
            message = next;
        }
    }

    /** Lets go of the present message. */
    void endBatch() {
        message = null;
        properties = null;
        if (sharedPayload != null) {
            sharedPayload.release();
            sharedPayload = null;
        }
    }

    /**
     * Measures a packet of MQTT 3.1 or 3.1.1.
     *
     * @return its size in bytes
     */
    int measure(PublishRecord next, Qos qos) {
        present(next);
        propertiesLength = -1;
        remainingLength = Short.BYTES + next.topic().length + packetIdLength(qos) + next.payload().length;
        return size();
    }

    /**
     * Measures a packet of MQTT 5.0.
     *
     * @param topicAlias 0 for none
     * @param sendTopic whether the topic is sent, with its alias or without
     * @return its size in bytes
     */
    int measure5(PublishRecord next, Qos qos, int[] identifiers, int topicAlias, boolean sendTopic) {
        present(next);
        if (properties == null) {
            properties = next.properties().equals(PublishProperties.NONE)
                    ? NO_PROPERTIES
                    : PacketEncoder.encodePublishProperties(next.properties());
        }
        propertiesLength = properties.length
                + (next.properties().messageExpirySeconds() >= 0 ? EXPIRY_LENGTH : 0)
                + (topicAlias > 0 ? ALIAS_LENGTH : 0);
        for (int identifier : identifiers) {
            propertiesLength += 1 + PacketEncoder.variableByteIntegerSize(identifier);
        }
        remainingLength = Short.BYTES
                + (sendTopic ? next.topic().length : 0)
                + packetIdLength(qos)
                + PacketEncoder.variableByteIntegerSize(propertiesLength)
                + propertiesLength
                + next.payload().length;
        return size();
    }

    private int size() {
        return 1 + PacketEncoder.variableByteIntegerSize(remainingLength) + remainingLength;
    }

    private static int packetIdLength(Qos qos) {
        return qos == Qos.AT_MOST_ONCE ? 0 : Short.BYTES;
    }

    /** Whether the present message's payload is to be written with {@link #sharedPayload}. */
    boolean sharesPayload() {
        return message.payload().length >= SHARED_PAYLOAD_BYTES;
    }

    /** Writes the packet that was measured last, without its payload if that is shared. */
    void write(
            ByteBuf out,
            Qos qos,
            boolean retain,
            boolean again,
            int packetId,
            int[] identifiers,
            int topicAlias,
            boolean sendTopic) {
        out.writeByte(PUBLISH | qos.level() << QOS_SHIFT | (retain ? RETAIN_FLAG : 0) | (again ? DUP_FLAG : 0));
        PacketEncoder.writeVariableByteInteger(out, remainingLength);
        byte[] topic = sendTopic ? message.topic() : NO_TOPIC;
        out.writeShort(topic.length);
        out.writeBytes(topic);
        if (qos != Qos.AT_MOST_ONCE) {
            out.writeShort(packetId);
        }
        if (propertiesLength >= 0) {
            writeProperties(out, identifiers, topicAlias);
        }
        if (!sharesPayload()) {
            out.writeBytes(message.payload());
        }
    }

    private void writeProperties(ByteBuf out, int[] identifiers, int topicAlias) {
        PacketEncoder.writeVariableByteInteger(out, propertiesLength);
        if (message.properties().messageExpirySeconds() >= 0) {
            out.writeByte(MESSAGE_EXPIRY);
            // A message that is about to expire has passed the check before; it must not wrap around.
            out.writeInt((int) Math.max(0, message.remainingExpirySeconds(System.currentTimeMillis())));
        }
        if (topicAlias > 0) {
            out.writeByte(TOPIC_ALIAS);
            out.writeShort(topicAlias);
        }
        for (int identifier : identifiers) {
            out.writeByte(SUBSCRIPTION_IDENTIFIER);
            PacketEncoder.writeVariableByteInteger(out, identifier);
        }
        out.writeBytes(properties);
    }

    /** The present message's payload, for one more subscriber; to be released by whom it is written to. */
    ByteBuf sharedPayload(ByteBufAllocator allocator) {
        if (sharedPayload == null) {
            byte[] payload = message.payload();
            sharedPayload = allocator.directBuffer(payload.length, payload.length);
            sharedPayload.writeBytes(payload);
        }
        return sharedPayload.retainedDuplicate();
    }
}
