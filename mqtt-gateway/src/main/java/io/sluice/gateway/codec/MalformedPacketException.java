package io.sluice.gateway.codec;

import java.io.Serial;

/**
 * A packet that MQTT forbids: it cannot be parsed, or what it says is not allowed (MQTT 5.0 section 4.13.1). The
 * connection is to be closed; nothing more can be read from it. Carries no stack trace, since its cause is the client.
 */
public final class MalformedPacketException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ReasonCode reason;

    /**
     * @param reason what to answer with in MQTT 5.0, never {@link ReasonCode#SUCCESS}
     * @param message the statement that was violated and how: {@code [MQTT-3.3.1-4] QoS 3}
     */
    public MalformedPacketException(ReasonCode reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** The reason code of the CONNACK or DISCONNECT that answers the packet. */
    public ReasonCode reason() {
        return reason;
    }

    static MalformedPacketException malformed(String message) {
        return new MalformedPacketException(ReasonCode.MALFORMED_PACKET, message);
    }

    static MalformedPacketException protocolError(String message) {
        return new MalformedPacketException(ReasonCode.PROTOCOL_ERROR, message);
    }
}
