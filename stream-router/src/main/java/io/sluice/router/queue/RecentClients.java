package io.sluice.router.queue;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The clients that were used last, as many as fit into the room for them. Belongs to one thread. */
final class RecentClients {

    /** A client with what it took when it was put here. */
    private record Weighed(ClientState client, int weight) {}

    private final long maxBytes;
    /** The least recently used first. */
    private final Map<String, Weighed> clients = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    RecentClients(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** A client, or null if it is not here. */
    ClientState get(String clientId) {
        Weighed known = clients.get(clientId);
        return known == null ? null : known.client();
    }

    /** Puts a client here, which may be too large for it. */
    void put(String clientId, ClientState client) {
        remove(clientId);
        int weight = client.weight();
        clients.put(clientId, new Weighed(client, weight));
        bytes += weight;
        Iterator<Weighed> eldest = clients.values().iterator();
        while (bytes > maxBytes) {
            bytes -= eldest.next().weight();
            eldest.remove();
        }
    }

    void remove(String clientId) {
        Weighed known = clients.remove(clientId);
        bytes -= known == null ? 0 : known.weight();
    }
}
