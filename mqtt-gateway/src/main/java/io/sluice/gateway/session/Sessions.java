package io.sluice.gateway.session;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of this gateway by client id. Thread-safe. */
public final class Sessions {

    private final ConcurrentHashMap<String, Session> byClientId = new ConcurrentHashMap<>();

    /** Registers a session and returns the one that it takes the client id from, or null ([MQTT-3.1.4-3]). */
    public Session register(Session session) {
        return byClientId.put(session.clientId(), session);
    }

    /** Forgets a session, unless another one has its client id by now. */
    public void remove(Session session) {
        byClientId.remove(session.clientId(), session);
    }

    /** The session of a client, or null. */
    public Session get(String clientId) {
        return byClientId.get(clientId);
    }

    /** All sessions, as of about now. */
    public Collection<Session> all() {
        return byClientId.values();
    }

    /** How many there are. */
    public int size() {
        return byClientId.size();
    }
}
