package io.sluice.gateway.group;

/**
 * A durable session as a member of groups.
 *
 * @param sessionId which of the client's sessions
 * @param epoch of the connection
 * @param turn counts what the connection tells groups of the session, 1 or more
 */
public record GroupHolder(String clientId, long sessionId, long epoch, int turn) {}
