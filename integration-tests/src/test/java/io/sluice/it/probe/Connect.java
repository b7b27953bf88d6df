package io.sluice.it.probe;

/** Builds CONNECT packets, right unless told otherwise: clean, keep alive 60 s. */
public final class Connect {

    private final Version version;
    private String protocolName;
    private int level;
    private boolean clean = true;
    private int keepAlive = 60;
    private String clientId = "";
    private Properties properties = Properties.NONE;
    private Will will;
    private String userName;
    private byte[] password;
    private Integer flags;
    private byte[] rawPayload;

    /** A will. */
    private record Will(String topic, byte[] payload, int qos, boolean retain, Properties properties) {}

    private Connect(Version version) {
        this.version = version;
        this.protocolName = version.protocolName();
        this.level = version.level();
    }

    /** A right CONNECT of a version. */
    public static Connect of(Version version) {
        return new Connect(version);
    }

    /** Names another protocol. */
    public Connect protocolName(String name) {
        this.protocolName = name;
        return this;
    }

    /** Names another protocol level; the packet keeps the form of its version. */
    public Connect level(int value) {
        this.level = value;
        return this;
    }

    /** Clean start, or clean session. */
    public Connect clean(boolean value) {
        this.clean = value;
        return this;
    }

    /** Seconds. */
    public Connect keepAlive(int seconds) {
        this.keepAlive = seconds;
        return this;
    }

    /** The client identifier. */
    public Connect clientId(String id) {
        this.clientId = id;
        return this;
    }

    /** The client identifier that the packet has. */
    public String clientId() {
        return clientId;
    }

    /** Adds a numeric property. */
    public Connect with(Property property, long value) {
        this.properties = properties.with(property, value);
        return this;
    }

    /** Sets all properties. */
    public Connect properties(Properties all) {
        this.properties = all;
        return this;
    }

    /** A will without properties. */
    public Connect will(String topic, String payload, int qos, boolean retain) {
        return will(topic, payload, qos, retain, Properties.NONE);
    }

    /** A will. */
    public Connect will(String topic, String payload, int qos, boolean retain, Properties willProperties) {
        return will(topic, payload.getBytes(java.nio.charset.StandardCharsets.UTF_8), qos, retain, willProperties);
    }

    /** A will of bytes. */
    public Connect will(String topic, byte[] payload, int qos, boolean retain, Properties willProperties) {
        this.will = new Will(topic, payload, qos, retain, willProperties);
        return this;
    }

    /** The user name. */
    public Connect userName(String name) {
        this.userName = name;
        return this;
    }

    /** The password. */
    public Connect password(String secret) {
        this.password = secret.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return this;
    }

    /** Connect flags that need not fit the rest. */
    public Connect flags(int value) {
        this.flags = value;
        return this;
    }

    /** A payload that need not fit the rest. */
    public Connect payload(byte[] bytes) {
        this.rawPayload = bytes;
        return this;
    }

    /** The packet. */
    public byte[] bytes() {
        Bytes body = new Bytes()
                .string(protocolName)
                .u8(level)
                .u8(flags == null ? rightFlags() : flags)
                .u16(keepAlive);
        if (version.is5()) {
            body.raw(properties.toBytes());
        }
        body.raw(rawPayload == null ? rightPayload() : rawPayload);
        return Bytes.packet(0x10, body.toArray());
    }

    private int rightFlags() {
        int bits = clean ? 0x02 : 0;
        if (will != null) {
            bits |= 0x04 | will.qos() << 3 | (will.retain() ? 0x20 : 0);
        }
        if (password != null) {
            bits |= 0x40;
        }
        if (userName != null) {
            bits |= 0x80;
        }
        return bits;
    }

    private byte[] rightPayload() {
        Bytes payload = new Bytes().string(clientId);
        if (will != null) {
            if (version.is5()) {
                payload.raw(will.properties().toBytes());
            }
            payload.string(will.topic()).binary(will.payload());
        }
        if (userName != null) {
            payload.string(userName);
        }
        if (password != null) {
            payload.binary(password);
        }
        return payload.toArray();
    }
}
