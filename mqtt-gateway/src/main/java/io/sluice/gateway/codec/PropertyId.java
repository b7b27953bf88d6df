package io.sluice.gateway.codec;

/**
 * The identifiers of MQTT 5.0's properties (table 2-4) and, as sets, which of them each packet of a client may have. All
 * identifiers are below 64, so that a set is one long.
 */
final class PropertyId {

    static final int PAYLOAD_FORMAT_INDICATOR = 0x01;
    static final int MESSAGE_EXPIRY_INTERVAL = 0x02;
    static final int CONTENT_TYPE = 0x03;
    static final int RESPONSE_TOPIC = 0x08;
    static final int CORRELATION_DATA = 0x09;
    static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    static final int SESSION_EXPIRY_INTERVAL = 0x11;
    static final int ASSIGNED_CLIENT_IDENTIFIER = 0x12;
    static final int SERVER_KEEP_ALIVE = 0x13;
    static final int AUTHENTICATION_METHOD = 0x15;
    static final int AUTHENTICATION_DATA = 0x16;
    static final int REQUEST_PROBLEM_INFORMATION = 0x17;
    static final int WILL_DELAY_INTERVAL = 0x18;
    static final int REQUEST_RESPONSE_INFORMATION = 0x19;
    static final int RESPONSE_INFORMATION = 0x1A;
    static final int SERVER_REFERENCE = 0x1C;
    static final int REASON_STRING = 0x1F;
    static final int RECEIVE_MAXIMUM = 0x21;
    static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    static final int TOPIC_ALIAS = 0x23;
    static final int MAXIMUM_QOS = 0x24;
    static final int RETAIN_AVAILABLE = 0x25;
    static final int USER_PROPERTY = 0x26;
    static final int MAXIMUM_PACKET_SIZE = 0x27;
    static final int WILDCARD_SUBSCRIPTION_AVAILABLE = 0x28;
    static final int SUBSCRIPTION_IDENTIFIER_AVAILABLE = 0x29;
    static final int SHARED_SUBSCRIPTION_AVAILABLE = 0x2A;

    static final long OF_CONNECT = setOf(
            SESSION_EXPIRY_INTERVAL,
            RECEIVE_MAXIMUM,
            MAXIMUM_PACKET_SIZE,
            TOPIC_ALIAS_MAXIMUM,
            REQUEST_RESPONSE_INFORMATION,
            REQUEST_PROBLEM_INFORMATION,
            USER_PROPERTY,
            AUTHENTICATION_METHOD,
            AUTHENTICATION_DATA);
    private static final long OF_MESSAGE = setOf(
            PAYLOAD_FORMAT_INDICATOR,
            MESSAGE_EXPIRY_INTERVAL,
            CONTENT_TYPE,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            USER_PROPERTY);
    static final long OF_WILL = OF_MESSAGE | setOf(WILL_DELAY_INTERVAL);

    /** With the subscription identifier, which only a server may send: a protocol error, not an unknown property. */
    static final long OF_PUBLISH = OF_MESSAGE | setOf(TOPIC_ALIAS, SUBSCRIPTION_IDENTIFIER);

    static final long OF_ACKNOWLEDGEMENT = setOf(REASON_STRING, USER_PROPERTY);
    static final long OF_SUBSCRIBE = setOf(SUBSCRIPTION_IDENTIFIER, USER_PROPERTY);
    static final long OF_UNSUBSCRIBE = setOf(USER_PROPERTY);

    /** With the server reference, which only a server may send. */
    static final long OF_DISCONNECT = setOf(SESSION_EXPIRY_INTERVAL, REASON_STRING, USER_PROPERTY, SERVER_REFERENCE);

    static final long OF_AUTH = setOf(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);

    private PropertyId() {}

    static boolean isIn(long set, int id) {
        return id > 0 && id < Long.SIZE && (set & 1L << id) != 0;
    }

    private static long setOf(int... ids) {
        long set = 0;
        for (int id : ids) {
            set |= 1L << id;
        }
        return set;
    }
}
