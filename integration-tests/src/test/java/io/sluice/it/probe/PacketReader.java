package io.sluice.it.probe;

import static io.sluice.it.probe.Property.ASSIGNED_CLIENT_IDENTIFIER;
import static io.sluice.it.probe.Property.AUTHENTICATION_DATA;
import static io.sluice.it.probe.Property.AUTHENTICATION_METHOD;
import static io.sluice.it.probe.Property.CONTENT_TYPE;
import static io.sluice.it.probe.Property.CORRELATION_DATA;
import static io.sluice.it.probe.Property.MAXIMUM_PACKET_SIZE;
import static io.sluice.it.probe.Property.MAXIMUM_QOS;
import static io.sluice.it.probe.Property.MESSAGE_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.PAYLOAD_FORMAT_INDICATOR;
import static io.sluice.it.probe.Property.REASON_STRING;
import static io.sluice.it.probe.Property.RECEIVE_MAXIMUM;
import static io.sluice.it.probe.Property.RESPONSE_INFORMATION;
import static io.sluice.it.probe.Property.RESPONSE_TOPIC;
import static io.sluice.it.probe.Property.RETAIN_AVAILABLE;
import static io.sluice.it.probe.Property.SERVER_KEEP_ALIVE;
import static io.sluice.it.probe.Property.SERVER_REFERENCE;
import static io.sluice.it.probe.Property.SESSION_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.SHARED_SUBSCRIPTION_AVAILABLE;
import static io.sluice.it.probe.Property.SUBSCRIPTION_IDENTIFIER;
import static io.sluice.it.probe.Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE;
import static io.sluice.it.probe.Property.TOPIC_ALIAS;
import static io.sluice.it.probe.Property.TOPIC_ALIAS_MAXIMUM;
import static io.sluice.it.probe.Property.USER_PROPERTY;
import static io.sluice.it.probe.Property.WILDCARD_SUBSCRIPTION_AVAILABLE;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads a server's packets and refuses whatever the specification does not allow a server to send: reserved flags, foreign
 * or repeated properties, undefined reason codes, missing or surplus bytes.
 */
public final class PacketReader {

    private static final Set<Property> CONNACK_PROPERTIES = Set.of(
            SESSION_EXPIRY_INTERVAL,
            RECEIVE_MAXIMUM,
            MAXIMUM_QOS,
            RETAIN_AVAILABLE,
            MAXIMUM_PACKET_SIZE,
            ASSIGNED_CLIENT_IDENTIFIER,
            TOPIC_ALIAS_MAXIMUM,
            REASON_STRING,
            USER_PROPERTY,
            WILDCARD_SUBSCRIPTION_AVAILABLE,
            SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
            SHARED_SUBSCRIPTION_AVAILABLE,
            SERVER_KEEP_ALIVE,
            RESPONSE_INFORMATION,
            SERVER_REFERENCE,
            AUTHENTICATION_METHOD,
            AUTHENTICATION_DATA);
    private static final Set<Property> PUBLISH_PROPERTIES = Set.of(
            PAYLOAD_FORMAT_INDICATOR,
            MESSAGE_EXPIRY_INTERVAL,
            TOPIC_ALIAS,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            USER_PROPERTY,
            SUBSCRIPTION_IDENTIFIER,
            CONTENT_TYPE);
    private static final Set<Property> ACK_PROPERTIES = Set.of(REASON_STRING, USER_PROPERTY);
    // [MQTT-3.14.2-2]: a server's DISCONNECT has no session expiry interval.
    private static final Set<Property> DISCONNECT_PROPERTIES = Set.of(REASON_STRING, USER_PROPERTY, SERVER_REFERENCE);
    private static final Set<Property> AUTH_PROPERTIES =
            Set.of(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);
    private static final Set<Property> REPEATABLE = Set.of(USER_PROPERTY);
    private static final Set<Property> REPEATABLE_IN_PUBLISH = Set.of(USER_PROPERTY, SUBSCRIPTION_IDENTIFIER);

    private static final Set<Integer> CONNACK_REASONS = Set.of(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A,
            0x9B, 0x9C, 0x9D, 0x9F);
    private static final Set<Integer> CONNACK_RETURN_CODES = Set.of(0, 1, 2, 3, 4, 5);
    private static final Set<Integer> RECEIPT_REASONS = Set.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    private static final Set<Integer> RELEASE_REASONS = Set.of(0x00, 0x92);
    private static final Set<Integer> SUBACK_REASONS =
            Set.of(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2);
    private static final Set<Integer> SUBACK_RETURN_CODES = Set.of(0x00, 0x01, 0x02, 0x80);
    private static final Set<Integer> UNSUBACK_REASONS = Set.of(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91);
    private static final Set<Integer> DISCONNECT_REASONS = Set.of(
            0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
            0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);
    private static final Set<Integer> AUTH_REASONS = Set.of(0x00, 0x18);

    private final DataInputStream in;
    private final boolean is5;
    private int size;

    /** Reads packets of a version from a stream. */
    public PacketReader(DataInputStream in, Version version) {
        this.in = in;
        this.is5 = version.is5();
    }

    /**
     * The next packet; {@link ServerPacket.Illegal} if the server broke a rule.
     *
     * @throws IOException if the connection ended
     */
    public ServerPacket next() throws IOException {
        int first = in.readUnsignedByte();
        byte[] body = new byte[remainingLength()];
        in.readFully(body);
        size = Bytes.packet(first, body).length;
        try {
            Body reader = new Body(body);
            ServerPacket packet = decode(first, reader);
            reader.end();
            return packet;
        } catch (IllegalPacketException e) {
            byte[] packet = Bytes.packet(first, body);
            return new ServerPacket.Illegal(e.getMessage() + ": "
                    + java.util.HexFormat.of().formatHex(packet, 0, Math.min(100, packet.length)));
        }
    }

    /** The size in bytes of the last packet. */
    int size() {
        return size;
    }

    private int remainingLength() throws IOException {
        int length = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                return length;
            }
        }
        throw new IOException("remaining length of more than four bytes");
    }

    private ServerPacket decode(int first, Body body) throws IllegalPacketException {
        int type = first >>> 4;
        int flags = first & 0x0F;
        // [MQTT-2.1.3-1]: PUBREL's flags are 0010, PUBLISH has its own, all others are 0.
        if (type != 3 && flags != (type == 6 ? 2 : 0)) {
            throw new IllegalPacketException("reserved flags " + flags);
        }
        return switch (type) {
            case 2 -> connack(body);
            case 3 -> publish(flags, body);
            case 4, 5, 6, 7 -> ack(type, body);
            case 9 -> suback(body);
            case 11 -> unsuback(body);
            case 13 -> new ServerPacket.Pingresp();
            case 14 -> disconnect(body);
            case 15 -> auth(body);
            default -> throw new IllegalPacketException("a server does not send packets of type " + type);
        };
    }

    private ServerPacket connack(Body body) throws IllegalPacketException {
        int flags = body.u8();
        if (flags > 1) {
            throw new IllegalPacketException("reserved CONNACK flags"); // [MQTT-3.2.2-1]
        }
        int reason = body.u8();
        boolean withProperties = body.remaining() > 0;
        // A server that does not know the client's version says so in the words of a version of its own.
        boolean foreignWords = is5 ? !withProperties && reason == 0x01 : withProperties && reason == 0x84;
        if (withProperties != is5 && !foreignWords) {
            throw new IllegalPacketException("CONNACK of another version");
        }
        defined(reason, withProperties ? CONNACK_REASONS : CONNACK_RETURN_CODES);
        Properties properties = withProperties ? body.properties(CONNACK_PROPERTIES, REPEATABLE) : Properties.NONE;
        return new ServerPacket.Connack(flags == 1, reason, properties);
    }

    private ServerPacket publish(int flags, Body body) throws IllegalPacketException {
        boolean dup = (flags & 8) != 0;
        int qos = flags >>> 1 & 3;
        if (qos == 3 || (qos == 0 && dup)) {
            throw new IllegalPacketException("PUBLISH flags " + flags); // [MQTT-3.3.1-2], [MQTT-3.3.1-4]
        }
        String topic = body.string();
        int id = qos == 0 ? 0 : identifier(body);
        Properties properties = is5 ? body.properties(PUBLISH_PROPERTIES, REPEATABLE_IN_PUBLISH) : Properties.NONE;
        boolean aliased = properties.has(TOPIC_ALIAS);
        if ((topic.isEmpty() && !aliased) || topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
            throw new IllegalPacketException("PUBLISH to topic '" + topic + "'"); // [MQTT-3.3.2-2], [MQTT-4.7.3-1]
        }
        boolean aliasZero = aliased && properties.number(TOPIC_ALIAS) == 0;
        if (aliasZero || properties.subscriptionIdentifiers().contains(0L)) {
            throw new IllegalPacketException("PUBLISH with " + properties); // [MQTT-3.3.2-8]
        }
        return new ServerPacket.Publish(dup, qos, (flags & 1) != 0, topic, id, body.rest(), properties, size);
    }

    private ServerPacket ack(int type, Body body) throws IllegalPacketException {
        int id = identifier(body);
        int reason = 0;
        Properties properties = Properties.NONE;
        if (is5 && body.remaining() > 0) {
            reason = defined(body.u8(), type < 6 ? RECEIPT_REASONS : RELEASE_REASONS);
            properties = body.remaining() > 0 ? body.properties(ACK_PROPERTIES, REPEATABLE) : Properties.NONE;
        }
        return switch (type) {
            case 4 -> new ServerPacket.Puback(id, reason, properties);
            case 5 -> new ServerPacket.Pubrec(id, reason, properties);
            case 6 -> new ServerPacket.Pubrel(id, reason, properties);
            default -> new ServerPacket.Pubcomp(id, reason, properties);
        };
    }

    private ServerPacket suback(Body body) throws IllegalPacketException {
        int id = identifier(body);
        Properties properties = is5 ? body.properties(ACK_PROPERTIES, REPEATABLE) : Properties.NONE;
        List<Integer> reasons = reasons(body, is5 ? SUBACK_REASONS : SUBACK_RETURN_CODES);
        return new ServerPacket.Suback(id, reasons, properties);
    }

    private ServerPacket unsuback(Body body) throws IllegalPacketException {
        int id = identifier(body);
        if (!is5) {
            return new ServerPacket.Unsuback(id, List.of(), Properties.NONE);
        }
        Properties properties = body.properties(ACK_PROPERTIES, REPEATABLE);
        return new ServerPacket.Unsuback(id, reasons(body, UNSUBACK_REASONS), properties);
    }

    private ServerPacket disconnect(Body body) throws IllegalPacketException {
        if (!is5) {
            throw new IllegalPacketException("a server sends no DISCONNECT before MQTT 5");
        }
        int reason = body.remaining() > 0 ? defined(body.u8(), DISCONNECT_REASONS) : 0;
        Properties properties =
                body.remaining() > 0 ? body.properties(DISCONNECT_PROPERTIES, REPEATABLE) : Properties.NONE;
        return new ServerPacket.Disconnect(reason, properties);
    }

    private ServerPacket auth(Body body) throws IllegalPacketException {
        int reason = body.remaining() > 0 ? defined(body.u8(), AUTH_REASONS) : 0;
        return new ServerPacket.Auth(
                reason, body.remaining() > 0 ? body.properties(AUTH_PROPERTIES, REPEATABLE) : Properties.NONE);
    }

    private static int identifier(Body body) throws IllegalPacketException {
        int id = body.u16();
        if (id == 0) {
            throw new IllegalPacketException("packet identifier 0"); // [MQTT-2.2.1-4]
        }
        return id;
    }

    private static List<Integer> reasons(Body body, Set<Integer> defined) throws IllegalPacketException {
        List<Integer> reasons = new ArrayList<>();
        while (body.remaining() > 0) {
            reasons.add(defined(body.u8(), defined));
        }
        return reasons;
    }

    private static int defined(int reason, Set<Integer> defined) throws IllegalPacketException {
        if (!defined.contains(reason)) {
            throw new IllegalPacketException("reason code " + Integer.toHexString(reason) + " is not defined there");
        }
        return reason;
    }
}
