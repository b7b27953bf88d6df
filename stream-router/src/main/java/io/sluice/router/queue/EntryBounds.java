package io.sluice.router.queue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows for each client where none of its entries stands: at and above an offset of each log partition. Matches come in the
 * order of the log, as a rule, so that is true of nearly every message that comes, and the store is not asked. Of clients that were
 * used long ago it knows only what holds for all of these. Belongs to the stage's thread.
 */
final class EntryBounds {

    /** Of so many clients it knows more than of all others. */
    private static final int CLIENTS = 10_000;

    /** What holds for clients that are not known. */
    private final long[] others;
    /** The least recently used first. */
    private final Map<String, long[]> clients = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) {
            if (size() <= CLIENTS) {
                return false;
            }
            long[] forgotten = eldest.getValue();
            Arrays.setAll(others, p -> Math.max(others[p], forgotten[p]));
            return true;
        }
    };

    /** @param all for each log partition an offset below which all entries stand; kept */
    EntryBounds(long[] all) {
        others = all;
    }

    /** Whether it is sure that a client has no entry at or above an offset. */
    boolean isAbsent(String clientId, int partition, long offset) {
        return of(clientId)[partition] <= offset;
    }

    /** A client has an entry at an offset from now on. */
    void add(String clientId, int partition, long offset) {
        long[] bounds = of(clientId);
        bounds[partition] = Math.max(bounds[partition], offset + 1);
    }

    private long[] of(String clientId) {
        long[] known = clients.get(clientId);
        if (known == null) {
            known = others.clone();
            clients.put(clientId, known);
        }
        return known;
    }
}
