package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.List;

/** UNSUBSCRIBE (section 3.10). */
final class UnsubscribeDecoder implements BodyDecoder {

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        int packetId = in.readPacketId();
        List<UserProperty> userProperties = new ArrayList<>();
        if (version == ProtocolVersion.MQTT_5 && in.startProperties(PropertyId.OF_UNSUBSCRIBE)) {
            while (in.nextProperty() != PacketReader.NO_MORE_PROPERTIES) {
                in.readUserProperty(userProperties);
            }
        }
        if (in.remaining() == 0) {
            throw protocolError("[MQTT-3.10.3-2] UNSUBSCRIBE without a topic filter");
        }
        List<String> filters = new ArrayList<>();
        while (in.remaining() > 0) {
            filters.add(in.readString());
        }
        handler.unsubscribe(new Unsubscribe(packetId, filters, userProperties));
    }
}
