package io.sluice.bench.mqtt;

/** The protocol versions that the generator speaks. */
public enum MqttVersion {
    /** MQTT 3.1.1. */
    V3_1_1("3.1.1", 4),
    /** MQTT 5.0. */
    V5("5", 5);

    private final String number;
    private final int level;

    MqttVersion(String number, int level) {
        this.number = number;
        this.level = level;
    }

    /** The version with this number, or null. */
    public static MqttVersion of(String number) {
        for (MqttVersion version : values()) {
            if (version.number.equals(number)) {
                return version;
            }
        }
        return null;
    }

    /** The protocol level that CONNECT carries. */
    int level() {
        return level;
    }

    /** Whether packets carry properties. */
    public boolean hasProperties() {
        return this == V5;
    }

    @Override
    public String toString() {
        return number;
    }
}
