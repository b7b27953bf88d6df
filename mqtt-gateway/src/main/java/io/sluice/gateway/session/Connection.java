package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;

/** The session's view of its client's socket. All methods are called on the session's event loop. */
public interface Connection {

    /** Whether more can be written without exceeding what the socket's buffers may hold. */
    boolean isWritable();

    /**
     * Writes a PUBLISH.
     *
     * @param packetId 1 to 65,535, 0 at QoS 0
     * @param identifiers of the matching subscriptions
     * @param again whether it may have been sent before, for the DUP flag ([MQTT-3.3.1-1])
     * @return false if it was left out because it exceeds the client's maximum packet size ([MQTT-3.1.2-25])
     */
    boolean publish(PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again);

    /** Writes the PUBREL of a message whose PUBREC is durable. */
    void pubrel(int packetId);

    /** Writes the PUBCOMP of a message whose release is durable. */
    void pubcomp(int packetId);

    /**
     * The durable session is the connection's: CONNACK is due.
     *
     * @param present whether it was there before ([MQTT-3.2.2-2])
     */
    void attached(boolean present);

    /** Writes the PUBACK or PUBREC of a message that the log has, or has refused. */
    void acknowledge(Qos qos, int packetId, PublicationSink.Refusal refusal);

    /**
     * Writes a SUBACK.
     *
     * @param detail why a filter was refused, or null
     */
    void suback(int packetId, byte[] reasons, String detail);

    /** Writes an UNSUBACK, as {@link #suback}. */
    void unsuback(int packetId, byte[] reasons, String detail);

    /** Reads on, after the publisher had to wait. */
    void resumeReading();

    /** Runs something on the session's event loop; any thread. */
    void execute(Runnable task);

    /** Ends the connection, with a DISCONNECT where the client's protocol has one. */
    void end(EndReason reason, String detail);
}
