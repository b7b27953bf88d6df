package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.malformed;
import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.Qos;
import io.sluice.wire.TopicFilter;
import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.List;

/** SUBSCRIBE (section 3.8). */
final class SubscribeDecoder implements BodyDecoder {

    private static final int NO_LOCAL = 0b0000_0100;
    private static final int RETAIN_AS_PUBLISHED = 0b0000_1000;
    private static final int RESERVED_IN_5 = 0b1100_0000;
    private static final int RESERVED_IN_3 = 0b1111_1100;

    @Override
    public void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        int packetId = in.readPacketId();
        int subscriptionIdentifier = 0;
        List<UserProperty> userProperties = new ArrayList<>();
        if (version == ProtocolVersion.MQTT_5 && in.startProperties(PropertyId.OF_SUBSCRIBE)) {
            for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
                if (id == PropertyId.USER_PROPERTY) {
                    in.readUserProperty(userProperties);
                } else {
                    subscriptionIdentifier = readSubscriptionIdentifier(in);
                }
            }
        }
        if (in.remaining() == 0) {
            throw protocolError("[MQTT-3.8.3-2] SUBSCRIBE without a topic filter");
        }
        List<SubscriptionRequest> requests = new ArrayList<>();
        while (in.remaining() > 0) {
            requests.add(readRequest(in, version));
        }
        handler.subscribe(new Subscribe(packetId, requests, subscriptionIdentifier, userProperties));
    }

    private static int readSubscriptionIdentifier(PacketReader in) throws MalformedPacketException {
        int identifier = in.readVariableByteInteger();
        if (identifier == 0) {
            throw protocolError("[MQTT 5.0 section 3.8.2.1.2] subscription identifier 0");
        }
        return identifier;
    }

    private static SubscriptionRequest readRequest(PacketReader in, ProtocolVersion version)
            throws MalformedPacketException {
        String filter = in.readString();
        int options = in.readByte();
        boolean mqtt5 = version == ProtocolVersion.MQTT_5;
        if ((options & (mqtt5 ? RESERVED_IN_5 : RESERVED_IN_3)) != 0) {
            throw malformed("[MQTT-3.8.3-5] reserved bits of the subscription options are set");
        }
        int qos = options & 0b11;
        if (qos == 3) {
            throw mqtt5
                    ? protocolError("[MQTT 5.0 section 3.8.3.1] subscription with QoS 3")
                    : malformed("[MQTT-3.8.3-4 of 3.1.1] subscription with QoS 3");
        }
        int retainHandling = options >> 4;
        if (retainHandling == 3) {
            throw protocolError("[MQTT 5.0 section 3.8.3.1] retain handling 3");
        }
        boolean noLocal = (options & NO_LOCAL) != 0;
        if (noLocal && TopicFilter.isShared(filter)) {
            throw protocolError("[MQTT-3.8.3-4] no local with a shared subscription");
        }
        return new SubscriptionRequest(
                filter, Qos.of(qos), noLocal, (options & RETAIN_AS_PUBLISHED) != 0, retainHandling);
    }
}
