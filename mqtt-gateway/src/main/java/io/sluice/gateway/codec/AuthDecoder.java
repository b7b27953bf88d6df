package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** AUTH (section 3.15), which only MQTT 5.0 has. */
final class AuthDecoder implements BodyDecoder {

    /** Those of table 3-11 that a client may send: success is the server's to tell. */
    private static final Set<ReasonCode> REASONS =
            EnumSet.of(ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.RE_AUTHENTICATE);

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        if (in.remaining() == 0) {
            throw protocolError("[MQTT-3.15.2-1] AUTH of a client with reason code 0");
        }
        ReasonCode reason = in.readReasonCode(REASONS);
        String method = null;
        byte[] data = null;
        String reasonString = null;
        List<UserProperty> userProperties = new ArrayList<>();
        if (in.startProperties(PropertyId.OF_AUTH)) {
            for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
                switch (id) {
                    case PropertyId.AUTHENTICATION_METHOD -> method = in.readString();
                    case PropertyId.AUTHENTICATION_DATA -> data = in.readBinary();
                    case PropertyId.REASON_STRING -> reasonString = in.readString();
                    case PropertyId.USER_PROPERTY -> in.readUserProperty(userProperties);
                    default -> throw new IllegalStateException("no rule for property " + id);
                }
            }
        }
        if (method == null) {
            throw protocolError("[MQTT 5.0 section 3.15.2.2.2] AUTH without an authentication method");
        }
        in.expectEnd();
        handler.auth(new Auth(reason, method, data, reasonString, userProperties));
    }
}
