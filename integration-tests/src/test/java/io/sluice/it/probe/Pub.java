package io.sluice.it.probe;

import java.nio.charset.StandardCharsets;

/** Builds PUBLISH packets, right unless told otherwise: QoS 0, not retained. */
public final class Pub {

    private final byte[] topic;
    private final byte[] payload;
    private int qos;
    private int id;
    private boolean dup;
    private boolean retain;
    private Properties properties = Properties.NONE;

    private Pub(byte[] topic, byte[] payload) {
        this.topic = topic;
        this.payload = payload;
    }

    /** A message with text. */
    public static Pub to(String topic, String payload) {
        return to(topic, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** A message with bytes. */
    public static Pub to(String topic, byte[] payload) {
        return new Pub(topic.getBytes(StandardCharsets.UTF_8), payload);
    }

    /** A message whose topic need not be UTF-8. */
    public static Pub toBytes(byte[] topic, String payload) {
        return new Pub(topic, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** QoS 1 with a packet identifier. */
    public Pub qos1(int packetId) {
        return qos(1, packetId);
    }

    /** QoS 2 with a packet identifier. */
    public Pub qos2(int packetId) {
        return qos(2, packetId);
    }

    /** Any QoS; the packet has an identifier unless it is 0. */
    public Pub qos(int level, int packetId) {
        this.qos = level;
        this.id = packetId;
        return this;
    }

    /** Sets DUP. */
    public Pub dup() {
        this.dup = true;
        return this;
    }

    /** Sets RETAIN. */
    public Pub retain() {
        this.retain = true;
        return this;
    }

    /** Sets all properties. */
    public Pub properties(Properties all) {
        this.properties = all;
        return this;
    }

    /** Adds a numeric property. */
    public Pub with(Property property, long value) {
        this.properties = properties.with(property, value);
        return this;
    }

    /** Adds a text property. */
    public Pub with(Property property, String value) {
        this.properties = properties.with(property, value);
        return this;
    }

    /** The packet in the form of a version. */
    public byte[] bytes(Version version) {
        int first = 0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0);
        Bytes body = new Bytes().binary(topic);
        if (qos > 0) {
            body.u16(id);
        }
        if (version.is5()) {
            body.raw(properties.toBytes());
        }
        return Bytes.packet(first, body.raw(payload).toArray());
    }
}
