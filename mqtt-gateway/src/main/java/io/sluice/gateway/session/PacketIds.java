package io.sluice.gateway.session;

import java.util.Arrays;

/**
 * The packet identifiers of messages that are on their way to a client, and how far each has come (MQTT 5.0 sections 2.2.1
 * and 4.3). Grows with use, up to the client's receive maximum; never reuses an identifier that is in flight
 * ([MQTT-2.2.1-4]). Owned by the session's event loop.
 */
final class PacketIds {

    /** What the client has to send next. */
    enum Awaiting {
        PUBACK,
        PUBREC,
        PUBCOMP
    }

    private static final int INITIAL_SLOTS = 8;
    private static final int MAX_ID = 0xFFFF;

    private final int limit;
    /** A ring: an identifier stands in the slot of its low bits, 0 is a free slot. */
    private char[] ids = {};

    private Awaiting[] states = {};
    private int inFlight;
    private int last;

    /** @param limit how many may be in flight, 1 to 65,535 */
    PacketIds(int limit) {
        this.limit = limit;
    }

    boolean hasRoom() {
        return inFlight < limit;
    }

    int inFlight() {
        return inFlight;
    }

    /** Takes the next free identifier; there must be room. */
    int take(Awaiting awaiting) {
        // At most half full, so that a free slot is found after a step or two.
        if (inFlight * 2 >= ids.length && ids.length <= MAX_ID) {
            grow();
        }
        int id = last;
        do {
            id = id == MAX_ID ? 1 : id + 1;
        } while (ids[slot(id)] != 0);
        last = id;
        ids[slot(id)] = (char) id;
        states[slot(id)] = awaiting;
        inFlight++;
        return id;
    }

    /** What an identifier waits for, or null if it is not in flight. */
    Awaiting state(int id) {
        return ids.length > 0 && ids[slot(id)] == id ? states[slot(id)] : null;
    }

    /** Lets an identifier that is in flight wait for PUBCOMP. */
    void released(int id) {
        states[slot(id)] = Awaiting.PUBCOMP;
    }

    /** Frees an identifier that is in flight. */
    void free(int id) {
        ids[slot(id)] = 0;
        states[slot(id)] = null;
        inFlight--;
    }

    private int slot(int id) {
        return id & (ids.length - 1);
    }

    private void grow() {
        char[] oldIds = ids;
        Awaiting[] oldStates = states;
        ids = new char[Math.max(INITIAL_SLOTS, oldIds.length * 2)];
        states = Arrays.copyOf(new Awaiting[0], ids.length);
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                ids[slot(oldIds[i])] = oldIds[i];
                states[slot(oldIds[i])] = oldStates[i];
            }
        }
    }
}
