package io.sluice.it.probe;

/** The smaller packets that a client sends, right or wrong. */
public final class Packets {

    /** Subscription option: messages of the own client identifier are not sent back (MQTT 5.0 section 3.8.3.1). */
    public static final int NO_LOCAL = 0x04;

    /** Subscription option: the RETAIN flag is handed on as published. */
    public static final int RETAIN_AS_PUBLISHED = 0x08;

    /** Subscription option: retained messages only if the subscription is new. */
    public static final int RETAIN_IF_NEW = 0x10;

    /** Subscription option: no retained messages. */
    public static final int RETAIN_NEVER = 0x20;

    private Packets() {}

    /** One filter with its options, as SUBSCRIBE lists them. */
    public static byte[] filter(String filter, int options) {
        return new Bytes().string(filter).u8(options).toArray();
    }

    /** SUBSCRIBE with any list of filters, see {@link #filter}. */
    public static byte[] subscribe(Version version, int id, Properties properties, byte[]... filters) {
        return list(0x82, version, id, properties, filters);
    }

    /** SUBSCRIBE with one filter. */
    public static byte[] subscribe(Version version, int id, String filter, int options) {
        return subscribe(version, id, Properties.NONE, filter(filter, options));
    }

    /** UNSUBSCRIBE. */
    public static byte[] unsubscribe(Version version, int id, String... filters) {
        byte[][] parts = new byte[filters.length][];
        for (int i = 0; i < filters.length; i++) {
            parts[i] = new Bytes().string(filters[i]).toArray();
        }
        return list(0xA2, version, id, Properties.NONE, parts);
    }

    private static byte[] list(int first, Version version, int id, Properties properties, byte[]... parts) {
        Bytes body = new Bytes().u16(id);
        if (version.is5()) {
            body.raw(properties.toBytes());
        }
        for (byte[] part : parts) {
            body.raw(part);
        }
        return Bytes.packet(first, body.toArray());
    }

    /** PUBACK. */
    public static byte[] puback(int id) {
        return Bytes.packet(0x40, new Bytes().u16(id).toArray());
    }

    /** PUBREC. */
    public static byte[] pubrec(int id) {
        return Bytes.packet(0x50, new Bytes().u16(id).toArray());
    }

    /** PUBREL. */
    public static byte[] pubrel(int id) {
        return Bytes.packet(0x62, new Bytes().u16(id).toArray());
    }

    /** PUBCOMP. */
    public static byte[] pubcomp(int id) {
        return Bytes.packet(0x70, new Bytes().u16(id).toArray());
    }

    /** An acknowledgement of MQTT 5 with a reason code; first byte as in the fixed header. */
    public static byte[] ack(int first, int id, int reason) {
        return Bytes.packet(first, new Bytes().u16(id).u8(reason).toArray());
    }

    /** PINGREQ. */
    public static byte[] pingreq() {
        return Bytes.packet(0xC0, new byte[0]);
    }

    /** DISCONNECT, normal. */
    public static byte[] disconnect() {
        return Bytes.packet(0xE0, new byte[0]);
    }

    /** DISCONNECT of MQTT 5. */
    public static byte[] disconnect(int reason, Properties properties) {
        return Bytes.packet(
                0xE0, new Bytes().u8(reason).raw(properties.toBytes()).toArray());
    }

    /** AUTH of MQTT 5. */
    public static byte[] auth(int reason, Properties properties) {
        return Bytes.packet(
                0xF0, new Bytes().u8(reason).raw(properties.toBytes()).toArray());
    }
}
