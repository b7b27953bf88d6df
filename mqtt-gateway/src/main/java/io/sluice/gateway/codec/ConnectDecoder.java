package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.malformed;
import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;
import io.sluice.wire.UserProperty;
import java.util.ArrayList;
import java.util.List;

/** CONNECT (section 3.1). Its protocol name and level are read apart from the rest, which depends on them. */
final class ConnectDecoder implements BodyDecoder {

    private static final int USERNAME = 0b1000_0000;
    private static final int PASSWORD = 0b0100_0000;
    private static final int WILL_RETAIN = 0b0010_0000;
    private static final int WILL = 0b0000_0100;
    private static final int CLEAN_START = 0b0000_0010;
    private static final int RESERVED = 0b0000_0001;

    /** Protocol name and level (sections 3.1.2.1 and 3.1.2.2), whether or not they are of a version that is spoken here. */
    record Protocol(String name, int level) {

        /** Bridges of MQTT 3.1 and 3.1.1 set this bit of the level, and take it back if they are refused with 0x01. */
        private static final int BRIDGE = 0x80;

        static Protocol read(PacketReader in) throws MalformedPacketException {
            return new Protocol(in.readString(), in.readByte() & 0xFF);
        }

        /**
         * The version in whose words the client is answered: its own, or 3.1.1 if it speaks an older one that is unknown
         * here ([MQTT-3.1.2-2] of 3.1.1), or null, for the newest, if it speaks a newer one.
         */
        ProtocolVersion answeredIn() {
            for (ProtocolVersion version : ProtocolVersion.values()) {
                if (isOf(version)) {
                    return version;
                }
            }
            return (level & ~BRIDGE) < ProtocolVersion.MQTT_5.level() ? ProtocolVersion.MQTT_3_1_1 : null;
        }

        /**
         * Refuses every other name and level than those of {@link ProtocolVersion}.
         *
         * @throws MalformedPacketException with {@link ReasonCode#UNSUPPORTED_PROTOCOL_VERSION}
         */
        void expectSpoken() throws MalformedPacketException {
            ProtocolVersion answer = answeredIn();
            if (answer != null && isOf(answer)) {
                return;
            }
            boolean knownName = name.equals(ProtocolVersion.MQTT_5.protocolName())
                    || name.equals(ProtocolVersion.MQTT_3_1.protocolName());
            throw new MalformedPacketException(
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    knownName
                            ? "[MQTT-3.1.2-2] protocol " + name + " of level " + level
                            : "[MQTT-3.1.2-1] protocol name is not MQTT");
        }

        private boolean isOf(ProtocolVersion version) {
            return version.protocolName().equals(name) && version.level() == level;
        }
    }

    @Override
    public void decode(PacketReader in, int fixedHeaderFlags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException {
        int flags = in.readByte();
        checkFlags(flags, version);
        int keepAlive = in.readTwoByteInteger();
        ConnectProperties properties =
                version == ProtocolVersion.MQTT_5 ? readProperties(in) : ConnectProperties.DEFAULTS;
        String clientId = in.readString();
        if (clientId.isEmpty() && version == ProtocolVersion.MQTT_3_1) {
            throw new MalformedPacketException(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "[MQTT 3.1, CONNECT] empty client identifier");
        }
        Will will = (flags & WILL) == 0 ? null : readWill(in, flags, version);
        String username = (flags & USERNAME) == 0 || isLeftOut(in, version) ? null : in.readString();
        byte[] password = (flags & PASSWORD) == 0 || isLeftOut(in, version) ? null : in.readBinary();
        in.expectEnd();
        handler.connect(new Connect(
                version, clientId, (flags & CLEAN_START) != 0, keepAlive, will, username, password, properties));
    }

    /** MQTT 3.1 does not use the reserved flag, and disregards the will's flags where there is no will. */
    private static void checkFlags(int flags, ProtocolVersion version) throws MalformedPacketException {
        if (version != ProtocolVersion.MQTT_3_1) {
            if ((flags & RESERVED) != 0) {
                throw malformed("[MQTT-3.1.2-3] reserved flag of CONNECT is set");
            }
            if ((flags & WILL) == 0 && willQos(flags) != 0) {
                throw malformed("[MQTT-3.1.2-11] will QoS " + willQos(flags) + " without a will");
            }
            if ((flags & WILL) == 0 && (flags & WILL_RETAIN) != 0) {
                throw malformed("[MQTT-3.1.2-13] will retain without a will");
            }
        }
        if ((flags & WILL) != 0 && willQos(flags) == 3) {
            throw malformed("[MQTT-3.1.2-12] will QoS 3");
        }
        if (version != ProtocolVersion.MQTT_5 && (flags & PASSWORD) != 0 && (flags & USERNAME) == 0) {
            throw malformed("[MQTT-3.1.2-22 of 3.1.1] password without a user name");
        }
    }

    private static int willQos(int flags) {
        return flags >> 3 & 0b11;
    }

    /** In MQTT 3.1 the packet's length counts for more than the flags of user name and password. */
    private static boolean isLeftOut(PacketReader in, ProtocolVersion version) {
        return version == ProtocolVersion.MQTT_3_1 && in.remaining() == 0;
    }

    private static Will readWill(PacketReader in, int flags, ProtocolVersion version) throws MalformedPacketException {
        long delaySeconds = 0;
        PublishProperties properties = PublishProperties.NONE;
        if (version == ProtocolVersion.MQTT_5 && in.startProperties(PropertyId.OF_WILL)) {
            MessageProperties given = new MessageProperties();
            given.read(in);
            delaySeconds = given.willDelaySeconds();
            properties = given.ofMessage();
        }
        byte[] topic = in.readTopicName();
        if (topic.length == 0) {
            throw new MalformedPacketException(ReasonCode.TOPIC_NAME_INVALID, "[MQTT-4.7.3-1] empty will topic");
        }
        byte[] payload = in.readBinary();
        return new Will(topic, payload, Qos.of(willQos(flags)), (flags & WILL_RETAIN) != 0, delaySeconds, properties);
    }

    private static ConnectProperties readProperties(PacketReader in) throws MalformedPacketException {
        if (!in.startProperties(PropertyId.OF_CONNECT)) {
            return ConnectProperties.DEFAULTS;
        }
        long sessionExpirySeconds = ConnectProperties.DEFAULTS.sessionExpirySeconds();
        int receiveMaximum = ConnectProperties.DEFAULTS.receiveMaximum();
        int maximumPacketSize = ConnectProperties.DEFAULTS.maximumPacketSize();
        int topicAliasMaximum = ConnectProperties.DEFAULTS.topicAliasMaximum();
        boolean requestResponseInformation = ConnectProperties.DEFAULTS.requestResponseInformation();
        boolean requestProblemInformation = ConnectProperties.DEFAULTS.requestProblemInformation();
        List<UserProperty> userProperties = new ArrayList<>();
        String authenticationMethod = null;
        byte[] authenticationData = null;
        for (int id = in.nextProperty(); id != PacketReader.NO_MORE_PROPERTIES; id = in.nextProperty()) {
            switch (id) {
                case PropertyId.SESSION_EXPIRY_INTERVAL -> sessionExpirySeconds = in.readFourByteInteger();
                case PropertyId.RECEIVE_MAXIMUM ->
                    receiveMaximum = (int) positive(in.readTwoByteInteger(), "receive maximum");
                case PropertyId.MAXIMUM_PACKET_SIZE ->
                    maximumPacketSize = (int)
                            Math.min(Integer.MAX_VALUE, positive(in.readFourByteInteger(), "maximum packet size"));
                case PropertyId.TOPIC_ALIAS_MAXIMUM -> topicAliasMaximum = in.readTwoByteInteger();
                case PropertyId.REQUEST_RESPONSE_INFORMATION ->
                    requestResponseInformation = in.readFlag("request response information");
                case PropertyId.REQUEST_PROBLEM_INFORMATION ->
                    requestProblemInformation = in.readFlag("request problem information");
                case PropertyId.USER_PROPERTY -> in.readUserProperty(userProperties);
                case PropertyId.AUTHENTICATION_METHOD -> authenticationMethod = in.readString();
                case PropertyId.AUTHENTICATION_DATA -> authenticationData = in.readBinary();
                default -> throw new IllegalStateException("no rule for property " + id);
            }
        }
        if (authenticationData != null && authenticationMethod == null) {
            throw protocolError("[MQTT 5.0 section 3.1.2.11.10] authentication data without a method");
        }
        return new ConnectProperties(
                sessionExpirySeconds,
                receiveMaximum,
                maximumPacketSize,
                topicAliasMaximum,
                requestResponseInformation,
                requestProblemInformation,
                userProperties,
                authenticationMethod,
                authenticationData);
    }

    private static long positive(long value, String name) throws MalformedPacketException {
        if (value == 0) {
            throw protocolError("[MQTT 5.0 section 3.1.2.11] " + name + " 0");
        }
        return value;
    }
}
