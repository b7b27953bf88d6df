package io.sluice.router.queue;

/** Why a match led to no entry. */
public enum PassedOver {
    /** It is for a session that has ended. */
    SESSION_ENDED,
    /** A mark tells that all matches of the message were read before. */
    REPLAY,
    /** The message is in the index, or was settled before its match came. */
    KNOWN,
    /** No filter of the session holds for it any more. */
    NO_FILTER
}
