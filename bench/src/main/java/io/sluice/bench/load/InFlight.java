package io.sluice.bench.load;

/**
 * The packet ids of one publisher: which are in use, in which state, and since when. Ids are given out in turn, so that
 * one that was freed rests as long as possible. Used by one thread.
 */
final class InFlight {

    private static final byte FREE = 0;
    private static final byte PUBLISHED = 1;
    private static final byte RELEASED = 2;

    private final byte[] states;
    private final int[] micros;
    private int cursor;
    private int size;

    /** @param window messages in flight at most; as many ids again, and more, lie idle */
    InFlight(int window) {
        int ids = Math.min(0xFFFF, Math.max(64, 2 * window));
        states = new byte[ids];
        micros = new int[ids];
    }

    /** How many are in use. */
    int size() {
        return size;
    }

    /** Takes the next free id, from 1 on; there is one. */
    int take(long sentMicros) {
        while (states[cursor] != FREE) {
            cursor = (cursor + 1) % states.length;
        }
        int index = cursor;
        cursor = (cursor + 1) % states.length;
        states[index] = PUBLISHED;
        micros[index] = (int) sentMicros;
        size++;
        return index + 1;
    }

    /** The first acknowledgement of a QoS 2 message; false if none was expected. */
    boolean release(int id) {
        if (!is(id, PUBLISHED)) {
            return false;
        }
        states[id - 1] = RELEASED;
        return true;
    }

    /** The end of a message; false if none was expected. */
    boolean free(int id, boolean released) {
        if (!is(id, released ? RELEASED : PUBLISHED)) {
            return false;
        }
        states[id - 1] = FREE;
        size--;
        return true;
    }

    private boolean is(int id, byte state) {
        return id > 0 && id <= states.length && states[id - 1] == state;
    }

    /** When the message with this id was sent, in microseconds. */
    long sentMicros(int id, long now) {
        return now - (((int) now - micros[id - 1]) & 0xFFFF_FFFFL);
    }
}
