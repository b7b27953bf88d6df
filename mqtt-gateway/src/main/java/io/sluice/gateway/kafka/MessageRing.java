package io.sluice.gateway.kafka;

import io.sluice.wire.PublishRecord;

/** Messages of one partition in the order of the log: taken at one end, let go at the other, and found by their offsets. */
final class MessageRing {

    private static final int FIRST_CAPACITY = 16;

    /** Its length is a power of two. */
    private PublishRecord[] slots = new PublishRecord[FIRST_CAPACITY];

    private int first;
    private int size;

    int size() {
        return size;
    }

    /** The message at a place, from 0 on, which is the oldest. */
    PublishRecord get(int place) {
        return slots[(first + place) & (slots.length - 1)];
    }

    /** A message behind all others. */
    void add(PublishRecord message) {
        if (size == slots.length) {
            grow();
        }
        slots[(first + size) & (slots.length - 1)] = message;
        size++;
    }

    private void grow() {
        PublishRecord[] larger = new PublishRecord[2 * slots.length];
        for (int place = 0; place < size; place++) {
            larger[place] = get(place);
        }
        slots = larger;
        first = 0;
    }

    /** Lets the oldest message go. */
    void removeFirst() {
        slots[first] = null;
        first = (first + 1) & (slots.length - 1);
        size--;
    }

    /** The place of the first message at or behind an offset; the size if there is none. */
    int placeOf(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
