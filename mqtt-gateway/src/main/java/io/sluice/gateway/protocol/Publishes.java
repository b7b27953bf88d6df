package io.sluice.gateway.protocol;

import io.netty.buffer.ByteBuf;
import io.sluice.gateway.LimitsConfig;
import io.sluice.gateway.codec.Diagnostics;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.Publish;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.protocol.ConnectedClient.Terms;
import io.sluice.gateway.session.DeliverySource.RetainedUse;
import io.sluice.gateway.session.PublicationSink.Refusal;
import io.sluice.gateway.session.Session;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.TopicName;

/**
 * The PUBLISH packets of one client and their acknowledgements (MQTT 5.0 sections 3.3 to 3.5). Confined to the event loop.
 */
final class Publishes {

    private final ClientConnection connection;
    private final ClientServices services;
    private final Session session;
    private final Terms terms;
    /** The topic of each alias that the client has set; made when it sets one. */
    private byte[][] topicOfAlias;

    Publishes(ClientConnection connection, ClientServices services, Session session, Terms terms) {
        this.connection = connection;
        this.services = services;
        this.session = session;
        this.terms = terms;
    }

    void publish(Publish packet) {
        services.metrics().published(packet.qos(), packet.payload().length);
        byte[] topic = packet.topicAlias() == 0 ? packet.topic() : resolveAlias(packet);
        if (topic == null) {
            return;
        }
        if (packet.qos() == Qos.EXACTLY_ONCE
                && session.isUnreleased(packet.packetId())
                && !session.isResumed(packet.packetId())) {
            session.publishedAgain(packet.packetId());
            return;
        }
        if (exceedsReceiveMaximum(packet.qos())) {
            Disconnects.refusePacket(
                    connection,
                    services,
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "[MQTT-3.3.4-7] more QoS 1 and 2 messages than the receive maximum");
            return;
        }
        String flaw = flaw(topic, packet);
        if (flaw != null) {
            refuse(packet, flawReason(topic), flaw);
            return;
        }
        PublishRecord message = PublishRecord.outgoing(
                topic, packet.payload(), packet.qos(), packet.retain(), session.clientIdUtf8(), packet.properties());
        session.publish(message, packet.packetId());
    }

    private byte[] resolveAlias(Publish packet) {
        int alias = packet.topicAlias();
        if (alias > services.config().limits().topicAliases()) {
            Disconnects.refusePacket(
                    connection,
                    services,
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "[MQTT-3.3.2-9] topic alias " + alias + " above the topic alias maximum");
            return null;
        }
        if (topicOfAlias == null) {
            topicOfAlias = new byte[services.config().limits().topicAliases() + 1][];
        }
        if (packet.topic().length > 0) {
            topicOfAlias[alias] = packet.topic();
        }
        if (topicOfAlias[alias] == null) {
            Disconnects.refusePacket(
                    connection, services, ReasonCode.PROTOCOL_ERROR, "topic alias " + alias + " has no topic");
        }
        return topicOfAlias[alias];
    }

    /** MQTT 3 has no receive maximum; there the client is not read from while too much waits for the log. */
    private boolean exceedsReceiveMaximum(Qos qos) {
        return terms.version() == ProtocolVersion.MQTT_5
                && qos != Qos.AT_MOST_ONCE
                && session.inboundInFlight() >= services.config().limits().receiveMaximum();
    }

    private String flaw(byte[] topic, Publish packet) {
        LimitsConfig limits = services.config().limits();
        if (TopicName.isReserved(topic)) {
            return "topics that begin with $ belong to the server";
        }
        if (topic.length > limits.topicBytes()) {
            return "the topic is longer than " + limits.topicBytes() + " bytes";
        }
        if (TopicName.depth(topic) > limits.topicLevels()) {
            return "the topic has more than " + limits.topicLevels() + " levels";
        }
        if (packet.retain() && packet.payload().length > 0) {
            RetainedUse use = services.source().retainedUse();
            if (use.messages() >= limits.retainedMessages() || use.bytes() >= limits.retainedBytes()) {
                return "there are too many retained messages";
            }
        }
        return null;
    }

    private ReasonCode flawReason(byte[] topic) {
        LimitsConfig limits = services.config().limits();
        boolean ofTopic = TopicName.isReserved(topic)
                || topic.length > limits.topicBytes()
                || TopicName.depth(topic) > limits.topicLevels();
        return ofTopic ? ReasonCode.TOPIC_NAME_INVALID : ReasonCode.QUOTA_EXCEEDED;
    }

    /** A message that is not taken: told in its acknowledgement where there is one that can tell. */
    private void refuse(Publish packet, ReasonCode reason, String detail) {
        boolean canTell = terms.version() == ProtocolVersion.MQTT_5 && packet.qos() != Qos.AT_MOST_ONCE;
        if (!canTell) {
            // Acknowledging it would be a lie, and silence would make it come again ([MQTT-3.3.5-2] of 3.1.1).
            Disconnects.refusePacket(connection, services, reason, detail);
            return;
        }
        services.metrics().refusedPacket(Disconnects.label(reason));
        Disconnects.logRefusal(connection, reason, detail);
        writeAcknowledgement(packet.qos(), packet.packetId(), reason, detail);
    }

    /** The log has a message, or has refused it. */
    void acknowledge(Qos qos, int packetId, Refusal refusal) {
        if (!connection.isOpen()) {
            return;
        }
        if (refusal == null) {
            writeAcknowledgement(qos, packetId, ReasonCode.SUCCESS, null);
            return;
        }
        ReasonCode reason =
                switch (refusal.cause()) {
                    case TOO_LARGE -> ReasonCode.QUOTA_EXCEEDED;
                    case NOT_AUTHORIZED -> ReasonCode.NOT_AUTHORIZED;
                    case INVALID, FAILED -> ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
                };
        if (terms.version() == ProtocolVersion.MQTT_5) {
            Disconnects.logRefusal(connection, reason, refusal.detail());
            writeAcknowledgement(qos, packetId, reason, refusal.detail());
        } else {
            Disconnects.refusePacket(connection, services, reason, refusal.detail());
        }
    }

    private void writeAcknowledgement(Qos qos, int packetId, ReasonCode reason, String detail) {
        ByteBuf out = connection.outbound().buffer();
        if (reason == ReasonCode.SUCCESS && qos == Qos.AT_LEAST_ONCE) {
            PacketEncoder.puback(out, packetId);
        } else if (reason == ReasonCode.SUCCESS) {
            PacketEncoder.pubrec(out, packetId);
        } else {
            Diagnostics diagnostics = terms.problemInformation() ? Diagnostics.of(detail) : Diagnostics.NONE;
            if (qos == Qos.AT_LEAST_ONCE) {
                PacketEncoder.puback(out, packetId, reason, diagnostics, terms.maximumPacketSize());
            } else {
                PacketEncoder.pubrec(out, packetId, reason, diagnostics, terms.maximumPacketSize());
            }
        }
    }
}
