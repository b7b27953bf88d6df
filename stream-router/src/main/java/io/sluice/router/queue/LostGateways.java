package io.sluice.router.queue;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The incarnations of gateways that were declared lost lately, and the newest term in which a leader has said so. Bounded: who
 * comes back later was forgotten.
 */
final class LostGateways {

    private static final int REMEMBERED = 256;

    private final Set<String> incarnations;
    private long term;

    /** Nobody was lost yet. */
    LostGateways() {
        this(0, List.of());
    }

    /**
     * As it was before.
     *
     * @param term the newest one, 0 before the first
     * @param known the earliest first
     */
    LostGateways(long term, Collection<String> known) {
        this.term = term;
        incarnations = new LinkedHashSet<>(known);
    }

    void add(String incarnation, long inTerm) {
        term = Math.max(term, inTerm);
        incarnations.remove(incarnation);
        incarnations.add(incarnation);
        if (incarnations.size() > REMEMBERED) {
            incarnations.remove(incarnations.iterator().next());
        }
    }

    boolean contains(String incarnation) {
        return incarnations.contains(incarnation);
    }

    /** The newest term, 0 before the first. */
    long term() {
        return term;
    }

    /** The earliest first. */
    List<String> all() {
        return List.copyOf(incarnations);
    }
}
