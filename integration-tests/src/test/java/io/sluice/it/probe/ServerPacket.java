package io.sluice.it.probe;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a server can send, as the probe decoded it. */
public sealed interface ServerPacket {

    /** CONNACK. Before MQTT 5 the reason is the return code. */
    record Connack(boolean sessionPresent, int reason, Properties properties) implements ServerPacket {}

    /**
     * PUBLISH.
     *
     * @param id 0 at QoS 0, which has none
     * @param size of the whole packet in bytes
     */
    record Publish(
            boolean dup, int qos, boolean retain, String topic, int id, byte[] payload, Properties properties, int size)
            implements ServerPacket {

        /** The payload as text. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "Publish[" + topic + " qos=" + qos + " id=" + id + (dup ? " dup" : "") + (retain ? " retain" : "")
                    + " " + payload.length + " bytes: " + (payload.length <= 100 ? text() : "…") + " " + properties
                    + "]";
        }
    }

    /** What PUBACK, PUBREC, PUBREL and PUBCOMP have in common. */
    sealed interface Ack extends ServerPacket {
        /** The packet identifier. */
        int id();

        /** The reason code; 0 before MQTT 5. */
        int reason();

        /** None before MQTT 5. */
        Properties properties();
    }

    /** PUBACK. */
    record Puback(int id, int reason, Properties properties) implements Ack {}

    /** PUBREC. */
    record Pubrec(int id, int reason, Properties properties) implements Ack {}

    /** PUBREL. */
    record Pubrel(int id, int reason, Properties properties) implements Ack {}

    /** PUBCOMP. */
    record Pubcomp(int id, int reason, Properties properties) implements Ack {}

    /** SUBACK. */
    record Suback(int id, List<Integer> reasons, Properties properties) implements ServerPacket {}

    /** UNSUBACK; without reasons before MQTT 5. */
    record Unsuback(int id, List<Integer> reasons, Properties properties) implements ServerPacket {}

    /** PINGRESP. */
    record Pingresp() implements ServerPacket {}

    /** DISCONNECT, from MQTT 5 on. */
    record Disconnect(int reason, Properties properties) implements ServerPacket {}

    /** AUTH, from MQTT 5 on. */
    record Auth(int reason, Properties properties) implements ServerPacket {}

    /** Not a packet: the server closed the connection. */
    record Closed() implements ServerPacket {}

    /** Not a packet: the server sent what the specification does not allow. */
    record Illegal(String why) implements ServerPacket {}
}
