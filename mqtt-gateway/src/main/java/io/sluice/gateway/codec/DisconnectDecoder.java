package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** DISCONNECT (section 3.14). */
final class DisconnectDecoder implements BodyDecoder {

    /** Those of table 3-10 that a client may send. */
    private static final Set<ReasonCode> REASONS = EnumSet.of(
            ReasonCode.SUCCESS,
            ReasonCode.DISCONNECT_WITH_WILL_MESSAGE,
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.MALFORMED_PACKET,
            ReasonCode.PROTOCOL_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
            ReasonCode.TOPIC_ALIAS_INVALID,
            ReasonCode.PACKET_TOO_LARGE,
            ReasonCode.MESSAGE_RATE_TOO_HIGH,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.ADMINISTRATIVE_ACTION,
            ReasonCode.PAYLOAD_FORMAT_INVALID);

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        Disconnect packet = Disconnect.NORMAL;
        if (version == ProtocolVersion.MQTT_5 && in.remaining() > 0) {
            ReasonCode reason = in.readReasonCode(REASONS);
            packet = in.remaining() == 0 ? new Disconnect(reason, -1, null, List.of()) : readProperties(in, reason);
        }
        in.expectEnd();
        handler.disconnect(packet);
    }

    private static Disconnect readProperties(PacketReader in, ReasonCode reason) throws MalformedPacketException {
        long sessionExpirySeconds = -1;
        String reasonString = null;
        List<UserProperty> userProperties = new ArrayList<>();
        if (in.startProperties(PropertyId.OF_DISCONNECT)) {
            for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
                switch (id) {
                    case PropertyId.SESSION_EXPIRY_INTERVAL -> sessionExpirySeconds = in.readFourByteInteger();
                    case PropertyId.REASON_STRING -> reasonString = in.readString();
                    case PropertyId.USER_PROPERTY -> in.readUserProperty(userProperties);
                    case PropertyId.SERVER_REFERENCE ->
                        throw protocolError(
                                "[MQTT 5.0 section 3.14.2.2.5] server reference in the DISCONNECT of a client");
                    default -> throw new IllegalStateException("no rule for property " + id);
                }
            }
        }
        return new Disconnect(reason, sessionExpirySeconds, reasonString, userProperties);
    }
}
