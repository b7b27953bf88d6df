package io.sluice.gateway.session;

import java.util.Locale;

/** Why a message did not reach a subscriber; the label of the counter. */
public enum DropReason {
    /** The client's outbound queue has its limit of messages or bytes. */
    QUEUE_FULL,
    /** The message expiry interval has passed ([MQTT-3.3.2-5]). */
    EXPIRED,
    /** Larger than the client's maximum packet size ([MQTT-3.1.2-25]). */
    PACKET_TOO_LARGE,
    /** The connection of a group's member was lost when a QoS 2 message was about to be sent ([MQTT-4.8.2-5]). */
    SESSION_ENDED,
    /** The record in the log is damaged. */
    DAMAGED;

    /** The label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
