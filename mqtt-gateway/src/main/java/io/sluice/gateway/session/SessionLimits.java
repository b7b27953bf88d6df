package io.sluice.gateway.session;

/**
 * What one session may take, from the configuration and the client's own CONNECT.
 *
 * @param receiveMaximum QoS 1 and 2 messages on their way to the client, 1 to 65,535
 * @param queueMessages messages that wait for it
 * @param queueBytes topics and payloads of these
 * @param dropWhenFull whether messages at QoS 1 and 2 are dropped when the queue is full; else the connection ends
 * @param unconfirmedPublishes messages of the client that wait for the log before it is not read from any more
 */
public record SessionLimits(
        int receiveMaximum, int queueMessages, long queueBytes, boolean dropWhenFull, int unconfirmedPublishes) {}
