package io.sluice.gateway.codec;

import io.netty.buffer.ByteBuf;
import io.sluice.wire.PublishProperties;
import java.util.List;

/**
 * Writes the server's packets, PUBLISH aside, of which only the properties are written here. Methods that take a maximum
 * packet size (the client's, {@link Integer#MAX_VALUE} if it has none) leave out reason strings and user properties that
 * do not fit, and write nothing and return false if the packet is too large even so ([MQTT-3.1.2-24]).
 */
public final class PacketEncoder {

    private static final int CONNACK = 0x20;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int PINGRESP = 0xD0;
    private static final int DISCONNECT = 0xE0;

    private static final int MAXIMUM_VARIABLE_BYTE_INTEGER = 0xFFF_FFFF;

    private PacketEncoder() {}

    /** The bytes that a variable byte integer takes: 1 to 4 for 0 to 268,435,455 (section 1.5.5). */
    public static int variableByteIntegerSize(int value) {
        if (value < 1 << 7) {
            return 1;
        }
        if (value < 1 << 14) {
            return 2;
        }
        return value < 1 << 21 ? 3 : 4;
    }

    /**
     * Writes 0 to 268,435,455 in the fewest bytes ([MQTT-1.5.5-1]).
     *
     * @throws IllegalArgumentException if the value is out of this range
     */
    public static void writeVariableByteInteger(ByteBuf out, int value) {
        if (value < 0 || value > MAXIMUM_VARIABLE_BYTE_INTEGER) {
            throw new IllegalArgumentException("not a variable byte integer: " + value);
        }
        int rest = value;
        while (rest >= 0x80) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** The size of a packet, fixed header included, from what follows the fixed header. */
    static int packetSize(int remainingLength) {
        return 1 + variableByteIntegerSize(remainingLength) + remainingLength;
    }

    /**
     * The properties of a message as they are the same in each delivery to a client of MQTT 5.0: payload format, content
     * type, response topic, correlation data, user properties in order. Without the section's length, and without message
     * expiry, subscription identifiers and topic alias, which differ. Empty for {@link PublishProperties#NONE}.
     */
    public static byte[] encodePublishProperties(PublishProperties message) {
        PropertyWriter properties = new PropertyWriter();
        if (message.payloadFormat() >= 0) {
            properties.putByte(PropertyId.PAYLOAD_FORMAT_INDICATOR, message.payloadFormat());
        }
        properties.putString(PropertyId.CONTENT_TYPE, message.contentType());
        properties.putString(PropertyId.RESPONSE_TOPIC, message.responseTopic());
        properties.putBinary(PropertyId.CORRELATION_DATA, message.correlationData());
        message.userProperties().forEach(properties::putUserProperty);
        return properties.toBytes();
    }

    /**
     * Writes a CONNACK (section 3.2).
     *
     * @param sessionPresent not sent with a refusal ([MQTT-3.2.2-6]) and not to MQTT 3.1, which does not have it
     * @param reason for MQTT 3.x one that has a return code there ({@link ReasonCode#connackCodeFor3})
     * @param properties not sent to MQTT 3.x
     * @throws IllegalArgumentException if MQTT 3.x has no return code for the reason
     */
    public static boolean connack(
            ByteBuf out,
            ProtocolVersion version,
            boolean sessionPresent,
            ReasonCode reason,
            ConnackProperties properties,
            int maximumPacketSize) {
        int flags = sessionPresent && reason == ReasonCode.SUCCESS ? 1 : 0;
        if (version != ProtocolVersion.MQTT_5) {
            int code = reason.connackCodeFor3();
            if (code < 0) {
                throw new IllegalArgumentException("no return code for " + reason + " in " + version);
            }
            out.writeByte(CONNACK).writeByte(2);
            out.writeByte(version == ProtocolVersion.MQTT_3_1 ? 0 : flags).writeByte(code);
            return true;
        }
        PropertyWriter section = connackProperties(properties, maximumPacketSize);
        if (!startPacket(out, CONNACK, 2 + section.sectionSize(), maximumPacketSize)) {
            return false;
        }
        out.writeByte(flags).writeByte(reason.value());
        section.writeSection(out);
        return true;
    }

    private static PropertyWriter connackProperties(ConnackProperties given, int maximumPacketSize) {
        PropertyWriter properties = new PropertyWriter();
        if (given.sessionExpirySeconds() >= 0) {
            properties.putFourByteInteger(PropertyId.SESSION_EXPIRY_INTERVAL, given.sessionExpirySeconds());
        }
        putCapabilities(properties, given.capabilities());
        properties.putString(PropertyId.ASSIGNED_CLIENT_IDENTIFIER, given.assignedClientId());
        if (given.serverKeepAliveSeconds() >= 0) {
            properties.putTwoByteInteger(PropertyId.SERVER_KEEP_ALIVE, given.serverKeepAliveSeconds());
        }
        properties.putString(PropertyId.RESPONSE_INFORMATION, given.responseInformation());
        properties.putString(PropertyId.SERVER_REFERENCE, given.serverReference());
        properties.putDiagnostics(given.diagnostics(), 2, maximumPacketSize);
        return properties;
    }

    private static void putCapabilities(PropertyWriter properties, ServerCapabilities capabilities) {
        ServerCapabilities defaults = ServerCapabilities.DEFAULTS;
        if (capabilities.receiveMaximum() != defaults.receiveMaximum()) {
            properties.putTwoByteInteger(PropertyId.RECEIVE_MAXIMUM, capabilities.receiveMaximum());
        }
        if (capabilities.maximumQos() != defaults.maximumQos()) {
            properties.putByte(PropertyId.MAXIMUM_QOS, capabilities.maximumQos());
        }
        putUnavailable(properties, PropertyId.RETAIN_AVAILABLE, capabilities.retainAvailable());
        if (capabilities.maximumPacketSize() != defaults.maximumPacketSize()) {
            properties.putFourByteInteger(PropertyId.MAXIMUM_PACKET_SIZE, capabilities.maximumPacketSize());
        }
        if (capabilities.topicAliasMaximum() != defaults.topicAliasMaximum()) {
            properties.putTwoByteInteger(PropertyId.TOPIC_ALIAS_MAXIMUM, capabilities.topicAliasMaximum());
        }
        putUnavailable(
                properties, PropertyId.WILDCARD_SUBSCRIPTION_AVAILABLE, capabilities.wildcardSubscriptionAvailable());
        putUnavailable(
                properties,
                PropertyId.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
                capabilities.subscriptionIdentifiersAvailable());
        putUnavailable(
                properties, PropertyId.SHARED_SUBSCRIPTION_AVAILABLE, capabilities.sharedSubscriptionAvailable());
    }

    private static void putUnavailable(PropertyWriter properties, int id, boolean available) {
        if (!available) {
            properties.putByte(id, 0);
        }
    }

    /** Writes a PUBACK that says success, in the four bytes that all versions share. */
    public static void puback(ByteBuf out, int packetId) {
        success(out, PUBACK, packetId);
    }

    /** Writes a PUBREC that says success, in the four bytes that all versions share. */
    public static void pubrec(ByteBuf out, int packetId) {
        success(out, PUBREC, packetId);
    }

    /** Writes a PUBREL that says success, in the four bytes that all versions share. */
    public static void pubrel(ByteBuf out, int packetId) {
        success(out, PUBREL, packetId);
    }

    /** Writes a PUBCOMP that says success, in the four bytes that all versions share. */
    public static void pubcomp(ByteBuf out, int packetId) {
        success(out, PUBCOMP, packetId);
    }

    /**
     * Writes a PUBACK of MQTT 5.0 (section 3.4); MQTT 3.x cannot tell a reason.
     *
     * @param diagnostics {@link Diagnostics#NONE} if the client did not ask for problem information ([MQTT-3.1.2-29])
     */
    public static boolean puback(
            ByteBuf out, int packetId, ReasonCode reason, Diagnostics diagnostics, int maximumPacketSize) {
        return acknowledgement(out, PUBACK, packetId, reason, diagnostics, maximumPacketSize);
    }

    /** Writes a PUBREC of MQTT 5.0 (section 3.5), as {@link #puback}. */
    public static boolean pubrec(
            ByteBuf out, int packetId, ReasonCode reason, Diagnostics diagnostics, int maximumPacketSize) {
        return acknowledgement(out, PUBREC, packetId, reason, diagnostics, maximumPacketSize);
    }

    /** Writes a PUBREL of MQTT 5.0 (section 3.6), as {@link #puback}. */
    public static boolean pubrel(
            ByteBuf out, int packetId, ReasonCode reason, Diagnostics diagnostics, int maximumPacketSize) {
        return acknowledgement(out, PUBREL, packetId, reason, diagnostics, maximumPacketSize);
    }

    /** Writes a PUBCOMP of MQTT 5.0 (section 3.7), as {@link #puback}. */
    public static boolean pubcomp(
            ByteBuf out, int packetId, ReasonCode reason, Diagnostics diagnostics, int maximumPacketSize) {
        return acknowledgement(out, PUBCOMP, packetId, reason, diagnostics, maximumPacketSize);
    }

    private static void success(ByteBuf out, int header, int packetId) {
        out.writeInt(header << 24 | 2 << 16 | packetId);
    }

    private static boolean acknowledgement(
            ByteBuf out, int header, int packetId, ReasonCode reason, Diagnostics diagnostics, int maximumPacketSize) {
        PropertyWriter properties = new PropertyWriter();
        properties.putDiagnostics(diagnostics, 3, maximumPacketSize);
        int length = properties.isEmpty() ? (reason == ReasonCode.SUCCESS ? 2 : 3) : 3 + properties.sectionSize();
        if (!startPacket(out, header, length, maximumPacketSize)) {
            return false;
        }
        out.writeShort(packetId);
        if (length > 2) {
            out.writeByte(reason.value());
        }
        if (length > 3) {
            properties.writeSection(out);
        }
        return true;
    }

    /**
     * Writes a SUBACK (section 3.9). Its reasons are the granted QoS or errors, in the order of the requests
     * ([MQTT-3.9.3-1]); MQTT 3.x has one error, 0x80, for all.
     *
     * @param diagnostics not sent to MQTT 3.x
     */
    public static boolean suback(
            ByteBuf out,
            ProtocolVersion version,
            int packetId,
            List<ReasonCode> reasons,
            Diagnostics diagnostics,
            int maximumPacketSize) {
        if (version == ProtocolVersion.MQTT_5) {
            return reasonList(out, SUBACK, packetId, reasons, diagnostics, maximumPacketSize);
        }
        if (!startPacket(out, SUBACK, 2 + reasons.size(), maximumPacketSize)) {
            return false;
        }
        out.writeShort(packetId);
        for (ReasonCode reason : reasons) {
            out.writeByte(reason.isError() ? ReasonCode.UNSPECIFIED_ERROR.value() : reason.value());
        }
        return true;
    }

    /**
     * Writes an UNSUBACK (section 3.11), with one reason for each filter in their order ([MQTT-3.11.3-1]).
     *
     * @param reasons not sent to MQTT 3.x, which cannot tell
     * @param diagnostics not sent to MQTT 3.x
     */
    public static boolean unsuback(
            ByteBuf out,
            ProtocolVersion version,
            int packetId,
            List<ReasonCode> reasons,
            Diagnostics diagnostics,
            int maximumPacketSize) {
        if (version == ProtocolVersion.MQTT_5) {
            return reasonList(out, UNSUBACK, packetId, reasons, diagnostics, maximumPacketSize);
        }
        success(out, UNSUBACK, packetId);
        return true;
    }

    private static boolean reasonList(
            ByteBuf out,
            int header,
            int packetId,
            List<ReasonCode> reasons,
            Diagnostics diagnostics,
            int maximumPacketSize) {
        int otherBytes = 2 + reasons.size();
        PropertyWriter properties = new PropertyWriter();
        properties.putDiagnostics(diagnostics, otherBytes, maximumPacketSize);
        if (!startPacket(out, header, otherBytes + properties.sectionSize(), maximumPacketSize)) {
            return false;
        }
        out.writeShort(packetId);
        properties.writeSection(out);
        for (ReasonCode reason : reasons) {
            out.writeByte(reason.value());
        }
        return true;
    }

    /** Writes a PINGRESP (section 3.13). */
    public static void pingresp(ByteBuf out) {
        out.writeShort(PINGRESP << 8);
    }

    /**
     * Writes a DISCONNECT of MQTT 5.0 (section 3.14); in MQTT 3.x a server has none.
     *
     * @param serverReference null if absent; goes with {@link ReasonCode#USE_ANOTHER_SERVER} and
     *     {@link ReasonCode#SERVER_MOVED}
     */
    public static boolean disconnect(
            ByteBuf out, ReasonCode reason, String serverReference, Diagnostics diagnostics, int maximumPacketSize) {
        PropertyWriter properties = new PropertyWriter();
        properties.putString(PropertyId.SERVER_REFERENCE, serverReference);
        properties.putDiagnostics(diagnostics, 1, maximumPacketSize);
        int length = properties.isEmpty() ? 1 : 1 + properties.sectionSize();
        if (!startPacket(out, DISCONNECT, length, maximumPacketSize)) {
            return false;
        }
        out.writeByte(reason.value());
        if (length > 1) {
            properties.writeSection(out);
        }
        return true;
    }

    private static boolean startPacket(ByteBuf out, int header, int remainingLength, int maximumPacketSize) {
        if (packetSize(remainingLength) > maximumPacketSize) {
            return false;
        }
        out.writeByte(header);
        writeVariableByteInteger(out, remainingLength);
        return true;
    }
}
