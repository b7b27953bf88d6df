package io.sluice.router.streams;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The records of which something followed that Kafka has refused for good. A transaction that has met such a refusal cannot be
 * committed, and what is done again would be refused again; so the stage passes these records over. Thread-safe.
 */
final class Refusals {

    /** A router that has met more forgets the earliest, and meets them once more if they are read again. */
    private static final int REMEMBERED = 10_000;

    private record Place(String topic, int partition, long offset) {}

    private final Set<Place> places = new LinkedHashSet<>();

    /** Remembers a record; whether it was not known. */
    synchronized boolean add(String topic, int partition, long offset) {
        boolean isNew = places.add(new Place(topic, partition, offset));
        if (places.size() > REMEMBERED) {
            places.remove(places.iterator().next());
        }
        return isNew;
    }

    /** Whether a record is to be passed over. */
    synchronized boolean contains(String topic, int partition, long offset) {
        return !places.isEmpty() && places.contains(new Place(topic, partition, offset));
    }
}
