package io.sluice.gateway.codec;

import java.util.EnumSet;
import java.util.Set;

/** PUBACK, PUBREC, PUBREL and PUBCOMP (sections 3.4 to 3.7): a packet identifier and, in MQTT 5.0, why. */
final class AcknowledgementDecoder implements BodyDecoder {

    /** Of PUBACK and PUBREC, without {@link ReasonCode#NO_MATCHING_SUBSCRIBERS}, which only a server sends. */
    private static final Set<ReasonCode> MESSAGE_REASONS = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.NOT_AUTHORIZED,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.PACKET_IDENTIFIER_IN_USE,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.PAYLOAD_FORMAT_INVALID);

    /** Of PUBREL and PUBCOMP. */
    private static final Set<ReasonCode> RELEASE_REASONS =
            EnumSet.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);

    /** The method of the handler that takes the packet. */
    interface Call {
        void accept(PacketHandler handler, int packetId, byte reason);
    }

    private final Set<ReasonCode> reasons;
    private final Call call;

    private AcknowledgementDecoder(Set<ReasonCode> reasons, Call call) {
        this.reasons = reasons;
        this.call = call;
    }

    /** Of a packet that answers a PUBLISH. */
    static AcknowledgementDecoder ofMessage(Call call) {
        return new AcknowledgementDecoder(MESSAGE_REASONS, call);
    }

    /** Of a packet of the second half of QoS 2. */
    static AcknowledgementDecoder ofRelease(Call call) {
        return new AcknowledgementDecoder(RELEASE_REASONS, call);
    }

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        int packetId = in.readPacketId();
        byte reason = 0;
        if (version == ProtocolVersion.MQTT_5 && in.remaining() > 0) {
            reason = in.readReasonCode(reasons).value();
            if (in.remaining() > 0) {
                checkProperties(in);
            }
        }
        in.expectEnd();
        call.accept(handler, packetId, reason);
    }

    /** Nobody wants the properties of an acknowledgement, but they must be right. */
    private static void checkProperties(PacketReader in) throws MalformedPacketException {
        if (!in.startProperties(PropertyId.OF_ACKNOWLEDGEMENT)) {
            return;
        }
        for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
            in.readString();
            if (id == PropertyId.USER_PROPERTY) {
                in.readString();
            }
        }
    }
}
