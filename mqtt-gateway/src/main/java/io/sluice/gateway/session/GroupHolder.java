package io.sluice.gateway.session;

/**
 * A durable session as a member of groups.
 *
 * @param sessionId which of the client's sessions
 * @param epoch of the connection
 */
public record GroupHolder(String clientId, long sessionId, long epoch) {}
