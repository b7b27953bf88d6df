package io.sluice.it.probe;

/** A version of the protocol, as the CONNECT packet names it. */
public enum Version {
    MQTT_3_1("MQIsdp", 3),
    MQTT_3_1_1("MQTT", 4),
    MQTT_5("MQTT", 5);

    private final String protocolName;
    private final int level;

    Version(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    /** The protocol name in CONNECT. */
    public String protocolName() {
        return protocolName;
    }

    /** The protocol level in CONNECT. */
    public int level() {
        return level;
    }

    /** Whether packets have properties and reason codes. */
    public boolean is5() {
        return this == MQTT_5;
    }
}
