package io.sluice.router.queue;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The incarnations of gateways that were declared lost lately. Bounded: who comes back later was forgotten. */
final class LostGateways {

    private static final int REMEMBERED = 256;

    private final Set<String> incarnations;

    LostGateways(Collection<String> known) {
        incarnations = new LinkedHashSet<>(known);
    }

    void add(String incarnation) {
        incarnations.remove(incarnation);
        incarnations.add(incarnation);
        if (incarnations.size() > REMEMBERED) {
            incarnations.remove(incarnations.iterator().next());
        }
    }

    boolean contains(String incarnation) {
        return incarnations.contains(incarnation);
    }

    /** The earliest first. */
    List<String> all() {
        return List.copyOf(incarnations);
    }
}
