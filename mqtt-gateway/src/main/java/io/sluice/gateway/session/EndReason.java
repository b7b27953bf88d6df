package io.sluice.gateway.session;

/** Why a session ends from the server's side. */
public enum EndReason {
    /** The client's queue is full and its messages may not be dropped. */
    QUEUE_FULL,
    /** The log refused a message in a way that cannot be told in an acknowledgement. */
    APPEND_REFUSED,
    /** The log could not be written to. */
    LOG_UNAVAILABLE,
    /** The same client id has connected again ([MQTT-3.1.4-3]). */
    TAKEN_OVER,
    /** What a durable session has subscribed to and what it was sent do not fit together any more: it has to be resumed. */
    RESYNC,
    /** The server has a defect that shows with this session. */
    DEFECT,
    /** This gateway shuts down. */
    SHUTTING_DOWN,
    /** This gateway shuts down, and others serve. */
    USE_ANOTHER,
    /** This gateway was declared lost, so others may act for its sessions. */
    DECLARED_LOST
}
