package io.sluice.router.queue;

import java.util.Locale;

/** Why a message left the queue of a session without having been sent to its client to the end. */
public enum DropReason {
    /** The session has as many messages queued as it may have. */
    MESSAGES,
    /** They have as many bytes as they may have. */
    BYTES,
    /** The message was queued for as long as it may be. */
    AGE,
    /** Its message expiry interval has passed ([MQTT-3.3.2-5]). */
    EXPIRED;

    /** The word for metrics and records. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
