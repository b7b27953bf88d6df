package io.sluice.gateway.group;

/**
 * What the groups of a gateway may take.
 *
 * @param window QoS 1 and 2 messages, and unwritten ones at QoS 0, on their way to one member of one group
 * @param waitingMessages of one partition of one group that are read ahead of the members
 * @param unsettledMessages of one partition of one group that are with members
 * @param bytes of all messages that are read ahead or with members
 * @param releaseMillis how long members have to acknowledge what they have before a partition goes to another gateway
 * @param settleMillis for how long acknowledgements gather
 */
public record GroupLimits(
        int window, int waitingMessages, int unsettledMessages, long bytes, long releaseMillis, long settleMillis) {}
