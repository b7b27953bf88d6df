package io.sluice.examples.analytics;

import java.time.Instant;

/**
 * A client that publishes, as it is now; a record of {@code analytics.devices}, written when its state changes.
 *
 * @param clientId the key too
 * @param state {@code talking}, {@code silent} (connected, and has published nothing for too long) or {@code offline}
 * @param lastMessage when it last published, milliseconds since the epoch by Kafka's clock
 * @param lastTopic to which it did
 * @param gateway that serves it; null if it is not connected
 * @param address where it is or was connected from; null if that is not known
 */
record Device(String clientId, String state, long lastMessage, String lastTopic, String gateway, String address) {

    static final String TALKING = "talking";
    static final String SILENT = "silent";
    static final String OFFLINE = "offline";

    /** As its session tells, null if it has none, and its silence. */
    Device seenWith(Session session, long now, long silentAfterMillis) {
        if (session == null || !session.connected()) {
            return new Device(
                    clientId, OFFLINE, lastMessage, lastTopic, null, session == null ? null : session.address());
        }
        String next = now - lastMessage > silentAfterMillis ? SILENT : TALKING;
        return new Device(clientId, next, lastMessage, lastTopic, session.gateway(), session.address());
    }

    String text() {
        return clientId + " is " + state + ": last message " + Instant.ofEpochMilli(lastMessage) + " to " + lastTopic
                + (gateway == null ? "" : ", connected from " + address + " to " + gateway);
    }
}
