package io.sluice.gateway.codec;

/** The versions of MQTT that are spoken here. */
public enum ProtocolVersion {
    /** Protocol name {@code MQIsdp}, level 3. */
    MQTT_3_1("MQIsdp", 3),
    /** Protocol name {@code MQTT}, level 4. */
    MQTT_3_1_1("MQTT", 4),
    /** Protocol name {@code MQTT}, level 5. */
    MQTT_5("MQTT", 5);

    private final String protocolName;
    private final int level;

    ProtocolVersion(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    /** The protocol name as it stands in a CONNECT (section 3.1.2.1). */
    public String protocolName() {
        return protocolName;
    }

    /** The protocol level as it stands in a CONNECT (section 3.1.2.2). */
    public int level() {
        return level;
    }
}
