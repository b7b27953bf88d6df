package io.sluice.it.failover;

import io.sluice.it.failover.Plan.Lane;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client remembers of its session (MQTT 5.0 section 4.1): its messages under way in both directions. */
final class Flights {

    /** The identifier of SUBSCRIBE, which no message has. */
    static final int SUBSCRIBE_ID = 0xFFFF;

    /**
     * A message that is not acknowledged, or at QoS 2 not completed.
     *
     * @param attempt the connection on which it was sent first
     * @param released whether its PUBREC has come
     */
    record Sent(Lane lane, int number, int attempt, boolean released) {}

    private final Map<Integer, Sent> sent = new LinkedHashMap<>();
    private final Set<Integer> held = new HashSet<>();
    private int lastPacketId;

    /** A message goes out; returns its packet identifier. */
    int depart(Lane lane, int number, int attempt) {
        do {
            lastPacketId = 1 + lastPacketId % (SUBSCRIBE_ID - 1);
        } while (sent.containsKey(lastPacketId));
        sent.put(lastPacketId, new Sent(lane, number, attempt, false));
        return lastPacketId;
    }

    /** What is under way with a packet identifier, or null. */
    Sent get(int packetId) {
        return sent.get(packetId);
    }

    /** Its PUBREC has come. */
    void released(int packetId) {
        sent.computeIfPresent(
                packetId, (id, message) -> new Sent(message.lane(), message.number(), message.attempt(), true));
    }

    /** It is done. */
    void arrived(int packetId) {
        sent.remove(packetId);
    }

    /** All that is under way, by packet identifier, in the order of sending. */
    Map<Integer, Sent> underWay() {
        return new LinkedHashMap<>(sent);
    }

    boolean isEmpty() {
        return sent.isEmpty();
    }

    /** How many messages of a lane are under way. */
    long waiting(Lane lane) {
        return sent.values().stream().filter(message -> message.lane() == lane).count();
    }

    /** A message of QoS 2 comes in; false if it was here before ([MQTT-4.3.3-10]). */
    boolean hold(int packetId) {
        return held.add(packetId);
    }

    /** The server has released it. */
    void letGo(int packetId) {
        held.remove(packetId);
    }

    /** There is a new session: forgets everything, and returns what was under way. */
    List<Sent> abandon() {
        List<Sent> abandoned = new ArrayList<>(sent.values());
        sent.clear();
        held.clear();
        return abandoned;
    }
}
